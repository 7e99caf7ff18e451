#pragma once

#include "sim/actor.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace stratsim {

/// Moves at instants that are written down: those of a scenario, and those that somebody makes
/// while the world runs.
class Schedule {
  public:
    using Memory = std::size_t;  ///< moves that have been made

    /// In order of time.
    explicit Schedule(std::vector<TimedMove> moves) : moves_(std::move(moves)) {}

    Decision<std::vector<Move>, Memory> act(const Seen& seen, const Memory& made) const {
        Decision<std::vector<Move>, Memory> decision{{}, made};
        for (; decision.memory < moves_.size(); ++decision.memory) {
            const TimedMove& next = moves_[decision.memory];
            if (next.at > seen.now) {
                decision.look_again = next.at;
                break;
            }
            decision.what.push_back(next.what);
        }
        return decision;
    }

    /// Writes a move down, after those of its instant.
    void add(TimedMove move) {
        const auto later = std::ranges::upper_bound(moves_, move.at, {}, &TimedMove::at);
        moves_.insert(later, std::move(move));
    }

    /// Whether a move at `until` or earlier has not been made.
    bool has_open(const Memory& made, Time until) const {
        return made < moves_.size() && moves_[made].at <= until;
    }

  private:
    std::vector<TimedMove> moves_;
};

static_assert(Actor<Schedule>);

}  // namespace stratsim
