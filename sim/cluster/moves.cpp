#include "sim/cluster/cluster.hpp"
#include "sim/contract.hpp"
#include "sim/on.hpp"

#include <algorithm>
#include <utility>

// What people, misfortunes and controllers beside the strategy do to the cluster.

namespace stratsim {

/// The number of a template, which has one from now on.
std::size_t Cluster::version_of(const PodTemplate& made_of) {
    const std::size_t version = made_of.version.value_or(templates_.size());
    if (version < templates_.size()) return version;
    expects(version == templates_.size(), "templates are numbered without gaps");
    templates_.push_back(made_of);
    templates_.back().version = version;
    revisions_.emplace_back().version = version;
    stood_.push_back(false);
    if (version >= setup_.revisions.size()) service_.add_version();
    return version;
}

/// The set that a workload has, or will have, for a template. It belongs to one Deployment: two
/// that run the same template have a set each.
std::size_t Cluster::revision_of(std::size_t workload, const PodTemplate& made_of) {
    const std::size_t version = version_of(made_of);
    std::optional<std::size_t> free;
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        if (revisions_[r].version != version) continue;
        if (revisions_[r].workload == workload) return r;
        if (!revisions_[r].workload) free = r;
    }
    if (!free) {
        free = revisions_.size();
        revisions_.emplace_back().version = version;
    }
    revisions_[*free].workload = workload;
    return *free;
}

void Cluster::put(LiveWorkload& workload, std::size_t revision) {
    if (workload.target == revision) return;
    workload.previous = workload.target;
    workload.target = revision;
    ++workload.generation;
    workload.back = revisions_[revision].exists && revision == workload.current;
    if (&workload == &main()) forget_rollout();
    if (revisions_[revision].exists) revisions_[revision].number = ++workload.last_number;
    // A StatefulSet's revision is a ControllerRevision, which is there as soon as the template is.
    if (is_stateful(workload)) make_set(workload, revision);
}

/// A new target begins anew: nothing that was remembered of the last one holds for it.
void Cluster::forget_rollout() {
    LiveWorkload& workload = main();
    const RolloutProgress last = std::exchange(workload.progress, {});
    if (step_) tell_(now_, fact::StepEnded{last.step});
    step_.reset();
    if (setup_.rolls_out && workload.target == 0) tell_(now_, fact::RollbackBegun{true});
    if (workload.back || workload.target == 0) {  // requests go where they went
        service_.turn_round();
        return;
    }
    if (last.switched && !last.aborted) workload.current = workload.previous;
    service_.back_to(version_of(stable_of(workload)), now_);
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

void Cluster::create_workload(const move::Create& what) {
    const bool is_there = what.workload < workloads_.size() && workloads_[what.workload].exists;
    if (what.workload >= workloads_.size()) workloads_.resize(what.workload + 1);
    LiveWorkload& workload = workloads_[what.workload];
    const std::size_t revision = revision_of(what.workload, what.made_of);
    if (is_there) {  // an apply of what exists changes it
        put(workload, revision);
        workload.replicas = what.replicas;
        return;
    }
    workload.exists = true;
    workload.replicas = what.replicas;
    workload.target = workload.current = workload.previous = revision;
    if (is_stateful(workload)) make_set(workload, revision);
}

std::vector<PodId> Cluster::chosen(const move::Pods& which) const {
    std::vector<PodId> found;
    for (std::size_t i = 0; i < pods_.size(); ++i) {
        const Pod& pod = pods_[i];
        if (static_cast<int>(found.size()) >= which.count) break;
        if (pod.phase == Phase::terminating || pod.phase == Phase::gone) continue;
        if (which.version && pod.version != *which.version) continue;
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

void Cluster::carry_out(const Move& move) {
    const auto each = [&](const move::Pods& which, auto&& what) {
        for (const PodId id : chosen(which)) what(id);
    };
    std::visit(on{
                   [&](const move::Create& a) { create_workload(a); },
                   [&](const move::Apply& a) {
                       put(workloads_[a.workload], revision_of(a.workload, a.made_of));
                       if (a.replicas) workloads_[a.workload].replicas = *a.replicas;
                   },
                   [&](const move::Scale& a) { workloads_[a.workload].replicas = a.replicas; },
                   [&](const move::Pause& a) { workloads_[a.workload].paused = true; },
                   [&](const move::Resume& a) { workloads_[a.workload].paused = false; },
                   [&](const move::Undo& a) { undo(workloads_[a.workload], a.to_revision); },
                   [&](const move::SetPartition& a) { main().partition = a.partition; },
                   [&](const move::Select& a) { service_.select(a.version, now_); },
                   [&](const move::Expose& a) { service_.expose(a.versions, now_); },
                   [&](const move::Delete& a) { each(a.pods, [&](PodId id) { remove(id); }); },
                   [&](const move::Fail& a) { each(a.pods, [&](PodId id) { fail(id); }); },
                   [&](const move::Recover& a) { each(a.pods, [&](PodId id) { recover(id); }); },
               },
               move);
}

}  // namespace stratsim
