#include "sim/cluster/cluster.hpp"
#include "sim/on.hpp"

#include <algorithm>
#include <utility>

// What people and misfortunes do to the cluster while it is watched.

namespace stratsim {

void Cluster::put(LiveWorkload& workload, std::size_t revision) {
    if (workload.target == revision) return;
    workload.previous = workload.target;
    workload.target = revision;
    workload.back = revisions_[revision].exists && revision == workload.current;
    if (&workload == &main()) forget_rollout();
    if (revisions_[revision].exists) revisions_[revision].number = ++workload.last_number;
    // A StatefulSet's revision is a ControllerRevision, which is there as soon as the template is.
    if (!slots_.empty() && &workload == &main()) make_set(workload, revision);
}

/// A new target begins anew: nothing that was remembered of the last one holds for it.
void Cluster::forget_rollout() {
    LiveWorkload& workload = main();
    const Status last = std::exchange(workload.status, {});
    if (step_) tell_(now_, fact::StepEnded{last.step});
    step_.reset();
    if (setup_.rolls_out && workload.target == 0) tell_(now_, fact::RollbackBegun{true});
    if (workload.back || workload.target == 0) {  // requests go where they went
        if (to_new_) to_new_ = Share{everything.millionths - to_new_->millionths};
        return;
    }
    if (last.switched && !last.aborted) workload.current = workload.previous;
    if (!to_new_) return;
    to_new_ = nothing;
    std::vector<Share> parts(revisions_.size(), nothing);
    parts[stable_of(workload)] = everything;
    spread_service({.decided = now_, .parts = parts});
}

void Cluster::undo(LiveWorkload& workload, int number) {
    if (workload.paused) return;  // kubectl refuses to roll back what is paused
    std::optional<std::size_t> found;
    for (const std::size_t r : workload.sets) {
        if (r == workload.target) continue;
        const int its = revisions_[r].number;
        if (number != 0 ? its == number : !found || its > revisions_[*found].number) found = r;
    }
    if (found) put(workload, *found);
}

void Cluster::create_workload(const action::Create& what) {
    const bool is_there = what.workload < workloads_.size() && workloads_[what.workload].exists;
    if (what.workload >= workloads_.size()) workloads_.resize(what.workload + 1);
    LiveWorkload& workload = workloads_[what.workload];
    if (is_there) {  // an apply of what exists changes it
        put(workload, what.revision);
        workload.replicas = what.replicas;
        return;
    }
    workload.exists = true;
    workload.replicas = what.replicas;
    workload.target = workload.current = workload.previous = what.revision;
    if (!slots_.empty() && what.workload == 0) make_set(workload, what.revision);
}

void Cluster::select(std::optional<std::size_t> revision) {
    selector_ = revision;
    tell_(now_, fact::Selected{revision});
    spread_service({.decided = now_, .parts = selected_parts(revision)});
}

std::vector<Share> Cluster::selected_parts(std::optional<std::size_t> revision) const {
    if (!revision) return {};
    std::vector<Share> parts(revisions_.size(), nothing);
    parts[*revision] = everything;
    return parts;
}

void Cluster::expose(const std::vector<std::size_t>& revisions) {
    std::vector<bool> selected(revisions_.size(), false);
    for (const std::size_t r : revisions) selected[r] = true;
    selector_.reset();
    if (selected == selected_) return;
    selected_ = selected;
    spread_service({.decided = now_, .selected = selected_});
}

std::vector<PodId> Cluster::chosen(const action::Pods& which) const {
    std::vector<PodId> found;
    for (std::size_t i = 0; i < pods_.size(); ++i) {
        const Pod& pod = pods_[i];
        if (static_cast<int>(found.size()) >= which.count) break;
        if (pod.phase == Phase::terminating || pod.phase == Phase::gone) continue;
        if (which.revision && pod.version != *which.revision) continue;
        if (which.ordinal && pod.ordinal != *which.ordinal) continue;
        found.push_back(static_cast<PodId>(i));
    }
    return found;
}

void Cluster::fail(PodId id) {
    pod(id).failed = true;
    loses_readiness(id, false);
}

void Cluster::recover(PodId id) {
    pod(id).failed = false;
    ready(id);
}

void Cluster::act(const Action& action) {
    ++acts_;
    const auto each = [&](const action::Pods& which, auto&& what) {
        for (const PodId id : chosen(which)) what(id);
    };
    std::visit(on{
                   [&](const action::Create& a) { create_workload(a); },
                   [&](const action::Apply& a) {
                       put(workloads_[a.workload], a.revision);
                       if (a.replicas) workloads_[a.workload].replicas = *a.replicas;
                   },
                   [&](const action::Scale& a) { workloads_[a.workload].replicas = a.replicas; },
                   [&](const action::Pause& a) { workloads_[a.workload].paused = true; },
                   [&](const action::Resume& a) { workloads_[a.workload].paused = false; },
                   [&](const action::Undo& a) { undo(workloads_[a.workload], a.to_revision); },
                   [&](const action::SetPartition& a) { main().partition = a.partition; },
                   [&](const action::Select& a) { select(a.revision); },
                   [&](const action::Expose& a) { expose(a.revisions); },
                   [&](const action::Delete& a) { each(a.pods, [&](PodId id) { remove(id); }); },
                   [&](const action::Fail& a) { each(a.pods, [&](PodId id) { fail(id); }); },
                   [&](const action::Recover& a) { each(a.pods, [&](PodId id) { recover(id); }); },
               },
               action);
}

}  // namespace stratsim
