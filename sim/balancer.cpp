#include "sim/balancer.hpp"

namespace stratsim {

Balancer make_balancer(BalancerKind kind) {
    switch (kind) {
        case BalancerKind::random:
            return RandomBalancer{};
        case BalancerKind::round_robin:
            return RoundRobinBalancer{};
        case BalancerKind::least_connections:
            return LeastConnectionsBalancer{};
        case BalancerKind::sticky:
            return StickyBalancer{};
    }
    return RandomBalancer{};
}

}  // namespace stratsim
