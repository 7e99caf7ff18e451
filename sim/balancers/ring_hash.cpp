#include "sim/balancers/ring_hash.hpp"

namespace stratsim {

void RingHashBalancer::build(const Pick& pick) {
    constexpr std::uint64_t least_points = 1024;  // Envoy's minimum_ring_size
    built_for_ = pick.candidates.version;
    revision_ = pick.candidates.revision;
    ring_.clear();
    const std::uint64_t each =
        std::max<std::uint64_t>(1, (least_points + pick.size() - 1) / pick.size());
    for (std::uint32_t i = 0; i < pick.size(); ++i) {
        const PodId pod = pick.candidates[i];
        for (std::uint64_t p = 0; p < each * pick.listing.weight(pod); ++p) {
            ring_.emplace_back(mixed(mixed(index_of(pod), 1), p), pod);
        }
    }
    std::ranges::sort(ring_);
}

}  // namespace stratsim
