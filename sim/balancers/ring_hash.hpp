#pragma once

#include "sim/balancers/pick.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace stratsim {

/// A ring with many points a pod: a change of the set moves only the users of the pod that changed.
/// Source: Envoy documentation, "Ring hash" (ketama); 1024 points in all at least.
class RingHashBalancer {
  public:
    PodId pick(const Pick& pick, auto&&) {
        if (pick.candidates.version != built_for_ || pick.candidates.revision != revision_)
            build(pick);
        const std::uint64_t key = mixed(pick.address, 7);
        const auto at =
            std::ranges::lower_bound(ring_, key, {}, &std::pair<std::uint64_t, PodId>::first);
        return at == ring_.end() ? ring_.front().second : at->second;
    }

  private:
    void build(const Pick& pick);

    std::uint64_t built_for_ = 0;
    std::size_t revision_ = 0;
    std::vector<std::pair<std::uint64_t, PodId>> ring_;
};

}  // namespace stratsim
