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

}  // namespace

int Canary::pods_for(Share part, int replicas) {
    if (part >= everything || replicas <= 1) return replicas;
    // Nearest whole number of pods; a tie goes up, as Argo tries the larger one first.
    const auto nearest = static_cast<int>((2 * part.millionths * replicas + 1'000'000) / 2'000'000);
    return std::clamp(nearest, 1, replicas - 1);
}

Desired Canary::decide(const Observed& seen) const {
    const int n = seen.replicas;
    const bool routed = split == Split::router;
    const Fenceposts posts = resolve_fenceposts(max_surge, max_unavailable, n);
    Status status = seen.status;
    const auto finish = [&](Desired desired, std::optional<Share> weight) {
        desired.to_new = routed ? weight : std::nullopt;
        desired.status = status;
        return desired;
    };
    // Both versions in full behind a router; the total stays n when pods divide the requests.
    const auto at_sizes = [&](int fresh, int old) {
        if (!routed || !seen.ordinals.empty()) return towards(seen, {fresh, old}, posts);
        Desired desired = as_observed(seen);
        keep_stable(seen, desired, old);
        desired.new_size = fresh;
        return desired;
    };

    const int stages = static_cast<int>(steps.size());
    // Where nothing old is left there is nothing to climb beside.
    const bool alone = seen.ordinals.empty() && seen.old_revisions.empty();
    const bool climbing = !status.aborted && !status.switched && !seen.back_to_stable && !alone &&
                          status.step < stages;

    if (climbing && status.since && harms(seen, error_limit) &&
        (seen.now - *status.since) % analysis_interval == Duration::zero() &&
        seen.now > *status.since) {
        status = {.step = status.step, .switched = false, .aborted = true, .since = seen.now};
    }
    if (status.aborted) {
        // Requests that a router still sends by the old weight must find the new pods alive.
        const bool linger = routed && seen.ordinals.empty() && seen.now - *status.since < keep_old;
        Desired desired = at_sizes(linger ? seen.new_revision.size : 0, n);
        if (linger) desired.look_again = *status.since + keep_old;
        return finish(std::move(desired), nothing);
    }
    if (climbing) {
        const Share part = steps[static_cast<std::size_t>(status.step)];
        const int fresh = routed ? pods_behind_router(part, n) : pods_for(part, n);
        const int old = routed && seen.ordinals.empty() ? n : n - fresh;
        Desired desired = at_sizes(fresh, old);
        const bool moving =
            desired.new_size != seen.new_revision.size ||
            desired.old_sizes != as_observed(seen).old_sizes ||
            (desired.plan && (!desired.plan->create.empty() || !desired.plan->remove.empty()));
        const bool reached =
            !moving && seen.new_revision.available >= fresh &&
            // A partition that is raised again, by a change of the replicas, takes no pod back.
            (seen.ordinals.empty() ? old_size(seen) == old : seen.new_revision.pods >= fresh);
        if (reached && !status.since) status.since = seen.now;
        const Share before =
            status.step == 0 ? nothing : steps[static_cast<std::size_t>(status.step) - 1];
        const std::optional<Share> weight = status.since ? part : before;
        const double delivered =
            routed ? part.fraction()
                   : static_cast<double>(fresh) / static_cast<double>(std::max(1, n));
        if (status.since) {
            const Time over = *status.since + hold;
            if (seen.now >= over) {
                ++status.step;
                status.since.reset();
                return finish(std::move(desired), weight);
            }
            const auto intervals = (seen.now - *status.since) / analysis_interval + 1;
            desired.look_again = std::min(over, *status.since + intervals * analysis_interval);
            desired.step = Step{part.fraction(), delivered};
        }
        return finish(std::move(desired), weight);
    }

    // The last stage: everything to the new version.
    if (!routed || !seen.ordinals.empty()) {
        return finish(at_sizes(n, 0), everything);
    }
    // Where nothing climbs, what has been left is kept for a while and never started again.
    const int standing =
        seen.old_revisions.empty() ? 0 : seen.old_revisions[stable_index(seen)].size;
    if (seen.new_revision.available < n && !status.switched) {
        return finish(at_sizes(n, seen.back_to_stable ? std::min(n, standing) : n),
                      steps.empty() || seen.back_to_stable ? seen.to_new : steps.back());
    }
    if (!status.switched) {
        status.switched = true;
        status.since = seen.now;
    }
    const bool over = seen.now - *status.since >= keep_old;
    Desired desired = at_sizes(n, over ? 0 : std::min(n, standing));
    if (!over) desired.look_again = *status.since + keep_old;
    return finish(std::move(desired), everything);
}

}  // namespace stratsim
