#pragma once

#include "sim/facts.hpp"
#include "sim/measure.hpp"
#include "sim/on.hpp"

#include <algorithm>
#include <vector>

namespace stratsim {

/// A time in which every request would have been lost.
struct Outage {
    Time from;
    Time to;
};

/// How long nobody, or only a part of the listed pods, accepted requests.
class Downtime {
  public:
    void see(Time at, const Fact& fact) {
        std::visit(on{[&](const fact::ServiceChanged& f) {
                          gather(at);
                          count_ = f.count;
                          const auto listed = static_cast<double>(count_.listed);
                          const auto dead = static_cast<double>(count_.listed - count_.accepting);
                          pending_worst_ = count_.listed == 0 ? 1.0 : dead / listed;
                      },
                      otherwise},
                   fact);
    }

    void end(Time at) {
        gather(at);
        last_ = at;
    }

    const std::vector<Outage>& outages() const { return outages_; }

    void rows(Measures& measures) const {
        double total = 0;
        double longest = 0;
        for (const Outage& outage : outages_) {
            const double length = to_seconds(outage.to - outage.from);
            total += length;
            longest = std::max(longest, length);
        }
        measures.add("downtime.total_s", total);
        measures.add("downtime.degraded_s", to_seconds(degraded_));
        measures.add("downtime.longest_s", longest);
        measures.add("downtime.worst_fraction", worst_);
    }

  private:
    /// Only states that lasted count: at one instant the cluster passes through several.
    void gather(Time at) {
        if (at <= last_) return;
        worst_ = std::max(worst_, pending_worst_);
        if (count_.accepting == 0) {
            if (!outages_.empty() && outages_.back().to == last_) {
                outages_.back().to = at;
            } else {
                outages_.push_back({last_, at});
            }
        } else if (count_.accepting < count_.listed) {
            degraded_ += at - last_;
        }
        last_ = at;
    }

    EndpointCount count_;
    Time last_{};
    double pending_worst_ = 0;
    double worst_ = 0;
    Duration degraded_{};
    std::vector<Outage> outages_;
};

}  // namespace stratsim
