#include "sim/balancers/haproxy_random.hpp"

#include <algorithm>

namespace stratsim {

namespace {

using Ring = std::vector<std::pair<std::uint32_t, PodId>>;

/// Bob Jenkins' full-avalanche hash, spread by a prime (HAProxy, tools.h).
constexpr std::uint32_t full_hash(std::uint32_t a) {
    a = (a + 0x7ed55d16U) + (a << 12);
    a = (a ^ 0xc761c23cU) ^ (a >> 19);
    a = (a + 0x165667b1U) + (a << 5);
    a = (a + 0xd3a2646cU) ^ (a << 9);
    a = (a + 0xfd7046c5U) + (a << 3);
    a = (a ^ 0xb55a4f09U) ^ (a >> 16);
    return a * 3221225473U;
}

constexpr std::uint32_t points_of_a_weight = 16;  // BE_WEIGHT_SCALE
constexpr std::uint32_t keys_of_a_server = 4096;  // SRV_EWGHT_RANGE

void add_points(Ring& ring, PodId pod, std::uint32_t weight) {
    const auto number = static_cast<std::uint32_t>(index_of(pod)) + 1;  // servers count from 1
    for (std::uint32_t i = 0; i < weight * points_of_a_weight; ++i) {
        ring.emplace_back(full_hash(number * keys_of_a_server + i), pod);
    }
}

}  // namespace

void HaproxyRandomBalancer::build(const Pick& pick) {
    built_for_ = pick.candidates.version;
    revision_ = pick.candidates.revision;
    ring_.clear();
    for (std::uint32_t i = 0; i < pick.size(); ++i) {
        add_points(ring_, pick.candidates[i], pick.listing.weight(pick.candidates[i]));
    }
    std::ranges::sort(ring_);
}

PodId HaproxyRandomBalancer::nearest(std::uint32_t key, PodId avoided) const {
    auto next = std::ranges::lower_bound(ring_, key, {}, &Ring::value_type::first);
    const auto before = next == ring_.begin() ? ring_.end() - 1 : next - 1;
    if (next == ring_.end()) next = ring_.begin();
    const std::uint32_t up = next->first - key;  // both wrap round the ring
    const std::uint32_t down = key - before->first;
    auto found = down <= up ? before : next;
    for (std::size_t i = 0; found->second == avoided && i < ring_.size(); ++i) {
        if (++found == ring_.end()) found = ring_.begin();
    }
    return found->second;
}

std::vector<double> HaproxyRandomBalancer::shares(const std::vector<std::uint32_t>& weights) {
    Ring ring;
    for (std::size_t i = 0; i < weights.size(); ++i)
        add_points(ring, static_cast<PodId>(i), weights[i]);
    std::ranges::sort(ring);
    std::vector<double> parts(weights.size());
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const auto& next = ring[(i + 1) % ring.size()];
        const double half = static_cast<double>(next.first - ring[i].first) * 0.5 * 0x1p-32;
        parts[index_of(ring[i].second)] += half;
        parts[index_of(next.second)] += half;
    }
    return parts;
}

}  // namespace stratsim
