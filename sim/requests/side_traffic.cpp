#include "sim/requests/side_traffic.hpp"

#include "sim/requests/gap.hpp"

namespace stratsim {

SideTraffic::SideTraffic(Cluster& cluster, Ledger& ledger)
    : cluster_(cluster),
      ledger_(ledger),
      random_(cluster.setup().seed, cluster.setup().replication) {}

void SideTraffic::run_until(Time until) {
    const double rate = cluster_.side_rate();
    if (rate <= 0) {
        next_ = never;
        return;
    }
    const auto draw = [&] { return random_.block(Concern::side_traffic, 0, index_); };
    if (next_ == never) next_ = cluster_.now() + gap(draw(), rate);
    while (next_ < until) {
        const Share errors = cluster_.templates()[cluster_.sides().target].errors;
        const bool error = errs(draw().low(1), errors);
        cluster_.side_answered(error);
        ++ledger_.side_answers;
        if (error) ++ledger_.side_errors;
        ++index_;
        next_ += gap(draw(), rate);
    }
}

}  // namespace stratsim
