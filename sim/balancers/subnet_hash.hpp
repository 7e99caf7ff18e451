#pragma once

#include "sim/balancers/weighted_map.hpp"

#include <cstdint>

namespace stratsim {

/// nginx's ip_hash: the first three bytes of the address, so that a whole /24 goes to one pod.
/// Source: nginx, ngx_http_upstream_ip_hash_module.c.
struct SubnetHashBalancer {
    PodId pick(const Pick& pick, auto&&) {
        const auto& map = map_.of(pick);
        std::uint32_t hash = 89;
        for (const int shift : {24, 16, 8})
            hash = (hash * 113 + ((pick.address >> shift) & 0xff)) % 6271;
        return map[hash % map.size()];
    }

  private:
    WeightedMap map_;
};

}  // namespace stratsim
