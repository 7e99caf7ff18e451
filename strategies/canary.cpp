#include "strategies/canary.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"

#include <algorithm>

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

bool harms(const Observed& seen, Share limit) {
    const RevisionSeen& fresh = seen.new_revision;
    if (fresh.answers == 0) return false;
    std::uint64_t answers = 0;
    std::uint64_t errors = 0;
    for (const RevisionSeen& old : seen.old_revisions) {
        answers += old.answers;
        errors += old.errors;
    }
    const auto part = [](std::uint64_t of, std::uint64_t all) {
        return all == 0 ? 0.0 : static_cast<double>(of) / static_cast<double>(all);
    };
    return part(fresh.errors, fresh.answers) - part(errors, answers) > limit.fraction();
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
class Look {
  public:
    Look(const Canary& canary, const Observed& seen)
        : canary_(canary), seen_(seen), status_(seen.status) {}

    Desired decide() {
        if (climbs() && fails_its_users()) {
            status_ = {
                .step = status_.step, .switched = false, .aborted = true, .since = seen_.now};
        }
        if (status_.aborted) return go_back();
        if (climbs()) return climb();
        if (!by_weight()) return wanted(at_sizes(replicas(), 0), everything);
        return take_over();
    }

  private:
    int replicas() const { return seen_.replicas; }
    bool routed() const { return canary_.split == Split::router; }
    /// The pods of both versions stand side by side, and a router's weight divides the requests.
    bool by_weight() const { return routed() && seen_.ordinals.empty(); }

    bool climbs() const {
        // Where nothing old is left there is nothing to climb beside.
        const bool alone = seen_.ordinals.empty() && seen_.old_revisions.empty();
        return !status_.aborted && !status_.switched && !seen_.back_to_stable && !alone &&
               status_.step < static_cast<int>(canary_.steps.size());
    }

    /// Too many errors, at the end of an interval.
    bool fails_its_users() const {
        return status_.since && harms(seen_, canary_.error_limit) &&
               (seen_.now - *status_.since) % canary_.analysis_interval == Duration::zero() &&
               seen_.now > *status_.since;
    }

    Desired go_back() {
        // Requests that a router still sends by the old weight must find the new pods alive.
        const bool linger = by_weight() && seen_.now - *status_.since < canary_.keep_old;
        Desired desired = at_sizes(linger ? seen_.new_revision.size : 0, replicas());
        if (linger) desired.look_again = *status_.since + canary_.keep_old;
        return wanted(std::move(desired), nothing);
    }

    Desired climb() {
        const Share part = part_of(status_.step);
        const int fresh =
            routed() ? pods_behind_router(part, replicas()) : Canary::pods_for(part, replicas());
        const int old = by_weight() ? replicas() : replicas() - fresh;
        Desired desired = at_sizes(fresh, old);
        if (!status_.since && reached(desired, fresh, old)) status_.since = seen_.now;
        if (!status_.since)
            return wanted(std::move(desired),
                          status_.step == 0 ? nothing : part_of(status_.step - 1));
        if (seen_.now >= *status_.since + canary_.hold) {
            ++status_.step;
            status_.since.reset();
            return wanted(std::move(desired), part);
        }
        const auto intervals = (seen_.now - *status_.since) / canary_.analysis_interval + 1;
        desired.look_again = std::min(*status_.since + canary_.hold,
                                      *status_.since + intervals * canary_.analysis_interval);
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
        if (seen_.new_revision.available < replicas() && !status_.switched) {
            return wanted(at_sizes(replicas(), seen_.back_to_stable ? kept : replicas()),
                          canary_.steps.empty() || seen_.back_to_stable ? seen_.to_new
                                                                        : canary_.steps.back());
        }
        if (!status_.switched) {
            status_.switched = true;
            status_.since = seen_.now;
        }
        const bool over = seen_.now - *status_.since >= canary_.keep_old;
        Desired desired = at_sizes(replicas(), over ? 0 : kept);
        if (!over) desired.look_again = *status_.since + canary_.keep_old;
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
        desired.status = status_;
        return desired;
    }

    const Canary& canary_;
    const Observed& seen_;
    Status status_;
};

}  // namespace

int Canary::pods_for(Share part, int replicas) {
    if (part >= everything || replicas <= 1) return replicas;
    // Nearest whole number of pods; a tie goes up, as Argo tries the larger one first.
    const auto nearest = static_cast<int>((2 * part.millionths * replicas + 1'000'000) / 2'000'000);
    return std::clamp(nearest, 1, replicas - 1);
}

Desired Canary::decide(const Observed& seen) const {
    return Look(*this, seen).decide();
}

}  // namespace stratsim
