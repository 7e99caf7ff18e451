#pragma once

#include "sim/actor.hpp"

#include <vector>

namespace stratsim {

/// Somebody who notices a bad release some time after the command, and rolls it back, unless the
/// version of before is coming back already.
class WatchfulPerson {
  public:
    using Memory = bool;  ///< has looked

    explicit WatchfulPerson(Duration notices_after) : notices_at_(command + notices_after) {}

    Decision<std::vector<Move>, Memory> act(const Seen& seen, const Memory& looked) const {
        if (looked) return {{}, true};
        if (seen.now < notices_at_) return {{}, false, notices_at_};
        if (seen.going_back) return {{}, true};
        return {{move::Undo{}}, true};
    }

  private:
    Time notices_at_;
};

static_assert(Actor<WatchfulPerson>);

}  // namespace stratsim
