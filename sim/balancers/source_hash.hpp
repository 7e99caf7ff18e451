#pragma once

#include "sim/balancers/weighted_map.hpp"

namespace stratsim {

/// HAProxy's source: the address modulo the total weight. A change of the set moves almost
/// everybody. Source: HAProxy 2.6, src/backend.c, get_server_sh.
struct SourceHashBalancer {
    PodId pick(const Pick& pick, auto&&) {
        const auto& map = map_.of(pick);
        return map[pick.address % map.size()];
    }

  private:
    WeightedMap map_;
};

}  // namespace stratsim
