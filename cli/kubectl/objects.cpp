#include "cli/kubectl/objects.hpp"

#include "scenarios/experiments/names.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

/// RFC 3339, whole seconds, for some days around 1970.
std::string timestamp(Time at) {
    using namespace std::chrono;
    const sys_seconds wall{floor<std::chrono::seconds>(at - command)};
    const auto day = floor<days>(wall);
    const year_month_day date{day};
    const hh_mm_ss clock{wall - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

/// What the Deployment controller writes beside the reason (deployment/progress.go, util).
std::string message_of(ConditionReason reason, const std::string& set) {
    switch (reason) {
        case ConditionReason::new_replica_set_created:
            return fmt::format("Created new replica set \"{}\"", set);
        case ConditionReason::found_new_replica_set:
            return fmt::format("Found new replica set \"{}\"", set);
        case ConditionReason::replica_set_updated:
            return fmt::format("ReplicaSet \"{}\" is progressing.", set);
        case ConditionReason::new_replica_set_available:
            return fmt::format("ReplicaSet \"{}\" has successfully progressed.", set);
        case ConditionReason::progress_deadline_exceeded:
            return fmt::format("ReplicaSet \"{}\" has timed out progressing.", set);
        case ConditionReason::deployment_paused:
            return "Deployment is paused";
        case ConditionReason::deployment_resumed:
            return "Deployment is resumed";
        case ConditionReason::minimum_available:
            return "Deployment has minimum availability.";
        case ConditionReason::minimum_unavailable:
            return "Deployment does not have minimum availability.";
    }
    return "";
}

Json condition(ConditionType type, const Condition& is, const std::string& set) {
    return {{"lastTransitionTime", timestamp(is.changed)},
            {"lastUpdateTime", timestamp(is.updated)},
            {"message", message_of(is.reason, set)},
            {"reason", name_of(is.reason)},
            {"status", name_of(is.status)},
            {"type", name_of(type)}};
}

/// A count that is 0 is left out, as the API does.
void put(Json& status, const char* name, int count) {
    if (count != 0) status[name] = count;
}

Json deployment(const ClusterAt& view, const LiveWorkload& workload) {
    const Cluster& cluster = view.world->cluster();
    const bool is_made = cluster.exists(workload.target);
    const std::string set =
        replica_set_name(view.scenario, is_made ? workload.target : workload.current);
    Json spec;
    if (workload.paused) spec["paused"] = true;
    spec["replicas"] = workload.replicas;
    Json status;
    put(status, "availableReplicas", workload.api.counts.available);
    Json conditions = Json::array();
    if (workload.api.available)
        conditions.push_back(condition(ConditionType::available, *workload.api.available, set));
    if (workload.api.progressing)
        conditions.push_back(condition(ConditionType::progressing, *workload.api.progressing, set));
    status["conditions"] = std::move(conditions);
    put(status, "readyReplicas", workload.api.counts.ready);
    put(status, "replicas", workload.api.counts.replicas);
    put(status, "unavailableReplicas", workload.api.counts.unavailable);
    put(status, "updatedReplicas", workload.api.counts.updated);
    return {{"apiVersion", "apps/v1"},
            {"kind", "Deployment"},
            {"metadata", {{"name", view.scenario.name}, {"namespace", "default"}}},
            {"spec", std::move(spec)},
            {"status", std::move(status)}};
}

Json stateful_set(const ClusterAt& view, const LiveWorkload& workload) {
    const WorkloadCounts& counts = workload.api.counts;
    Json status;
    status["availableReplicas"] = counts.available;
    put(status, "currentReplicas", counts.current);
    status["currentRevision"] = replica_set_name(view.scenario, workload.current);
    put(status, "readyReplicas", counts.ready);
    status["replicas"] = counts.replicas;
    status["updateRevision"] = replica_set_name(view.scenario, workload.target);
    put(status, "updatedReplicas", counts.updated);
    return {{"apiVersion", "apps/v1"},
            {"kind", "StatefulSet"},
            {"metadata", {{"name", view.scenario.name}, {"namespace", "default"}}},
            {"spec", {{"replicas", workload.replicas}}},
            {"status", std::move(status)}};
}

}  // namespace

std::string workload_json(const ClusterAt& view) {
    const LiveWorkload& workload = view.world->cluster().workloads().front();
    const bool is_set = view.scenario.kind == WorkloadKind::statefulset;
    const Json object = is_set ? stateful_set(view, workload) : deployment(view, workload);
    return object.dump(4) + "\n";
}

}  // namespace stratsim
