#pragma once

#include "sim/balancers/haproxy_least.hpp"
#include "sim/balancers/haproxy_random.hpp"
#include "sim/balancers/least_connections.hpp"
#include "sim/balancers/least_request.hpp"
#include "sim/balancers/maglev.hpp"
#include "sim/balancers/peak_ewma.hpp"
#include "sim/balancers/random.hpp"
#include "sim/balancers/random_of_two.hpp"
#include "sim/balancers/ring_hash.hpp"
#include "sim/balancers/round_robin.hpp"
#include "sim/balancers/source_hash.hpp"
#include "sim/balancers/sticky.hpp"
#include "sim/balancers/subnet_hash.hpp"
#include "sim/setup.hpp"

#include <variant>

namespace stratsim {

using Balancer =
    std::variant<RandomBalancer, RoundRobinBalancer, LeastConnectionsBalancer, StickyBalancer,
                 RandomOfTwoBalancer, LeastRequestBalancer, PeakEwmaBalancer, SourceHashBalancer,
                 SubnetHashBalancer, RingHashBalancer, MaglevBalancer, HaproxyLeastBalancer,
                 HaproxyRandomBalancer>;

Balancer make_balancer(const Network& network);

/// The pod for this request. `load` tells a pod's Load.
template <class LoadOf>
PodId choose(Balancer& balancer, const Pick& pick, LoadOf&& load) {
    // The common one without the jump through a table.
    if (auto* random = std::get_if<RandomBalancer>(&balancer)) return random->pick(pick, load);
    return std::visit([&](auto& chosen) { return chosen.pick(pick, load); }, balancer);
}

}  // namespace stratsim
