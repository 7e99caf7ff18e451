#include "strategies/canary.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/error_limit.hpp"
#include "strategies/pass.hpp"

#include <algorithm>
#include <utility>

// A canary climbs its steps one by one. A step is reached when the pods it needs are available (and
// the router has its weight); from then on it stands for `hold`. Whenever an interval is over the
// new version's errors are held against the old one's; too many, and everything goes back at once.
// After the last hold the new version takes over entirely.

namespace stratsim {

namespace {

/// New pods that a router's weight needs: enough for its part of the load, rounded up.
int pods_behind_router(Share part, int replicas) {
    return std::max(1, static_cast<int>((part.millionths * replicas + 999'999) / 1'000'000));
}

/// What both versions have answered since the command.
Window answers_so_far(const Observed& seen) {
    Window window{.from = command,
                  .until = seen.now,
                  .fresh = {seen.new_revision.answers, seen.new_revision.errors}};
    for (const RevisionSeen& old : seen.old_revisions) {
        window.old.all += old.answers;
        window.old.errors += old.errors;
    }
    return window;
}

bool harms(const Observed& seen, Share limit) {
    const Window window = answers_so_far(seen);
    return ErrorLimit{limit}.verdict({&window, 1}).what == ReleaseVerdict::take_back;
}

/// Moves the pods towards `target` by one pass of the kind of workload that it is.
Desired towards(const Observed& seen, Target target, Fenceposts posts) {
    if (seen.ordinals.empty()) return rolling_pass(seen, target, posts);
    // A StatefulSet's canary is its partition: the highest ordinals are new.
    Desired desired = as_observed(seen);
    const bool away = target.new_pods == 0;
    stateful_set_pass(
        seen.ordinals.front(),
        {.replicas = seen.replicas,
         .partition = away ? 0 : seen.replicas - std::min(target.new_pods, seen.replicas),
         .to_new = !away,
         .ordered = seen.ordered},
        *desired.plan);
    return desired;
}

/// One look at a rollout: what each of its stages wants.
class CanaryLook {
  public:
    CanaryLook(const Canary& canary, const Observed& seen, const Canary::Memory& memory)
        : canary_(canary), seen_(seen), memory_(memory) {}

    Decision<Desired, Canary::Memory> decide() {
        if (climbs() && fails_its_users()) {
            progress().aborted = true;
            memory_.since = seen_.now;
        }
        Desired desired = next();
        desired.progress = progress();
        return {std::move(desired), memory_, look_again_};
    }

  private:
    Desired next() {
        if (progress().aborted) return go_back();
        if (climbs()) return climb();
        if (!by_weight()) return wanted(at_sizes(replicas(), 0), everything);
        return take_over();
    }

    RolloutProgress& progress() { return memory_.progress; }
    const RolloutProgress& progress() const { return memory_.progress; }
    int replicas() const { return seen_.replicas; }
    bool routed() const { return canary_.split == Split::router; }
    /// The pods of both versions stand side by side, and a router's weight divides the requests.
    bool by_weight() const { return routed() && seen_.ordinals.empty(); }

    bool climbs() const {
        // Where nothing old is left there is nothing to climb beside.
        const bool alone = seen_.ordinals.empty() && seen_.old_revisions.empty();
        return !progress().aborted && !progress().switched && !seen_.back_to_stable && !alone &&
               progress().step < static_cast<int>(canary_.steps.size());
    }

    /// Too many errors, at the end of an interval.
    bool fails_its_users() const {
        return memory_.since && harms(seen_, canary_.error_limit) &&
               (seen_.now - *memory_.since) % canary_.analysis_interval == Duration::zero() &&
               seen_.now > *memory_.since;
    }

    Desired go_back() {
        // Requests that a router still sends by the old weight must find the new pods alive.
        const bool linger = by_weight() && seen_.now - *memory_.since < canary_.keep_old;
        Desired desired = at_sizes(linger ? seen_.new_revision.size : 0, replicas());
        if (linger) look_again_ = *memory_.since + canary_.keep_old;
        return wanted(std::move(desired), nothing);
    }

    Desired climb() {
        const Share part = part_of(progress().step);
        const int fresh =
            routed() ? pods_behind_router(part, replicas()) : Canary::pods_for(part, replicas());
        const int old = by_weight() ? replicas() : replicas() - fresh;
        Desired desired = at_sizes(fresh, old);
        if (!memory_.since && reached(desired, fresh, old)) memory_.since = seen_.now;
        if (!memory_.since)
            return wanted(std::move(desired),
                          progress().step == 0 ? nothing : part_of(progress().step - 1));
        if (seen_.now >= *memory_.since + canary_.hold) {
            ++progress().step;
            memory_.since.reset();
            return wanted(std::move(desired), part);
        }
        const auto intervals = (seen_.now - *memory_.since) / canary_.analysis_interval + 1;
        look_again_ = std::min(*memory_.since + canary_.hold,
                               *memory_.since + intervals * canary_.analysis_interval);
        const double by_pods =
            static_cast<double>(fresh) / static_cast<double>(std::max(1, replicas()));
        desired.step = Step{part.fraction(), routed() ? part.fraction() : by_pods};
        return wanted(std::move(desired), part);
    }

    /// Behind a router: all new pods first, then the requests, and later the old pods go.
    Desired take_over() {
        // Where nothing climbs, what has been left is kept for a while and never started again.
        const int standing =
            seen_.old_revisions.empty() ? 0 : seen_.old_revisions[stable_index(seen_)].size;
        const int kept = std::min(replicas(), standing);
        if (seen_.new_revision.available < replicas() && !progress().switched) {
            return wanted(at_sizes(replicas(), seen_.back_to_stable ? kept : replicas()),
                          canary_.steps.empty() || seen_.back_to_stable ? seen_.to_new
                                                                        : canary_.steps.back());
        }
        if (!progress().switched) {
            progress().switched = true;
            memory_.since = seen_.now;
        }
        const bool over = seen_.now - *memory_.since >= canary_.keep_old;
        Desired desired = at_sizes(replicas(), over ? 0 : kept);
        if (!over) look_again_ = *memory_.since + canary_.keep_old;
        return wanted(std::move(desired), everything);
    }

    Share part_of(int step) const { return canary_.steps[static_cast<std::size_t>(step)]; }

    /// The step has the pods that it needs, and nothing moves.
    bool reached(const Desired& desired, int fresh, int old) const {
        const bool moving =
            desired.new_size != seen_.new_revision.size ||
            desired.old_sizes != as_observed(seen_).old_sizes ||
            (desired.plan && (!desired.plan->create.empty() || !desired.plan->remove.empty()));
        if (moving || seen_.new_revision.available < fresh) return false;
        // A partition that is raised again, by a change of the replicas, takes no pod back.
        return seen_.ordinals.empty() ? old_size(seen_) == old : seen_.new_revision.pods >= fresh;
    }

    /// Both versions in full behind a router; the total stays when pods divide the requests.
    Desired at_sizes(int fresh, int old) const {
        if (!by_weight()) {
            const Fenceposts posts =
                resolve_fenceposts(canary_.max_surge, canary_.max_unavailable, replicas());
            return towards(seen_, {fresh, old}, posts);
        }
        Desired desired = as_observed(seen_);
        keep_stable(seen_, desired, old);
        desired.new_size = fresh;
        return desired;
    }

    Desired wanted(Desired desired, std::optional<Share> weight) const {
        desired.to_new = routed() ? weight : std::nullopt;
        return desired;
    }

    const Canary& canary_;
    const Observed& seen_;
    Canary::Memory memory_;
    Time look_again_ = never;
};

}  // namespace

int Canary::pods_for(Share part, int replicas) {
    if (part >= everything || replicas <= 1) return replicas;
    // Nearest whole number of pods; a tie goes up, as Argo tries the larger one first.
    const auto nearest = static_cast<int>((2 * part.millionths * replicas + 1'000'000) / 2'000'000);
    return std::clamp(nearest, 1, replicas - 1);
}

Decision<Desired, Canary::Memory> Canary::decide(const Observed& seen, const Memory& memory) const {
    return CanaryLook(*this, seen, memory).decide();
}

}  // namespace stratsim
