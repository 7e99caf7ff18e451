#pragma once

#include "sim/balancers/pick.hpp"
#include "sim/numbers/elementary.hpp"

#include <algorithm>
#include <vector>

namespace stratsim {

/// Linkerd's peak EWMA: of two different pods by chance, the one with the lower
/// latency average x (requests + 1). A slower answer lifts the average at once, faster ones let it
/// decay over 10 s; an unknown pod counts as 30 ms. A pod that fails fast looks like the best.
/// Source: linkerd2-proxy, balance/load (default_rtt 30 ms, decay 10 s).
struct PeakEwmaBalancer {
    PodId pick(const Pick& pick, auto&& load) {
        const std::uint32_t n = pick.size();
        const std::uint32_t a = below(n, static_cast<std::uint32_t>(pick.random >> 32));
        if (n == 1) return pick.candidates[0];
        std::uint32_t b = pick.choice(n - 1, 0);
        if (b >= a) ++b;
        const PodId first = pick.candidates[a];
        const PodId second = pick.candidates[b];
        return cost(second, pick.now, load) < cost(first, pick.now, load) ? second : first;
    }

    /// An answer that the balancer will see at `end`.
    void will_answer(PodId pod, Time end, Duration latency) {
        auto& coming = pods_[pod].coming;
        coming.push_back({end, latency});
        std::ranges::push_heap(coming, later);
    }

  private:
    struct Answer {
        Time end;
        Duration latency;
    };
    struct Estimate {
        double seconds = 0.030;
        Time at{};
        std::vector<Answer> coming;  ///< a heap, earliest first
    };

    static bool later(const Answer& a, const Answer& b) { return a.end > b.end; }

    double cost(PodId pod, Time now, auto&& load) {
        Estimate& known = pods_[pod];
        while (!known.coming.empty() && known.coming.front().end <= now) {
            std::ranges::pop_heap(known.coming, later);
            const Answer answer = known.coming.back();
            known.coming.pop_back();
            const double seen = to_seconds(answer.latency);
            const double kept = exponential(-to_seconds(answer.end - known.at) / 10.0);
            known.seconds = seen > known.seconds ? seen : known.seconds * kept + seen * (1 - kept);
            known.at = answer.end;
        }
        return known.seconds * static_cast<double>(load(pod).requests + 1);
    }

    ByPod<Estimate> pods_;
};

}  // namespace stratsim
