#include "sim/balancers/balancer.hpp"

namespace stratsim {

Balancer make_balancer(const Network& network) {
    if (network.affinity) return StickyBalancer{network.affinity};
    switch (network.balancer) {
        case BalancerKind::random:
            return RandomBalancer{};
        case BalancerKind::round_robin:
            return RoundRobinBalancer{};
        case BalancerKind::least_connections:
            return LeastConnectionsBalancer{};
        case BalancerKind::sticky:
            return StickyBalancer{std::nullopt};
        case BalancerKind::random_of_two:
            return RandomOfTwoBalancer{};
        case BalancerKind::least_request:
            return LeastRequestBalancer{};
        case BalancerKind::peak_ewma:
            return PeakEwmaBalancer{};
        case BalancerKind::source_hash:
            return SourceHashBalancer{};
        case BalancerKind::subnet_hash:
            return SubnetHashBalancer{};
        case BalancerKind::ring_hash:
            return RingHashBalancer{};
        case BalancerKind::maglev:
            return MaglevBalancer{};
        case BalancerKind::haproxy_least:
            return HaproxyLeastBalancer{};
        case BalancerKind::haproxy_random:
            return HaproxyRandomBalancer{1};
        case BalancerKind::haproxy_random_of_two:
            return HaproxyRandomBalancer{2};
    }
    return RandomBalancer{};
}

}  // namespace stratsim
