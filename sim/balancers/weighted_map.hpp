#pragma once

#include "sim/balancers/pick.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stratsim {

/// The candidates by the order of their making, each as often as its weight: what a map-based hash
/// indexes. Rebuilt only when the set changes.
class WeightedMap {
  public:
    const std::vector<PodId>& of(const Pick& pick) {
        if (pick.candidates.version == built_for_ && pick.candidates.revision == revision_)
            return pods_;
        built_for_ = pick.candidates.version;
        revision_ = pick.candidates.revision;
        pods_.clear();
        for (std::uint32_t i = 0; i < pick.size(); ++i) {
            const PodId pod = pick.candidates[i];
            pods_.insert(pods_.end(), pick.listing.weight(pod), pod);
        }
        std::ranges::sort(pods_);
        return pods_;
    }

  private:
    std::uint64_t built_for_ = 0;
    std::size_t revision_ = 0;
    std::vector<PodId> pods_;
};

}  // namespace stratsim
