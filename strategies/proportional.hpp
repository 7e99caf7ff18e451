#pragma once

#include "sim/rollout.hpp"
#include "strategies/fenceposts.hpp"

namespace stratsim {

/// Some active set was sized for other replicas than the Deployment has now: this pass scales and
/// rolls nothing out (Kubernetes 1.36, deployment/sync.go, isScalingEvent).
bool is_scaling_event(const Observed& seen);

/// Whether a Deployment's sets share a change of the replicas, or only a lone set follows it.
enum class Sharing { proportional, lone_set };

/// Brings the sets to the replicas without rolling out: a lone set follows them, several share the
/// difference by their sizes (sync.go, scale).
Desired scale_sets(const Observed& seen, const Bounds& bounds, Sharing sharing);

/// By how much a set of `size` changes when the maximum goes from `before` to `after`
/// (deployment_util.go, getReplicaSetFraction); `before` 0 is unknown.
int fraction_of(int size, int before, int after, int replicas);

}  // namespace stratsim
