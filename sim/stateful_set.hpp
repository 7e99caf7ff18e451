#pragma once

#include "sim/rollout.hpp"

namespace stratsim {

/// What one StatefulSet is told to be.
struct StatefulSetSpec {
    int set = 0;  ///< index in Observed::ordinals
    int replicas = 0;
    int partition = 0;   ///< ordinals below it stay at, or come back at, the old revision
    bool to_new = true;  ///< ordinals from the partition on belong to the new revision
    bool ordered = true;
    bool below_new = false;  ///< ordinals below the partition belong to the new revision as well
    bool on_delete = false;  ///< the update waits until somebody deletes the pods
    PodCount max_unavailable{1, false};
    Rules rules{};
};

/// Rounded down, at least one (stateful_set_utils.go, getStatefulSetMaxUnavailable).
int set_max_unavailable(PodCount most, int replicas);

/// One pass of the StatefulSet controller (Kubernetes 1.36, updateStatefulSet), appended to `plan`:
/// make what is missing, take away what is too much, then replace one pod of the wrong revision.
void stateful_set_pass(const std::vector<OrdinalSeen>& ordinals, const StatefulSetSpec& spec,
                       OrdinalPlan& plan);

}  // namespace stratsim
