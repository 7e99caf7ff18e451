#include "strategies/pass.hpp"

#include <algorithm>

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

namespace {

/// Takes `count` pods from the old revisions, oldest first, no revision below zero.
void shrink_old(Desired& desired, int count) {
    for (int& size : desired.old_sizes) {
        const int taken = std::min(size, count);
        size -= taken;
        count -= taken;
    }
}

/// Unready old pods, oldest revision first. Returns how many were taken.
int shrink_unready_old(const Observed& seen, Desired& desired, int allowed) {
    int taken = 0;
    for (std::size_t i = 0; i < desired.old_sizes.size(); ++i) {
        const int now = unhealthy_to_remove(seen.old_revisions[i], allowed - taken);
        desired.old_sizes[i] -= now;
        taken += now;
    }
    return taken;
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
    if (old_size(seen) < target.old_pods && !desired.old_sizes.empty()) {
        desired.old_sizes.back() += std::min(room, target.old_pods - old_size(seen));
        if (desired.old_sizes.back() != seen.old_revisions.back().size) return desired;
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
    const int surplus = old_size(seen) - target.old_pods;
    if (surplus <= 0) return desired;
    const int total = old_size(seen) + desired.new_size;
    const int starting = desired.new_size - seen.new_revision.available;
    const int allowed = total - floor - starting;
    if (allowed <= 0) return desired;
    const int cleaned = shrink_unready_old(seen, desired, std::min(allowed, surplus));
    shrink_old(desired, healthy_to_remove(available(seen), floor, surplus - cleaned));
    return desired;
}

}  // namespace stratsim
