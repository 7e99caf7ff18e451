#include "strategies/pass.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

// Two promises, kept at every pass:
//
//   never more than  replicas + surge        pods are asked for;
//   never fewer than replicas - unavailable  pods are available, as far as it is ours to say.
//
// Unready old pods serve nobody, so they go first; but only as many as would leave enough pods if
// every new pod that is still starting failed: total - floor - (new - available new). That is why a
// dead old version does not speed a cautious rollout up.

namespace stratsim {

int old_size(const Observed& seen) {
    int sum = 0;
    for (const RevisionSeen& old : seen.old_revisions) sum += old.size;
    return sum;
}

int total_size(const Observed& seen) {
    return seen.new_revision.size + old_size(seen);
}

bool old_pods_gone(const Observed& seen) {
    return std::ranges::all_of(seen.old_revisions, [](const RevisionSeen& old) {
        return old.pods == 0 && old.terminating == 0;
    });
}

std::size_t stable_index(const Observed& seen) {
    const auto stable = std::ranges::find(seen.old_revisions, true, &RevisionSeen::stable);
    // Without a mark the one that was made last.
    return stable == seen.old_revisions.end()
               ? seen.old_revisions.size() - 1
               : static_cast<std::size_t>(stable - seen.old_revisions.begin());
}

void keep_stable(const Observed& seen, Desired& desired, int size) {
    std::ranges::fill(desired.old_sizes, 0);
    if (!desired.old_sizes.empty()) desired.old_sizes[stable_index(seen)] = size;
}

namespace {

/// Pods of each old revision that are not wanted any more.
std::vector<int> surplus_of(const Observed& seen, int stable_pods) {
    std::vector<int> surplus;
    for (const RevisionSeen& old : seen.old_revisions) surplus.push_back(old.size);
    if (!surplus.empty()) {
        int& stable = surplus[stable_index(seen)];
        stable = std::max(0, stable - stable_pods);
    }
    return surplus;
}

/// Takes up to `count` pods of the surplus, oldest revision first.
void shrink_old(Desired& desired, std::vector<int>& surplus, int count) {
    for (std::size_t i = 0; i < surplus.size(); ++i) {
        const int taken = std::min(surplus[i], count);
        desired.old_sizes[i] -= taken;
        surplus[i] -= taken;
        count -= taken;
    }
}

/// Unready old pods, oldest revision first.
void shrink_unready_old(const Observed& seen, Desired& desired, std::vector<int>& surplus,
                        int allowed) {
    int taken = 0;
    for (std::size_t i = 0; i < surplus.size(); ++i) {
        const int now =
            unhealthy_to_remove(seen.old_revisions[i], std::min(surplus[i], allowed - taken));
        desired.old_sizes[i] -= now;
        surplus[i] -= now;
        taken += now;
    }
}

int available(const Observed& seen) {
    int sum = seen.new_revision.available;
    for (const RevisionSeen& old : seen.old_revisions) sum += old.available;
    return sum;
}

}  // namespace

Bounds bounds_of(int replicas, Fenceposts posts) {
    // deployment_util.go, MaxUnavailable: never more than there are.
    return {replicas, replicas + posts.surge, replicas - std::min(posts.unavailable, replicas)};
}

int grown(int size, int total, int target, int ceiling) {
    return total >= ceiling ? size : size + std::min(ceiling - total, target - size);
}

int unhealthy_to_remove(const RevisionSeen& old, int allowed) {
    return std::clamp(old.size - old.available, 0, std::max(0, allowed));
}

int healthy_to_remove(int available, int floor, int size) {
    return std::clamp(available - floor, 0, size);
}

Desired rolling_pass(const Observed& seen, Target target, Fenceposts posts) {
    Desired desired = as_observed(seen);
    desired.new_exists = true;
    desired.bounds = bounds_of(seen.replicas, posts);
    const int ceiling = desired.bounds->most;
    const int floor = desired.bounds->least;
    const int room = std::max(0, ceiling - total_size(seen));

    // Grow: a revision that comes back first, then the new one.
    if (!desired.old_sizes.empty()) {
        int& stable = desired.old_sizes[stable_index(seen)];
        const int grows = std::min(room, target.old_pods - stable);
        stable += std::max(0, grows);
        if (grows > 0) return desired;
    }
    if (seen.new_revision.size < target.new_pods) {
        desired.new_size =
            grown(seen.new_revision.size, total_size(seen), target.new_pods, ceiling);
        // A set that is made at its size has not been scaled: the same pass goes on.
        if (desired.new_size != seen.new_revision.size && seen.new_revision.exists) return desired;
    }
    // reconcileNewReplicaSet: above the replicas the new set is cut at once, whatever is available.
    if (target.new_pods == seen.replicas && seen.new_revision.size > target.new_pods) {
        desired.new_size = target.new_pods;
        return desired;
    }

    // Shrink what is above its target.
    if (seen.new_revision.size > target.new_pods) {
        const int surplus = seen.new_revision.size - target.new_pods;
        const int unready = seen.new_revision.size - seen.new_revision.available;
        const int spare = std::max(0, available(seen) - floor);
        desired.new_size -= std::min(surplus, std::max(0, unready) + spare);
        return desired;
    }
    std::vector<int> surplus = surplus_of(seen, target.old_pods);
    const int total = old_size(seen) + desired.new_size;
    const int starting = desired.new_size - seen.new_revision.available;
    const int allowed = total - floor - starting;
    if (allowed <= 0) return desired;
    shrink_unready_old(seen, desired, surplus, allowed);
    const int left = std::accumulate(surplus.begin(), surplus.end(), 0);
    shrink_old(desired, surplus, healthy_to_remove(available(seen), floor, left));
    return desired;
}

}  // namespace stratsim
