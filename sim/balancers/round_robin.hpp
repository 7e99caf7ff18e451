#pragma once

#include "sim/balancers/pick.hpp"

#include <array>

namespace stratsim {

/// One after the other; with weights nginx's smooth variant: every pod gains its weight, the
/// richest one is chosen and pays the sum. Source: nginx, ngx_http_upstream_round_robin.c.
struct RoundRobinBalancer {
    PodId pick(const Pick& pick, auto&&) {
        return pick.listing.weighted() ? smooth(pick) : in_turn(pick);
    }

  private:
    PodId in_turn(const Pick& pick) {
        std::size_t& next = next_[pick.candidates.revision % next_.size()];
        if (next >= pick.candidates.size) next = 0;
        return pick.candidates[next++];
    }

    PodId smooth(const Pick& pick) {
        std::int64_t total = 0;
        PodId best = no_pod;
        for (std::uint32_t i = 0; i < pick.size(); ++i) {
            const PodId pod = pick.candidates[i];
            const std::int64_t weight = pick.listing.weight(pod);
            total += weight;
            credit_[pod] += weight;
            if (best == no_pod || credit_[pod] > credit_[best]) best = pod;
        }
        credit_[best] -= total;
        return best;
    }

    std::array<std::size_t, 4> next_{};  ///< by the revision that a router chose
    ByPod<std::int64_t> credit_;
};

}  // namespace stratsim
