#include "sim/conditions.hpp"

#include <algorithm>

// The deadline changes nothing but a word in the status: a rollout that is late goes on, and its
// condition recovers with the next progress. Progress is more updated, ready or available pods, or
// fewer old ones, since the last status; what counts as "now" is the whole second the API stores.

namespace stratsim {

std::string_view name_of(ConditionType type) {
    return type == ConditionType::progressing ? "Progressing" : "Available";
}

std::string_view name_of(Truth truth) {
    switch (truth) {
        case Truth::yes:
            return "True";
        case Truth::no:
            return "False";
        case Truth::unknown:
            return "Unknown";
    }
    return "";
}

std::string_view name_of(ConditionReason reason) {
    switch (reason) {
        case ConditionReason::new_replica_set_created:
            return "NewReplicaSetCreated";
        case ConditionReason::found_new_replica_set:
            return "FoundNewReplicaSet";
        case ConditionReason::replica_set_updated:
            return "ReplicaSetUpdated";
        case ConditionReason::new_replica_set_available:
            return "NewReplicaSetAvailable";
        case ConditionReason::progress_deadline_exceeded:
            return "ProgressDeadlineExceeded";
        case ConditionReason::deployment_paused:
            return "DeploymentPaused";
        case ConditionReason::deployment_resumed:
            return "DeploymentResumed";
        case ConditionReason::minimum_available:
            return "MinimumReplicasAvailable";
        case ConditionReason::minimum_unavailable:
            return "MinimumReplicasUnavailable";
    }
    return "";
}

bool is_complete(const WorkloadCounts& counts, int replicas) {
    return counts.updated == replicas && counts.replicas == replicas &&
           counts.available == replicas;
}

bool progresses(const WorkloadCounts& before, const WorkloadCounts& after) {
    return after.updated > before.updated ||
           after.replicas - after.updated < before.replicas - before.updated ||
           after.ready > before.ready || after.available > before.available;
}

bool timed_out(const std::optional<Condition>& progressing, const StatusInput& in) {
    if (!progressing || progressing->reason == ConditionReason::new_replica_set_available)
        return false;
    if (progressing->reason == ConditionReason::progress_deadline_exceeded) return true;
    return progressing->updated + *in.deadline < in.now;
}

namespace {

/// deployment_util.go, SetDeploymentCondition: the same status and reason leave the old one
/// standing.
void set(std::optional<Condition>& condition, Truth status, ConditionReason reason, Time stored) {
    if (condition && condition->status == status && condition->reason == reason) return;
    const bool same = condition && condition->status == status;
    condition = Condition{status, reason, stored, same ? condition->changed : stored};
}

/// progress.go, syncRolloutStatus.
void estimate_progress(DeploymentStatus& status, const WorkloadCounts& before,
                       const StatusInput& in) {
    auto& progressing = status.progressing;
    const WorkloadCounts& now = status.counts;
    const bool was_complete = now.replicas == now.updated && progressing &&
                              progressing->reason == ConditionReason::new_replica_set_available;
    if (was_complete) return;
    if (is_complete(now, in.bounds.replicas)) {
        set(progressing, Truth::yes, ConditionReason::new_replica_set_available, in.stored);
    } else if (progresses(before, now)) {
        const bool same = progressing && progressing->status == Truth::yes;
        progressing = Condition{Truth::yes, ConditionReason::replica_set_updated, in.stored,
                                same ? progressing->changed : in.stored};
    } else if (timed_out(progressing, in)) {
        set(progressing, Truth::no, ConditionReason::progress_deadline_exceeded, in.stored);
    }
}

}  // namespace

DeploymentStatus after_pause(DeploymentStatus status, const StatusInput& in) {
    auto& progressing = status.progressing;
    // A reported lack of progress is not overwritten.
    if (!in.deadline ||
        (progressing && progressing->reason == ConditionReason::progress_deadline_exceeded))
        return status;
    const bool marked = progressing && progressing->reason == ConditionReason::deployment_paused;
    if (in.paused && !marked) {
        set(progressing, Truth::unknown, ConditionReason::deployment_paused, in.stored);
    } else if (!in.paused && marked) {
        set(progressing, Truth::unknown, ConditionReason::deployment_resumed, in.stored);
    }
    return status;
}

DeploymentStatus after_new_set(DeploymentStatus status, bool is_made, const StatusInput& in) {
    if (!in.deadline) return status;
    if (is_made)
        set(status.progressing, Truth::yes, ConditionReason::new_replica_set_created, in.stored);
    if (!status.progressing)
        set(status.progressing, Truth::yes, ConditionReason::found_new_replica_set, in.stored);
    return status;
}

DeploymentStatus next_status(const DeploymentStatus& before, const StatusInput& in) {
    DeploymentStatus status = before;
    status.counts = in.counts;
    const bool enough = in.counts.available >= in.bounds.least;
    set(status.available, enough ? Truth::yes : Truth::no,
        enough ? ConditionReason::minimum_available : ConditionReason::minimum_unavailable,
        in.stored);
    if (in.only_scales) return status;
    if (in.deadline) {
        estimate_progress(status, before.counts, in);
    } else {
        status.progressing.reset();
    }
    return status;
}

std::optional<Time> next_check(const DeploymentStatus& status, const StatusInput& in) {
    if (!in.deadline || !status.progressing || in.only_scales || in.paused) return std::nullopt;
    if (is_complete(status.counts, in.bounds.replicas)) return std::nullopt;
    if (status.progressing->reason == ConditionReason::progress_deadline_exceeded)
        return std::nullopt;
    // Once complete a rollout is late no more, whatever becomes of its pods: a look finds nothing.
    if (status.progressing->reason == ConditionReason::new_replica_set_available)
        return std::nullopt;
    const Time due = status.progressing->updated + *in.deadline;
    // The controller adds a second against skewed clocks, unless less than one is left.
    if (due - in.now >= std::chrono::seconds{1}) return due + std::chrono::seconds{1};
    return std::max(due, in.now) + Duration{1};
}

}  // namespace stratsim
