#pragma once

#include "sim/rollout.hpp"
#include "strategies/fenceposts.hpp"

namespace stratsim {

/// Where a pass is going: pods of the new revision and, together, of the old ones.
struct Target {
    int new_pods = 0;
    int old_pods = 0;
};

/// One pass of the Deployment controller over replica sets of any revisions: grow one side as far
/// as the surge leaves room, and only if nothing grew, shrink the other as far as the available
/// pods allow. Sizes only; terminating pods count for neither bound (Kubernetes 1.36, rolling.go).
Desired rolling_pass(const Observed& seen, Target target, Fenceposts posts);

/// Pods asked for, over all revisions.
int total_size(const Observed& seen);
/// Pods asked for of the old revisions.
int old_size(const Observed& seen);
/// No pod of an old revision is left, not even a terminating one.
bool old_pods_gone(const Observed& seen);

}  // namespace stratsim
