#include "strategies/blue_green.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"

#include <algorithm>

// The stages, in order; each is left for good:
//
//   1. green starts in full beside blue; users see blue only;
//   2. green is complete: QA knocks at the side service for `hold`, if there is any;
//   3. QA found too many errors: green goes, users never met it; else everybody moves to green;
//   4. blue stays for `keep_old`, one switch away, then goes.

namespace stratsim {

namespace {

/// Brings both sides to their sizes, as two Deployments or as two StatefulSets side by side.
void size_both(const Observed& seen, Desired& desired, int blue, int green) {
    if (seen.ordinals.empty()) {
        keep_stable(seen, desired, blue);
        desired.new_size = green;
        return;
    }
    // Green is the set that has new pods; before it has any, the one that users are not on.
    const auto has = [](bool OrdinalSeen::*mark) {
        return [mark](const std::vector<OrdinalSeen>& set) {
            return std::ranges::any_of(set, [mark](const OrdinalSeen& pod) {
                return pod.state != OrdinalSeen::State::missing && pod.*mark;
            });
        };
    };
    auto home = std::ranges::find_if(seen.ordinals, has(&OrdinalSeen::is_new));
    if (home == seen.ordinals.end())
        home = std::ranges::find_if_not(seen.ordinals, has(&OrdinalSeen::stable));
    for (auto set = seen.ordinals.begin(); set != seen.ordinals.end(); ++set) {
        const bool is_green = set == home;
        stateful_set_pass(*set,
                          {.set = static_cast<int>(set - seen.ordinals.begin()),
                           .replicas = is_green ? green : blue,
                           .to_new = is_green,
                           .ordered = seen.ordered},
                          *desired.plan);
    }
}

int blue_size(const Observed& seen) {
    if (seen.ordinals.empty())
        return seen.old_revisions.empty() ? 0 : seen.old_revisions[stable_index(seen)].size;
    int size = 0;
    for (const auto& set : seen.ordinals) {
        size += static_cast<int>(std::ranges::count_if(set, [](const OrdinalSeen& pod) {
            return pod.state != OrdinalSeen::State::missing && !pod.is_new;
        }));
    }
    return size;
}

}  // namespace

Desired BlueGreen::decide(const Observed& seen) const {
    Desired desired = as_observed(seen);
    const int n = seen.replicas;
    Status& status = desired.status;
    const bool green_complete = seen.new_revision.available >= n && seen.new_revision.pods <= n;

    if (status.aborted) {
        desired.to_new = nothing;
        size_both(seen, desired, n, 0);
        return desired;
    }
    if (!status.switched) {
        desired.to_new = nothing;
        const Duration check = qa.per_second > 0 && !seen.back_to_stable ? hold : Duration::zero();
        if (green_complete && !status.since) status.since = seen.now;
        if (!status.since || seen.now - *status.since < check) {
            if (status.since) {
                desired.side_rate = qa.per_second;
                desired.look_again = *status.since + check;
            }
            size_both(seen, desired, n, n);
            return desired;
        }
        const double errors = seen.side_answers == 0 ? 0
                                                     : static_cast<double>(seen.side_errors) /
                                                           static_cast<double>(seen.side_answers);
        if (check > Duration::zero() && errors > error_limit.fraction()) {
            status = {.step = 0, .switched = false, .aborted = true, .since = seen.now};
            size_both(seen, desired, n, 0);
            return desired;
        }
        status.switched = true;
        status.since = seen.now;
    }
    desired.to_new = everything;
    const bool over = seen.now - *status.since >= keep_old;
    if (!over) desired.look_again = *status.since + keep_old;
    // Users have left: what still stands is kept, nothing is started.
    size_both(seen, desired, over ? 0 : std::min(n, blue_size(seen)), n);
    return desired;
}

}  // namespace stratsim
