#include "sim/requests/coupling.hpp"

namespace stratsim {

std::optional<std::string> couples_requests(const Setup& setup) {
    const Network& network = setup.network;
    const Visitors& visitors = setup.visitors;
    if (visitors.closed) return "users who wait for their answers";
    if (network.affinity || network.balancer == BalancerKind::sticky)
        return "users who stay with their pod";
    if (network.balancer != BalancerKind::random || !network.weights.empty())
        return "a balancer that does not choose by chance alone";
    if (network.retries > 0) return "retries";
    if (visitors.connections != Connections::per_request && network.layer == Layer::l4)
        return "connections that users keep";
    if (network.eject_after > 0) return "the ejection of failing pods";
    if (network.slow_start > Duration::zero()) return "slow start";
    if (!visitors.think.is_zero()) return "a think time between reading and writing";
    for (const PodTemplate& made_of : setup.revisions) {
        if (made_of.discipline == Discipline::sharing) return "pods that share their processors";
    }
    return std::nullopt;
}

std::optional<std::string> couples_pods(const Setup& setup) {
    if (auto reason = couples_requests(setup)) return reason;
    if (setup.network.instances > 1) return "several balancers";
    if (setup.volume != VolumeKind::per_pod && setup.volume != VolumeKind::ephemeral)
        return "a counter that all pods share";
    for (const PodTemplate& made_of : setup.revisions) {
        if (made_of.ready_when == ReadyWhen::probed && made_of.readiness)
            return "readiness that comes and goes with the load";
    }
    return std::nullopt;
}

}  // namespace stratsim
