#pragma once

#include "sim/balancers/pick.hpp"

namespace stratsim {

/// Envoy's least request: with equal weights the better of two draws, which may be the same pod;
/// with unequal ones a weighted choice by weight / (active + 1), its default active-request bias
/// of 1. Source: Envoy documentation, load balancing policies, "Weighted least request".
struct LeastRequestBalancer {
    PodId pick(const Pick& pick, auto&& load) {
        return pick.listing.weighted() ? by_weight(pick, load) : of_two(pick, load);
    }

  private:
    static PodId of_two(const Pick& pick, auto&& load) {
        const PodId first = pick.candidates[pick.choice(pick.size(), 0)];
        const PodId second = pick.candidates[pick.choice(pick.size(), 1)];
        return load(second).requests < load(first).requests ? second : first;
    }

    static double weight_now(const Pick& pick, PodId pod, auto&& load) {
        return pick.listing.weight(pod) / static_cast<double>(load(pod).requests + 1);
    }

    /// Envoy schedules by earliest deadline; a draw in proportion has the same shares.
    static PodId by_weight(const Pick& pick, auto&& load) {
        double total = 0;
        for (std::uint32_t i = 0; i < pick.size(); ++i)
            total += weight_now(pick, pick.candidates[i], load);
        double u = pick.uniform(0) * total;
        for (std::uint32_t i = 0; i < pick.size(); ++i) {
            u -= weight_now(pick, pick.candidates[i], load);
            if (u < 0) return pick.candidates[i];
        }
        return pick.candidates[pick.candidates.size - 1];
    }
};

}  // namespace stratsim
