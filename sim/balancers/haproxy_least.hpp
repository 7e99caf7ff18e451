#pragma once

#include "sim/balancers/pick.hpp"

#include <cstdint>

namespace stratsim {

/// HAProxy's leastconn. Servers stand in a tree by (served + 1) / weight, but by 0 when they serve
/// nothing: at low load every idle server is equal whatever it weighs, and the one that has been
/// idle for longest comes first. So a weight of 5 beside 95 gets 40 %, not 5 %. Source:
/// HAProxy 2.6, src/lb_fwlc.c, fwlc_queue_srv.
struct HaproxyLeastBalancer {
    PodId pick(const Pick& pick, auto&& load) {
        PodId best = no_pod;
        double least = 0;
        Time oldest{};
        std::uint64_t first = 0;
        for (std::uint32_t i = 0; i < pick.size(); ++i) {
            const PodId pod = pick.candidates[i];
            const Load seen = load(pod);
            const double key = seen.requests == 0
                                   ? 0.0
                                   : static_cast<double>(seen.requests + 1) /
                                         static_cast<double>(pick.listing.weight(pod));
            const Taken& taken = taken_[pod];
            const Time queued = std::max(seen.released, taken.at);
            const bool before =
                best == no_pod || key < least ||
                (key == least && (queued < oldest || (queued == oldest && taken.order < first)));
            if (!before) continue;
            best = pod;
            least = key;
            oldest = queued;
            first = taken.order;
        }
        taken_[best] = {pick.now, ++picks_};
        return best;
    }

  private:
    struct Taken {
        Time at = Time::min();
        std::uint64_t order = 0;
    };
    ByPod<Taken> taken_;
    std::uint64_t picks_ = 0;
};

}  // namespace stratsim
