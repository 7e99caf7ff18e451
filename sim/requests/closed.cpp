#include "sim/requests/traffic.hpp"

#include <algorithm>

// Users who wait for an answer, and send their next request after it.

namespace stratsim {

void Traffic::start_clients() {
    const double cycle = cluster_.templates().front().service_time.mean_seconds() +
                         visitors_spec_.pause.mean_seconds();
    const Duration length = cluster_.setup().visits
                                ? Duration{}
                                : cluster_.setup().warm_up.value_or(from_seconds(20 * cycle));
    for (std::uint32_t user = 0; user < visitors_spec_.users; ++user) {
        const Block draws = random_.block(Concern::client, user, ~0ULL);
        clients_.schedule(user, command - length + visitors_spec_.pause.quantile(draws.uniform(0)));
    }
    if (length == Duration::zero()) return;
    warming_ = true;
    run_clients(command);
    warming_ = false;
}

/// A retry may end a client's wait, and the client's next request come before the next retry.
void Traffic::run_clients(Time until) {
    halt_ = until;
    for (;;) {
        const Time sent = exhausted() ? never : clients_.next();
        if (!again_.empty() && again_.front().at < std::min(sent, halt_)) {
            retry();
        } else if (sent < halt_) {
            client_sends(clients_.take(), sent);
            if (!warming_) ++index_;
        } else {
            return;
        }
    }
}

void Traffic::client_sends(std::uint32_t user, Time now) {
    Clients::Client& client = clients_[user];
    const Block draws = random_.block(Concern::client, user, client.sent++);
    Attempt first{.at = now, .first = now, .user = user, .counted = !warming_, .draws = draws};
    if (!warming_) {
        if (cluster_.visits().unsettled()) {
            cluster_.visits().settle(
                now, [&](PodId id) { return cluster_.pod(id).dies_at; },
                [&](PodId id) { ++cluster_.pod(id).visits; });
        }
        ++ledger_.total;
        ledger_.bins.request(now);
        if (records_kept_) {
            records_.push_back({.arrival = now, .begins = now, .end = now, .user = user});
            first.record = static_cast<std::uint32_t>(records_.size());
        }
    }
    send(first);
}

void Traffic::learns(std::uint32_t user, Time at) {
    if (!closed_) return;
    const Clients::Client& client = clients_[user];
    const Block draws = random_.block(Concern::client, user, client.sent);
    if (errs(draws.low(0), visitors_spec_.leaves)) return;
    clients_.schedule(user, at + visitors_spec_.pause.quantile(draws.uniform(0)));
}

}  // namespace stratsim
