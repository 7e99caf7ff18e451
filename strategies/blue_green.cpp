#include "strategies/blue_green.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/error_limit.hpp"
#include "strategies/pass.hpp"

#include <algorithm>
#include <utility>

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

/// One look at a rollout: what each of its stages wants.
class BlueGreenLook {
  public:
    BlueGreenLook(const BlueGreen& strategy, const Observed& seen, const BlueGreen::Memory& memory)
        : strategy_(strategy), seen_(seen), memory_(memory), desired_(as_observed(seen)) {}

    Decision<Desired, BlueGreen::Memory> decide() {
        RolloutProgress& progress = memory_.progress;
        if (!progress.switched && !progress.aborted) prove_green();
        if (progress.aborted) {
            go_back();
        } else if (progress.switched) {
            retire_blue();
        }
        desired_.progress = progress;
        return {std::move(desired_), memory_, look_again_};
    }

  private:
    /// Users see blue only. Green is left for good when it is complete and QA has nothing against
    /// it, or has.
    void prove_green() {
        const int n = seen_.replicas;
        const RevisionSeen& green = seen_.new_revision;
        const bool complete = green.available >= n && green.pods <= n;
        const bool has_qa = strategy_.qa.per_second > 0 && !seen_.back_to_stable;
        const Duration check = has_qa ? strategy_.hold : Duration::zero();
        if (complete && !memory_.since) memory_.since = seen_.now;
        if (!memory_.since || seen_.now - *memory_.since < check) {
            if (memory_.since) {
                desired_.side_rate = strategy_.qa.per_second;
                look_again_ = *memory_.since + check;
            }
            desired_.to_new = nothing;
            size_both(seen_, desired_, n, n);
            return;
        }
        const bool harms = has_qa && check > Duration::zero() && fails_qa();
        memory_ = {{.switched = !harms, .aborted = harms}, seen_.now};
    }

    bool fails_qa() const {
        const Window qa{.from = *memory_.since,
                        .until = seen_.now,
                        .fresh = {seen_.side_answers, seen_.side_errors}};
        return ErrorLimit{strategy_.error_limit}.verdict({&qa, 1}).what ==
               ReleaseVerdict::take_back;
    }

    void go_back() {
        desired_.to_new = nothing;
        size_both(seen_, desired_, seen_.replicas, 0);
    }

    /// Users have left: what still stands is kept, nothing is started.
    void retire_blue() {
        desired_.to_new = everything;
        const Time until = *memory_.since + strategy_.keep_old;
        const bool over = seen_.now >= until;
        if (!over) look_again_ = until;
        const int kept = over ? 0 : std::min(seen_.replicas, blue_size(seen_));
        size_both(seen_, desired_, kept, seen_.replicas);
    }

    const BlueGreen& strategy_;
    const Observed& seen_;
    BlueGreen::Memory memory_;
    Desired desired_;
    Time look_again_ = never;
};

}  // namespace

Decision<Desired, BlueGreen::Memory> BlueGreen::decide(const Observed& seen,
                                                       const Memory& memory) const {
    return BlueGreenLook(*this, seen, memory).decide();
}

}  // namespace stratsim
