#include "sim/requests/traffic.hpp"

#include "sim/contract.hpp"
#include "sim/on.hpp"
#include "sim/requests/coupling.hpp"

namespace stratsim {

Traffic::Traffic(Cluster& cluster)
    : journey_(cluster), side_(cluster, journey_.ledger()), coming_(coming(cluster, journey_)) {}

Traffic::Coming Traffic::coming(Cluster& cluster, Journey& journey) {
    const Setup& setup = cluster.setup();
    if (setup.visitors.closed) return Coming(std::in_place_type<ClosedRequests>, cluster, journey);
    if (setup.engine == Engine::aggregate) {
        expects(!needs_single_requests(setup), "this setup needs single requests");
        return Coming(std::in_place_type<Aggregate>, cluster, journey.ledger());
    }
    if (setup.engine == Engine::pods) {
        expects(!couples_pods(setup), "what one pod meets depends on others");
        return Coming(std::in_place_type<RequestsByPod>, cluster, journey);
    }
    return Coming(std::in_place_type<OpenRequests>, cluster, journey);
}

void Traffic::run_until(Time until) {
    side_.run_until(until);
    std::visit([&](auto& coming) { coming.run_until(until); }, coming_);
}

void Traffic::reveal() {
    if (auto* counted = std::get_if<Aggregate>(&coming_)) counted->reveal();
}

std::size_t Traffic::cut(PodId pod) {
    auto* counted = std::get_if<Aggregate>(&coming_);
    return counted != nullptr ? counted->cut(pod) : journey_.cut(pod);
}

void Traffic::finish() {
    if (auto* counted = std::get_if<Aggregate>(&coming_)) return counted->finish();
    journey_.finish();
}

}  // namespace stratsim
