#include "sim/cluster/victims.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace stratsim {

namespace {

/// The power of two that an age in nanoseconds lies in; -1 for what has only just begun.
int bucket(Duration age) {
    if (age <= Duration::zero()) return -1;
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(age.count()))) - 1;
}

/// Younger first, by buckets; then by UID.
bool younger(Time a, Time b, const Candidate& x, const Candidate& y, Time now) {
    const int difference = bucket(now - a) - bucket(now - b);
    return difference == 0 ? x.identity < y.identity : difference < 0;
}

}  // namespace

bool goes_before(const Candidate& a, const Candidate& b, Time now) {
    if (a.stage != b.stage) return a.stage < b.stage;
    if (a.ready != b.ready) return !a.ready;
    if (a.deletion_cost != b.deletion_cost) return a.deletion_cost < b.deletion_cost;
    if (a.neighbours != b.neighbours) return a.neighbours > b.neighbours;
    if (a.ready && a.ready_since != b.ready_since) {
        if (!a.ready_since || !b.ready_since) return !a.ready_since;
        return younger(*a.ready_since, *b.ready_since, a, b, now);
    }
    if (a.restarts != b.restarts) return a.restarts > b.restarts;
    if (a.sidecar_restarts != b.sidecar_restarts) return a.sidecar_restarts > b.sidecar_restarts;
    if (a.created != b.created) return younger(a.created, b.created, a, b, now);
    // Here the controller leaves the order to its sort.
    return a.identity < b.identity;
}

std::vector<std::size_t> chosen_victims(const std::vector<Candidate>& candidates, std::size_t count,
                                        Time now) {
    std::vector<std::size_t> order(candidates.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (count >= order.size()) return order;
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
    std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
        return goes_before(candidates[a], candidates[b], now);
    });
    order.erase(end, order.end());
    return order;
}

}  // namespace stratsim
