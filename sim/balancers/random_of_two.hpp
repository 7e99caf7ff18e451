#pragma once

#include "sim/balancers/pick.hpp"

namespace stratsim {

/// Two different pods by chance, the one with fewer requests for its weight; the first if they are
/// equal. Sources: nginx "random two least_conn"; Mitzenmacher, IEEE TPDS 12(10) 2001.
struct RandomOfTwoBalancer {
    PodId pick(const Pick& pick, auto&& load) {
        const std::uint32_t n = pick.size();
        const std::uint32_t a = below(n, static_cast<std::uint32_t>(pick.random >> 32));
        if (n == 1) return pick.candidates[0];
        std::uint32_t b = pick.choice(n - 1, 0);
        if (b >= a) ++b;
        const PodId first = pick.candidates[a];
        const PodId second = pick.candidates[b];
        const bool second_is_better = load(second).requests * pick.listing.weight(first) <
                                      load(first).requests * pick.listing.weight(second);
        return second_is_better ? second : first;
    }
};

}  // namespace stratsim
