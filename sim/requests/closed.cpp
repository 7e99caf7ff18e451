#include "sim/requests/closed.hpp"

#include "sim/requests/gap.hpp"

#include <algorithm>

namespace stratsim {

ClosedRequests::ClosedRequests(Cluster& cluster, Journey& journey)
    : cluster_(cluster),
      journey_(journey),
      visitors_(cluster.setup().visitors),
      random_(cluster.setup().seed, cluster.setup().replication),
      clients_(visitors_.users) {
    journey_.tell(*this);
    start();
}

void ClosedRequests::run_until(Time until) {
    run_clients(until);
    journey_.run_again(journey_.halt());
}

void ClosedRequests::start() {
    const double cycle =
        cluster_.templates().front().service_time.mean_seconds() + visitors_.pause.mean_seconds();
    const Duration length = cluster_.setup().visits
                                ? Duration{}
                                : cluster_.setup().warm_up.value_or(from_seconds(20 * cycle));
    for (std::uint32_t user = 0; user < visitors_.users; ++user) {
        const Block draws = random_.block(Concern::client, user, ~0ULL);
        clients_.schedule(user, command - length + visitors_.pause.quantile(draws.uniform(0)));
    }
    if (length == Duration::zero()) return;
    warming_ = true;
    run_clients(command);
    warming_ = false;
}

/// A retry may end a client's wait, and the client's next request come before the next retry.
void ClosedRequests::run_clients(Time until) {
    journey_.begin_stretch(until);
    for (;;) {
        const Time sent = journey_.exhausted() ? never : clients_.next();
        if (journey_.next_try() < std::min(sent, journey_.halt())) {
            journey_.retry();
        } else if (sent < journey_.halt()) {
            sends(clients_.take(), sent);
            if (!warming_) journey_.count_one();
        } else {
            return;
        }
    }
}

void ClosedRequests::sends(std::uint32_t user, Time now) {
    Clients::Client& client = clients_[user];
    const Block draws = random_.block(Concern::client, user, client.sent++);
    if (warming_) {
        journey_.request_before(now, user, draws);
    } else {
        journey_.request(now, user, draws);
    }
}

void ClosedRequests::learns(std::uint32_t user, Time at) {
    const Clients::Client& client = clients_[user];
    const Block draws = random_.block(Concern::client, user, client.sent);
    if (errs(draws.low(0), visitors_.leaves)) return;
    clients_.schedule(user, at + visitors_.pause.quantile(draws.uniform(0)));
}

}  // namespace stratsim
