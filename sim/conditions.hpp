#pragma once

#include "sim/rollout.hpp"

#include <optional>
#include <string_view>

// A Deployment's or StatefulSet's status as the API shows it, and the two conditions of a
// Deployment.

namespace stratsim {

/// The numbers of a workload's status.
struct WorkloadCounts {
    int replicas = 0;
    int updated = 0;
    int ready = 0;
    int available = 0;
    int unavailable = 0;  ///< Deployments
    int current = 0;      ///< StatefulSets

    friend bool operator==(const WorkloadCounts&, const WorkloadCounts&) = default;
};

enum class ConditionType { progressing, available };
enum class Truth { yes, no, unknown };
enum class ConditionReason {
    new_replica_set_created,
    found_new_replica_set,
    replica_set_updated,
    new_replica_set_available,
    progress_deadline_exceeded,
    deployment_paused,
    deployment_resumed,
    minimum_available,
    minimum_unavailable,
};

std::string_view name_of(ConditionType type);
std::string_view name_of(Truth truth);
std::string_view name_of(ConditionReason reason);

struct Condition {
    Truth status = Truth::unknown;
    ConditionReason reason = ConditionReason::new_replica_set_created;
    Time updated{};  ///< lastUpdateTime, a stored second
    Time changed{};  ///< lastTransitionTime: since when the status is what it is

    friend bool operator==(const Condition&, const Condition&) = default;
};

struct DeploymentStatus {
    WorkloadCounts counts;
    std::optional<Condition> progressing{};
    std::optional<Condition> available{};

    friend bool operator==(const DeploymentStatus&, const DeploymentStatus&) = default;
};

/// What a Deployment's status depends on beside itself.
struct StatusInput {
    WorkloadCounts counts;  ///< as the replica sets show them now
    Bounds bounds;
    bool paused = false;
    bool only_scales = false;  ///< this pass estimates no progress
    std::optional<Duration> deadline;
    Time now{};     ///< not rounded
    Time stored{};  ///< rounded as the API stores it
};

// One pass writes the status up to three times, in this order.

/// A pause or its end is noted first (sync.go, checkPausedConditions).
DeploymentStatus after_pause(DeploymentStatus status, const StatusInput& in);
/// Then that the new replica set has been made, or was found (sync.go, getNewReplicaSet).
DeploymentStatus after_new_set(DeploymentStatus status, bool is_made, const StatusInput& in);
/// At last what the pass came to (Kubernetes 1.36, deployment/sync.go and progress.go).
DeploymentStatus next_status(const DeploymentStatus& before, const StatusInput& in);

/// All pods are of the new revision and available (deployment_util.go, DeploymentComplete).
bool is_complete(const WorkloadCounts& counts, int replicas);

/// More updated, ready or available pods than before, or fewer old ones (deployment_util.go,
/// DeploymentProgressing).
bool progresses(const WorkloadCounts& before, const WorkloadCounts& after);

/// No progress within the deadline, which has to be given (deployment_util.go, DeploymentTimedOut).
bool timed_out(const std::optional<Condition>& progressing, const StatusInput& in);

/// When the controller looks again for a rollout that no longer moves (requeueStuckDeployment).
std::optional<Time> next_check(const DeploymentStatus& status, const StatusInput& in);

}  // namespace stratsim
