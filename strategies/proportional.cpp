#include "strategies/proportional.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

// Scaling in the middle of a rollout keeps the mixture: the room up to the new replicas + surge is
// shared out by size, the largest set first, each rounded to the nearest; what rounding leaves over
// goes to, or comes from, the largest. Each set remembers for which maximum it was sized, because
// its share is the ratio of the maxima, not of the sizes.

namespace stratsim {

namespace {

/// One existing set; the new revision's comes last in age.
struct Set {
    RevisionSeen seen;
    std::size_t age = 0;
    int* size = nullptr;
};

std::vector<Set> sets_of(const Observed& seen, Desired& desired) {
    std::vector<Set> sets;
    for (std::size_t i = 0; i < seen.old_revisions.size(); ++i) {
        sets.push_back({seen.old_revisions[i], i, &desired.old_sizes[i]});
    }
    if (seen.new_revision.exists)
        sets.push_back({seen.new_revision, sets.size(), &desired.new_size});
    return sets;
}

std::vector<Set> active(std::vector<Set> sets) {
    std::erase_if(sets, [](const Set& set) { return set.seen.size == 0; });
    return sets;
}

/// deployment_util.go, IsSaturated.
bool is_saturated(const Observed& seen) {
    const RevisionSeen& fresh = seen.new_revision;
    return fresh.exists && fresh.size == seen.replicas && fresh.available == seen.replicas &&
           fresh.sized_for && fresh.sized_for->replicas == seen.replicas;
}

int pods_of(const Observed& seen) {
    int sum = seen.new_revision.pods;
    for (const RevisionSeen& old : seen.old_revisions) sum += old.pods;
    return sum;
}

void share_out(std::vector<Set> sets, const Observed& seen, const Bounds& bounds) {
    int total = 0;
    for (const Set& set : sets) total += set.seen.size;
    const int to_add = (seen.replicas > 0 ? bounds.most : 0) - total;
    if (to_add == 0 || sets.empty()) return;
    // Largest first; of equals the newer when growing (ReplicaSetsBySizeNewer), else the older.
    std::ranges::sort(sets, [&](const Set& a, const Set& b) {
        if (a.seen.size != b.seen.size) return a.seen.size > b.seen.size;
        return to_add > 0 ? a.age > b.age : a.age < b.age;
    });
    int added = 0;
    for (const Set& set : sets) {
        // GetReplicaSetProportion: never more than what is left to share.
        const int before = set.seen.sized_for && set.seen.sized_for->most != 0
                               ? set.seen.sized_for->most
                               : pods_of(seen);
        const int part = fraction_of(set.seen.size, before, bounds.most, seen.replicas);
        const int left = to_add - added;
        const int share = left == 0 ? 0 : to_add > 0 ? std::min(part, left) : std::max(part, left);
        *set.size = set.seen.size + share;
        added += share;
    }
    *sets.front().size = std::max(0, *sets.front().size + to_add - added);
}

}  // namespace

int fraction_of(int size, int before, int after, int replicas) {
    if (replicas == 0) return -size;
    if (before == 0) return 0;
    return static_cast<int>(std::lround(static_cast<double>(size) * after / before)) - size;
}

bool is_scaling_event(const Observed& seen) {
    const auto differs = [&](const RevisionSeen& set) {
        return set.exists && set.size > 0 && set.sized_for &&
               set.sized_for->replicas != seen.replicas;
    };
    return differs(seen.new_revision) || std::ranges::any_of(seen.old_revisions, differs);
}

Desired scale_sets(const Observed& seen, const Bounds& bounds, Sharing sharing) {
    Desired desired = as_observed(seen);
    desired.bounds = bounds;
    desired.only_scales = true;
    const std::vector<Set> all = sets_of(seen, desired);
    const std::vector<Set> alive = active(all);
    if (all.empty()) return desired;
    if (alive.size() <= 1) {  // FindActiveOrLatest
        *(alive.empty() ? all.back() : alive.front()).size = seen.replicas;
        return desired;
    }
    if (is_saturated(seen)) {
        std::ranges::fill(desired.old_sizes, 0);
        return desired;
    }
    if (sharing == Sharing::lone_set) return desired;
    desired.renews_all = true;
    share_out(alive, seen, bounds);
    return desired;
}

}  // namespace stratsim
