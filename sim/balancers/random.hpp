#pragma once

#include "sim/balancers/pick.hpp"

namespace stratsim {

/// kube-proxy: every candidate alike, each connection on its own; by weight where there are
/// weights. iptables draws with probability 1/(n-i) at rule i, nftables "numgen random mod n": both
/// uniform. Source: Kubernetes, pkg/proxy/iptables/proxier.go.
struct RandomBalancer {
    PodId pick(const Pick& pick, auto&&) {
        if (!pick.listing.weighted()) {
            return pick
                .candidates[below(pick.size(), static_cast<std::uint32_t>(pick.random >> 32))];
        }
        double total = 0;
        for (std::uint32_t i = 0; i < pick.size(); ++i)
            total += pick.listing.weight(pick.candidates[i]);
        double u = pick.uniform(0) * total;
        for (std::uint32_t i = 0; i < pick.size(); ++i) {
            u -= pick.listing.weight(pick.candidates[i]);
            if (u < 0) return pick.candidates[i];
        }
        return pick.candidates[pick.candidates.size - 1];
    }
};

}  // namespace stratsim
