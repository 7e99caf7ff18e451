#pragma once

#include "sim/balancers/pick.hpp"

namespace stratsim {

/// The pod with the fewest requests in flight for its weight; among equals one after the other
/// (nginx least_conn, IPVS lc). Source: nginx, ngx_http_upstream_least_conn_module.c.
struct LeastConnectionsBalancer {
    PodId pick(const Pick& pick, auto&& load) {
        const std::size_t n = pick.candidates.size;
        PodId best = no_pod;
        std::size_t least = 0;
        std::size_t weight_of_best = 1;
        std::size_t chosen = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t at = next_ + i < n ? next_ + i : (next_ + i) % n;
            const PodId pod = pick.candidates[at];
            const std::size_t requests = load(pod).requests;
            const std::size_t weight = pick.listing.weight(pod);
            if (best != no_pod && requests * weight_of_best >= least * weight) continue;
            best = pod;
            least = requests;
            weight_of_best = weight;
            chosen = at;
            if (requests == 0) break;
        }
        next_ = chosen + 1;
        return best;
    }

  private:
    std::size_t next_ = 0;
};

}  // namespace stratsim
