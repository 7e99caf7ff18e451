#include "sim/cluster/victims.hpp"
#include "sim/conditions.hpp"
#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"
#include "strategies/proportional.hpp"
#include "tests/conformance_runner/kubernetes_rows.hpp"
#include "tests/pattern.hpp"

#include <numeric>

// Figures of the controllers' own tests, put to the functions that they are about.

namespace stratsim::conformance {

namespace {

RowVerdict resolve(const Row& row) {
    try {
        const Fenceposts posts = resolve_fenceposts(
            pods(row["maxSurge"]), pods(row["maxUnavailable"]), row.number("desired"));
        return {{row["surge"], row["unavailable"], row["error"]},
                {posts.surge, posts.unavailable, false}};
    } catch (const BadValue&) {
        return {Json(row["error"]), Json(true)};
    }
}

Bounds with_unavailable(const Row& row) {
    const int n = row.number("replicas");
    return bounds_of(n, resolve_fenceposts({}, pods(row["maxUnavailable"]), n));
}

/// What a Deployment's status says, on a clock that began long before.
constexpr Time observed_at = command + std::chrono::hours{1};

std::optional<Duration> deadline_of(const Json& seconds) {
    constexpr double infinite = 2147483647;  // the API's word for none
    if (seconds.is_null() || seconds == infinite) return std::nullopt;
    return from_seconds(seconds.get<double>());
}

RowVerdict progressing(const Row& row) {
    const auto counts = [&](const char* name) {
        const auto list = row.list(name);
        return WorkloadCounts{list[0], list[1], list[2], list[3]};
    };
    return {row["progressing"], progresses(counts("before"), counts("after"))};
}

RowVerdict late(const Row& row) {
    const Json& since = row["secondsSinceProgress"];
    const bool done = row["reason"] == "NewReplicaSetAvailable";
    const Condition condition{
        Truth::yes,
        done ? ConditionReason::new_replica_set_available : ConditionReason::replica_set_updated,
        observed_at - from_seconds(since.is_null() ? 0 : since.get<double>())};
    StatusInput in;
    in.deadline = deadline_of(row["deadline"]);
    in.now = observed_at;
    return {row["timedOut"], in.deadline && timed_out(condition, in)};
}

/// The table tells the time to the deadline; the look itself comes a second later.
RowVerdict requeue(const Row& row) {
    const std::string state = row["state"];
    const Json& since = row["secondsSinceProgress"];
    DeploymentStatus status;
    if (state != "no condition") {
        status.progressing =
            Condition{Truth::yes,
                      state == "already failed" ? ConditionReason::progress_deadline_exceeded
                                                : ConditionReason::replica_set_updated,
                      observed_at - from_seconds(since.is_null() ? 0 : since.get<double>())};
    }
    StatusInput in;
    in.bounds = {1, 1, 1};
    if (state == "complete") status.counts = {1, 1, 1, 1};
    if (state != "no deadline" && state != "infinite") in.deadline = std::chrono::seconds{60};
    in.now = observed_at;
    const auto check = next_check(status, in);
    if (!check) return {row["requeueAfter"], -1};
    const Duration left = *check - in.now - std::chrono::seconds{1};
    return {row["requeueAfter"],
            left < std::chrono::seconds{1} ? 0 : static_cast<int>(to_seconds(left))};
}

RowVerdict shrinks(const Row& row) {
    const Observed seen =
        observe(row.number("replicas"), standing(row.number("new"), row.number("availableNew")),
                {standing(row.number("old"), row.number("availableOld"))});
    const Desired d = Rolling{{0, false}, pods(row["maxUnavailable"])}.decide(seen).what;
    const int old = d.old_sizes.front();
    return {{row["scales"], row["expectedOld"]}, {old != row.number("old"), old}};
}

/// U unscheduled, S scheduled and pending, N not ready, R1 and R2 ready on node 1 and 2.
RowVerdict deleted(const Row& row) {
    const auto names = row["pods"].get<std::vector<std::string>>();
    std::vector<Candidate> candidates;
    for (const std::string& name : names) {
        using Stage = Candidate::Stage;
        const bool ready = name.starts_with('R');
        candidates.push_back({.stage = name == "U"   ? Stage::unscheduled
                                       : name == "S" ? Stage::pending
                                                     : Stage::running,
                              .ready = ready});
        if (ready && !row["related"].is_null())
            candidates.back().neighbours =
                static_cast<int>(std::ranges::count(row["related"], Json(name)));
    }
    Json chosen = Json::array();
    for (const std::size_t i :
         chosen_victims(candidates, row["diff"].get<std::size_t>(), observed_at))
        chosen.push_back(names[i]);
    return {row["deleted"], chosen};
}

std::vector<std::pair<std::string, RowJudge>> deployment_judges() {
    return {
        {"resolveFenceposts", resolve},
        {"newRSNewReplicas",
         [](const Row& row) -> RowVerdict {
             const int n = row.number("deploymentReplicas");
             const bool recreate = row["strategy"] == "Recreate";
             const int surge = pods(row["maxSurge"]).rounded_up(n);
             const int size = recreate ? n
                                       : grown(row.number("newRSReplicas"),
                                               row.number("otherRSReplicas"), n, n + surge);
             return {row["expectedNew"], size};
         }},
        {"maxUnavailable",
         [](const Row& row) -> RowVerdict {
             return {row["expected"], row.number("replicas") - with_unavailable(row).least};
         }},
        {"minAvailable",
         [](const Row& row) -> RowVerdict {
             return {row["expected"], with_unavailable(row).least};
         }},
        {"replicaSetFraction",
         [](const Row& row) -> RowVerdict {
             const Json& noted = row["maxReplicasAnnotation"];
             const int before =
                 noted.is_null() || noted == 0 ? row.number("statusReplicas") : noted.get<int>();
             const int n = row.number("deploymentReplicas");
             return {row["expectedFraction"],
                     fraction_of(row.number("rsReplicas"), before, n + row.number("maxSurge"), n)};
         }},
        {"reconcileNewReplicaSet",
         [](const Row& row) -> RowVerdict {
             const int fresh = row.number("new");
             const Observed seen = observe(row.number("replicas"), standing(fresh, 0),
                                           {standing(row.number("old"), 0)});
             const Desired d = Rolling{pods(row["maxSurge"]), {0, false}}.decide(seen).what;
             return {{row["scales"], row["expectedNew"]}, {d.new_size != fresh, d.new_size}};
         }},
        {"cleanupUnhealthyReplicas",
         [](const Row& row) -> RowVerdict {
             return {row["expectedCleanup"],
                     unhealthy_to_remove(standing(row.number("old"), row.number("availableOld")),
                                         row.number("maxCleanup"))};
         }},
        {"scaleDownOldForRollingUpdate",
         [](const Row& row) -> RowVerdict {
             const int old = row.number("old");
             const int left = old - healthy_to_remove(row.number("availableOld"),
                                                      with_unavailable(row).least, old);
             return {{row["scales"], row["expectedOld"]}, {left != old, left}};
         }},
        {"deploymentComplete",
         [](const Row& row) -> RowVerdict {
             return {row["complete"], is_complete({.replicas = row.number("replicas"),
                                                   .updated = row.number("updated"),
                                                   .available = row.number("available")},
                                                  row.number("desired"))};
         }},
        {"deploymentProgressing", progressing},
        {"deploymentTimedOut", late},
        {"requeueStuck", requeue},
        {"reconcileOldReplicaSets", shrinks},
        {"getPodsToDelete", deleted},
    };
}

using Ordinals = std::vector<OrdinalSeen>;

/// Carries the passes out until nothing is left to do; every pod is available at once.
Ordinals settled(Ordinals ordinals, const StatefulSetSpec& spec) {
    for (int pass = 0; pass < 100; ++pass) {
        OrdinalPlan plan;
        stateful_set_pass(ordinals, spec, plan);
        if (plan.create.empty() && plan.remove.empty()) return ordinals;
        for (const auto& item : plan.remove) ordinals[static_cast<std::size_t>(item.ordinal)] = {};
        for (const auto& item : plan.create) {
            const auto i = static_cast<std::size_t>(item.ordinal);
            if (i >= ordinals.size()) ordinals.resize(i + 1);
            ordinals[i] = {OrdinalSeen::State::available, item.is_new};
        }
    }
    throw std::runtime_error("the passes do not end");
}

Ordinals updated_set(const Row& row, int partition) {
    return settled(
        Ordinals(row["replicasBefore"].get<std::size_t>(), {OrdinalSeen::State::available, false}),
        {.replicas = row.number("replicasAfter"),
         .partition = partition,
         .ordered = row["policy"] == "OrderedReady"});
}

std::vector<int> new_ordinals(const Ordinals& ordinals) {
    std::vector<int> list;
    for (std::size_t i = 0; i < ordinals.size(); ++i) {
        if (ordinals[i].is_new) list.push_back(static_cast<int>(i));
    }
    return list;
}

/// 6 pods, partition 3, at most 2 unavailable, the gate on; the part of the pass that updates.
RowVerdict invariant(const Row& row) {
    Ordinals ordinals(6, {OrdinalSeen::State::available, false});
    for (const int i : row.list("terminating"))
        ordinals[static_cast<std::size_t>(i)].state = OrdinalSeen::State::terminating;
    StatefulSetSpec spec{.replicas = 6, .partition = 3, .ordered = false};
    spec.max_unavailable = {2, false};
    spec.rules.max_unavailable_gate = true;
    OrdinalPlan plan;
    stateful_set_pass(ordinals, spec, plan);
    return {row["deleted"], plan.remove.size()};
}

std::vector<std::pair<std::string, RowJudge>> stateful_set_judges() {
    return {
        {"statefulSetMaxUnavailable",
         [](const Row& row) -> RowVerdict {
             const Json& most = row["maxUnavailable"];
             return {row["expected"],
                     set_max_unavailable(most.is_null() ? PodCount{1, false} : pods(most),
                                         row.number("replicas"))};
         }},
        {"statefulSetMaxUnavailableInvariant", invariant},
        {"statefulSetPartition",
         [](const Row& row) -> RowVerdict {
             return {row["newRevisionOrdinals"],
                     new_ordinals(updated_set(row, row.number("partition")))};
         }},
        {"statefulSetUpdateScale",
         [](const Row& row) -> RowVerdict {
             std::vector<int> all(row["replicasAfter"].get<std::size_t>());
             std::iota(all.begin(), all.end(), 0);
             return {all, new_ordinals(updated_set(row, 0))};
         }},
    };
}

/// The note of the table names the row whose first old set has another annotation.
RowJudge proportional_scale(const Json& table) {
    const Pattern failed("row ([0-9]+): one old set carries a desired annotation of ([0-9]+)");
    const auto found = failed.find(table.value("note", ""));
    const int odd_row = found ? std::stoi((*found)[1]) : 0;  // from 1
    const int odd_value = found ? std::stoi((*found)[2]) : 0;
    return [=, at = 0](const Row& row) mutable {
        ++at;
        const int from = row.number("from");
        const int to = row.number("to");
        return scale_row(row["newRS"], row.list("oldRSs"), {from, from + row.number("oldSurge")},
                         {to, to + row.number("newSurge"), to}, row["expectedNew"],
                         row["expectedOld"],
                         at == odd_row ? std::optional(odd_value) : std::nullopt);
    };
}

}  // namespace

std::vector<std::pair<std::string, RowJudge>> unit_judges(const Json& tables) {
    auto judges = deployment_judges();
    for (auto& judge : stateful_set_judges()) judges.push_back(std::move(judge));
    if (tables.contains("proportionalScale"))
        judges.emplace_back("proportionalScale", proportional_scale(tables["proportionalScale"]));
    return judges;
}

}  // namespace stratsim::conformance
