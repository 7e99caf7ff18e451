#pragma once

#include "sim/rollout.hpp"
#include "strategies/fenceposts.hpp"

namespace stratsim {

/// Where a pass is going: pods of the new revision, and of the stable old one; of others none.
struct Target {
    int new_pods = 0;
    int old_pods = 0;
};

/// What a Deployment promises: at most replicas + surge asked for, at least replicas - unavailable.
Bounds bounds_of(int replicas, Fenceposts posts);

/// How large a set of `size` may grow towards `target` when all sets have `total`
/// (NewRSNewReplicas).
int grown(int size, int total, int target, int ceiling);
/// Unready pods that may go from an old set, at most `allowed` (cleanupUnhealthyReplicas).
int unhealthy_to_remove(const RevisionSeen& old, int allowed);
/// Pods that may go from an old set of `size` when `available` exceed the floor
/// (scaleDownOldReplicaSetsForRollingUpdate).
int healthy_to_remove(int available, int floor, int size);

/// One pass of the Deployment controller over replica sets of any revisions: grow one side as far
/// as the surge leaves room, and only if nothing grew, shrink the other as far as the available
/// pods allow. Sizes only; terminating pods count for neither bound (Kubernetes 1.36, rolling.go).
Desired rolling_pass(const Observed& seen, Target target, Fenceposts posts);

/// Pods asked for, over all revisions.
int total_size(const Observed& seen);
/// Pods asked for of the old revisions.
int old_size(const Observed& seen);
/// Which of the old revisions users are on; there must be one.
std::size_t stable_index(const Observed& seen);
/// Of the old revisions only the stable one is left, at this size.
void keep_stable(const Observed& seen, Desired& desired, int size);
/// No pod of an old revision is left, not even a terminating one.
bool old_pods_gone(const Observed& seen);

}  // namespace stratsim
