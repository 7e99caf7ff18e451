#include "sim/cluster/cluster.hpp"
#include "sim/wall_clock.hpp"

#include <algorithm>
#include <utility>

// What the API shows of a workload after each pass of its controller.

namespace stratsim {

WorkloadCounts Cluster::counts(const LiveWorkload& workload) const {
    WorkloadCounts sum;
    if (is_stateful(workload)) {
        // A StatefulSet counts a pod that terminates until it is gone (updateStatus).
        for (const auto& slots : slots_) {
            for (const PodId id : slots) {
                if (id == no_pod) continue;
                const Pod& pod = this->pod(id);
                const bool leaving = pod.phase == Phase::terminating;
                ++sum.replicas;
                if (leaving ? pod.left_ready : pod.phase == Phase::ready) ++sum.ready;
                if (leaving ? pod.left_available : pod.available) ++sum.available;
                if (!leaving && pod.revision == workload.target) ++sum.updated;
                if (!leaving && pod.revision == workload.current) ++sum.current;
            }
        }
        return sum;
    }
    int sizes = 0;
    for (const std::size_t r : workload.sets) {
        const Revision& set = revisions_[r];
        sizes += set.size;
        sum.replicas += set.pods;
        sum.ready += set.ready;
        sum.available += set.available;
        if (r == workload.target) sum.updated = set.pods;
    }
    sum.unavailable = std::max(0, sizes - sum.available);
    return sum;
}

void Cluster::show(std::size_t index, const DeploymentStatus& next) {
    DeploymentStatus& api = workloads_[index].api;
    const DeploymentStatus before = std::exchange(api, next);
    if (before.counts != api.counts) tell_(now_, fact::StatusChanged{index, api.counts});
    const auto tell = [&](ConditionType type, const std::optional<Condition>& was,
                          const std::optional<Condition>& is) {
        if (!is || (was && was->status == is->status && was->reason == is->reason)) return;
        tell_(now_, fact::ConditionChanged{index, type, *is});
    };
    tell(ConditionType::progressing, before.progressing, api.progressing);
    tell(ConditionType::available, before.available, api.available);
}

void Cluster::update_status(std::size_t index, const Pass& pass) {
    LiveWorkload& workload = workloads_[index];
    StatusInput in{.counts = pass.before,
                   .bounds = workload.bounds,
                   .paused = workload.paused,
                   .only_scales = pass.only_scales,
                   .deadline = setup_.progress_deadline,
                   .now = now_,
                   .stored = stored_second(now_, setup_.clock_phase)};
    const DeploymentStatus paused = after_pause(workload.api, in);
    const bool wrote = paused != workload.api;
    show(index, paused);
    // A second write in the pass that noted a pause's end conflicts with the first and is lost; the
    // next pass finds the set made.
    const Revision& fresh = revisions_[workload.target];
    const bool lost = wrote || (pass.creates && setup_.races.new_set_unnoted);
    if (!lost && !in.only_scales && fresh.exists)
        show(index, after_new_set(workload.api, pass.creates, in));
    const auto& late = setup_.races.first_status_late;
    if (pass.creates && std::ranges::find(late, workload.target) != late.end()) {
        in.counts.replicas += fresh.pods;
        in.counts.updated = fresh.pods;
    }
    show(index, next_status(workload.api, in));
    if (stratsim::is_complete(workload.api.counts, workload.replicas)) {
        workload.current = workload.target;
        forget_history(workload);
    }
    const auto due = next_check(workload.api, in);
    if (due.value_or(never) == workload.next_check) return;
    workload.next_check = due.value_or(never);
    if (!due) return;
    events_.add(*due, event::Check{}, rank_);
}

bool Cluster::awaits_check() const {
    if (setup_.races.early_look) return true;
    // Progress since has put an earlier look off.
    return std::ranges::any_of(workloads_,
                               [&](const LiveWorkload& w) { return w.next_check == now_; });
}

void Cluster::sized_under(const std::optional<Bounds>& bounds) {
    if (!bounds || main().sets.empty()) return;
    revisions_[main().sets.front()].sized_for = SizedFor{bounds->replicas, bounds->most};
    main().bounds = *bounds;
}

void Cluster::update_set_status() {
    LiveWorkload& workload = main();
    DeploymentStatus next = workload.api;
    next.counts = counts(workload);
    const int n = workload.replicas;
    // stateful_set_utils.go, completeRollingUpdate.
    if (!setup_.on_delete && next.counts.updated == n && next.counts.ready == n &&
        next.counts.replicas == n) {
        workload.current = workload.target;
        next.counts.current = next.counts.updated;
    }
    show(0, next);
}

void Cluster::forget_history(LiveWorkload& workload) {
    // sync.go, cleanupDeployment: of the old sets the oldest revisions beyond the limit, if empty.
    std::vector<std::size_t> old;
    for (const std::size_t r : workload.sets) {
        if (r != workload.target) old.push_back(r);
    }
    const auto limit = static_cast<std::size_t>(setup_.history);
    if (old.size() <= limit) return;
    std::ranges::sort(old, {}, [&](std::size_t r) { return revisions_[r].number; });
    old.resize(old.size() - limit);
    for (const std::size_t r : old) {
        if (revisions_[r].size > 0 || revisions_[r].pods > 0) continue;
        revisions_[r].exists = false;
        revisions_[r].sized_for.reset();
        std::erase(workload.sets, r);
    }
}

}  // namespace stratsim
