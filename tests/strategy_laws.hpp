#pragma once

#include "strategies/fenceposts.hpp"
#include "strategies/strategy.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace stratsim::laws {

/// The pods of one revision, without names.
struct Fleet {
    int size = 0;
    int unready = 0;
    int ready = 0;
    int terminating = 0;
    auto operator<=>(const Fleet&) const = default;
};

/// A small cluster in which anything that can happen may happen next. There is no clock: the
/// present stage has either just begun or lasted for as long as the strategy wanted to wait.
struct State {
    std::vector<Fleet> fleets;  ///< old revisions, oldest first; the last is the new one
    std::optional<std::int64_t> to_new;
    int step = 0;
    bool switched = false;
    bool aborted = false;
    bool stage_begun = false;
    bool stage_over = false;
    bool harmful = false;    ///< the new version fails its users
    bool back = false;       ///< a person rolls back
    std::size_t stable = 0;  ///< the old revision that users are on
    auto operator<=>(const State&) const = default;
};

/// What is explored.
struct Question {
    std::string strategy;
    int replicas = 1;
    bool overtaken = false;  ///< at any instant a third revision may be put, or the first again
    Fenceposts posts;        ///< promises to hold it to
    bool keeps_posts =
        false;  ///< sizes at most n + surge, available never taken below n - unavailable
    bool one_version = false;     ///< recreate: no new pod beside an old one
    bool stable_returns = false;  ///< canary: what a skipped revision leaves, the stable one takes
    bool full_switch =
        false;      ///< blue/green: users move only to a complete version, old stays till then
    int steps = 0;  ///< that have to be left behind
    bool can_harm = false;
    bool terminating = true;  ///< terminating pods linger
};

/// What any of the strategies may remember.
struct Remembered {
    RolloutProgress progress;
    std::optional<Time> since;
};

/// A strategy whose memory is one of these.
using DecideFunction =
    std::function<Decision<Desired, Remembered>(const Observed&, const Remembered&)>;

/// A strategy as such a function.
template <IsStrategy S>
DecideFunction with_any_memory(S strategy) {
    return [strategy](const Observed& seen,
                      const Remembered& before) -> Decision<Desired, Remembered> {
        if constexpr (std::is_same_v<typename S::Memory, NoMemory>) {
            return {strategy.decide(seen, {}).what, {}};
        } else {
            auto decision = strategy.decide(seen, {before.progress, before.since});
            return {std::move(decision.what), {decision.memory.progress, decision.memory.since}};
        }
    };
}

/// Explores every reachable state and returns the laws that are broken, each once; empty: all hold.
/// `states` is increased by the number of states seen.
std::set<std::string> broken(const DecideFunction& decide, const Question& question,
                             std::size_t& states);

}  // namespace stratsim::laws
