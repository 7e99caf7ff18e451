#include "sim/cluster/cluster.hpp"
#include "sim/contract.hpp"
#include "sim/wall_clock.hpp"

#include <algorithm>
#include <utility>

// What controllers see of the cluster, and how their wishes are carried out.

namespace stratsim {

OrdinalSeen Cluster::seen_of(PodId id, const LiveWorkload& workload) const {
    using State = OrdinalSeen::State;
    if (id == no_pod) return {};
    const Pod& pod = this->pod(id);
    const bool is_new = pod.revision == workload.target;
    const bool stable = pod.revision == stable_of(workload);
    switch (pod.phase) {
        case Phase::starting:
            return {State::unready, is_new, stable};
        case Phase::ready:
            return {pod.available ? State::available : State::ready, is_new, stable};
        case Phase::terminating:
            return {State::terminating, is_new, stable};
        case Phase::gone:
            return {};
    }
    return {};
}

RevisionSeen Cluster::counted(std::size_t revision) const {
    const Revision& at = revisions_[revision];
    return {.exists = at.exists,
            .sized_for = at.sized_for,
            .size = is_stateful(workloads_[workload_of(revision)]) ? at.pods : at.size,
            .pods = at.pods,
            .ready = at.ready,
            .available = at.available,
            .terminating = at.terminating,
            .answers = static_cast<std::uint64_t>(at.answers),
            .errors = static_cast<std::uint64_t>(at.errors)};
}

Observed Cluster::observed(std::size_t index) const {
    const LiveWorkload& workload = workloads_[index];
    Observed seen;
    seen.now = now_;
    seen.replicas = workload.replicas;
    seen.paused = workload.paused;
    seen.new_revision = counted(workload.target);
    for (const std::size_t r : workload.sets) {
        if (r == workload.target) continue;
        seen.old_revisions.push_back(counted(r));
        seen.old_revisions.back().stable = r == stable_of(workload);
    }
    seen.back_to_stable = workload.back;
    seen.generation = workload.generation;
    seen.rules = setup_.rules;
    seen.beside = index > 0;
    if (seen.beside) return seen;
    for (const auto& slots : slots_) {
        auto& ordinals = seen.ordinals.emplace_back();
        for (const PodId id : slots) ordinals.push_back(seen_of(id, workload));
    }
    seen.ordered = setup_.pod_management == PodManagement::ordered_ready;
    seen.on_delete = setup_.on_delete;
    seen.partition = workload.partition;
    seen.set_max_unavailable = setup_.set_max_unavailable;
    seen.target_is_current = workload.target == workload.current;
    seen.to_new = service_.to_new();
    seen.side_answers = side_answers_;
    seen.side_errors = side_errors_;
    return seen;
}

Cohort Cluster::cohort_of(const Pod& pod) const {
    const auto stored = [&](Time at) { return stored_second(at, setup_.clock_phase); };
    const bool ready = pod.phase == Phase::ready;
    return {ready, ready ? stored(*pod.ready_at) : Time{}, stored(pod.created)};
}

/// Ordinals are not chosen, so pods of a StatefulSet are in no cohort.
void Cluster::join_cohort(PodId id) {
    const Pod& pod = this->pod(id);
    if (pod.ordinal < 0) revisions_[pod.revision].cohorts.join(id, cohort_of(pod));
}

std::vector<PodId> Cluster::victims(Revision& set, int count) {
    const auto most = static_cast<std::size_t>(count);
    const auto pods = set.cohorts.newest(most, [&](PodId id, const Cohort& cohort) {
        const Pod& pod = this->pod(id);
        return pod.phase <= Phase::ready && cohort_of(pod) == cohort;
    });
    std::vector<Candidate> candidates;
    candidates.reserve(pods.size());
    for (const PodId id : pods) candidates.push_back(cohort_of(pod(id)).candidate(pod(id).index));
    std::vector<PodId> chosen;
    chosen.reserve(most);
    for (const std::size_t i : chosen_victims(candidates, most, now_)) chosen.push_back(pods[i]);
    return chosen;
}

bool Cluster::resize(std::size_t r, int size) {
    const int from = revisions_[r].size;
    bool changed = from != size;
    if (changed) {
        revisions_[r].size = size;
        tell_(now_, fact::Resized{r, from, size});
    }
    while (revisions_[r].pods < size) {
        start(create(r, 0, -1));
        changed = true;
    }
    const int surplus = revisions_[r].pods - size;
    if (surplus <= 0) return changed;
    const auto chosen = victims(revisions_[r], surplus);
    expects(chosen.size() == static_cast<std::size_t>(surplus),
            "a revision counts pods that it does not have");
    for (const PodId id : chosen) remove(id);
    return true;
}

bool Cluster::make_set(LiveWorkload& workload, std::size_t r) {
    if (revisions_[r].exists) return false;
    revisions_[r].exists = true;
    revisions_[r].made_at = now_;
    revisions_[r].workload = static_cast<std::size_t>(&workload - workloads_.data());
    revisions_[r].number = ++workload.last_number;
    workload.sets.push_back(r);
    return true;
}

bool Cluster::size_sets(LiveWorkload& workload, const Desired& desired) {
    workload.bounds =
        desired.bounds.value_or(Bounds{workload.replicas, workload.replicas, workload.replicas});
    const SizedFor now_for{workload.bounds.replicas, workload.bounds.most};
    bool changed = false;
    const auto set_size = [&](std::size_t r, int size, bool is_made) {
        Revision& set = revisions_[r];
        const bool active = set.size > 0;
        if (set.size != size || is_made || (desired.renews_all && active)) {
            changed |= is_made || set.sized_for != now_for;
            set.sized_for = now_for;
        }
        changed |= resize(r, size);
    };
    const std::vector<std::size_t> sets = workload.sets;
    // What grows comes first: in one pass only a set that is made grows while others shrink.
    if (desired.new_exists || desired.new_size > 0) {
        const bool is_made = make_set(workload, workload.target);
        set_size(workload.target, desired.new_size, is_made);
    }
    std::size_t old = 0;
    for (const std::size_t r : sets) {
        if (r != workload.target) set_size(r, desired.old_sizes[old++], false);
    }
    return changed;
}

bool Cluster::carry_out(const OrdinalPlan& plan) {
    for (const OrdinalPlan::Item& item : plan.remove) {
        remove(slots_[static_cast<std::size_t>(item.set)][static_cast<std::size_t>(item.ordinal)]);
    }
    for (const OrdinalPlan::Item& item : plan.create) {
        start(create(item.is_new ? main().target : stable_of(main()), item.set, item.ordinal));
    }
    return !plan.create.empty() || !plan.remove.empty();
}

std::size_t Cluster::stable_of(const LiveWorkload& workload) {
    return workload.current != workload.target ? workload.current : workload.previous;
}

/// Takes note of how far the rollout has come; true if that changed.
bool Cluster::note_progress(const Desired& desired) {
    RolloutProgress& progress = main().progress;
    const RolloutProgress& next = desired.progress;
    if (next == progress && desired.step.has_value() == step_.has_value()) return false;
    const bool step_over = step_ && (next.step != progress.step || !desired.step);
    if (step_over) tell_(now_, fact::StepEnded{progress.step});
    if (desired.step && (!step_ || next.step != progress.step))
        tell_(now_, fact::StepReached{next.step, desired.step->asked, desired.step->delivered});
    if (next.aborted && !progress.aborted) tell_(now_, fact::RollbackBegun{false});
    const bool changed = next != progress;
    progress = next;
    step_ = desired.step;
    return changed;
}

bool Cluster::apply(const Desired& desired, std::size_t index) {
    LiveWorkload& workload = workloads_[index];
    const bool is_main = index == 0;
    bool changed = is_main && note_progress(desired);
    if (!is_stateful(workload)) {
        const bool creates =
            !revisions_[workload.target].exists && (desired.new_exists || desired.new_size > 0);
        const WorkloadCounts before = counts(workload);
        changed |= size_sets(workload, desired);
        update_status(index, {before, creates, desired.only_scales});
    } else if (desired.plan) {
        changed |= carry_out(*desired.plan);
        update_set_status();
    }
    if (!is_main) return changed;
    changed |= service_.route(desired.to_new, sides(), now_);
    side_rate_ = desired.side_rate;
    return changed;
}

bool Cluster::is_complete(std::size_t revision) const {
    const LiveWorkload& workload = main();
    // Ordinals below the partition keep their revision (kubectl rollout status).
    const int kept = is_stateful(workload) ? std::min(workload.partition, workload.replicas) : 0;
    int others = 0;
    int available = 0;
    for (const std::size_t r : workload.sets) {
        const Revision& set = revisions_[r];
        available += set.available;
        if (r != revision) others += is_stateful(workload) ? set.pods : set.size;
    }
    return revisions_[revision].available >= workload.replicas - kept &&
           available >= workload.replicas && others <= kept;
}

bool Cluster::rollout_complete() const {
    if (setup_.rolls_out && undone()) return false;
    // The Deployments beside it that are written belong to the rollout.
    for (std::size_t w = 1; w < workloads_.size(); ++w) {
        const LiveWorkload& other = workloads_[w];
        if (other.exists && !stratsim::is_complete(other.api.counts, other.replicas)) return false;
    }
    return !main().progress.aborted && !step_ && is_complete(main().target);
}

bool Cluster::rolled_back() const {
    return setup_.rolls_out && (undone() || main().progress.aborted) && is_complete(0);
}

void Cluster::answered(std::size_t revision, std::int64_t answers, std::int64_t errors) {
    revisions_[revision].answers += answers;
    revisions_[revision].errors += errors;
}

void Cluster::side_answered(bool error) {
    ++side_answers_;
    if (error) ++side_errors_;
}

}  // namespace stratsim
