#pragma once

#include "sim/judge.hpp"
#include "sim/share.hpp"

namespace stratsim {

/// Takes a release back whose share of errors exceeds the old version's by more than a limit, in
/// the window that is handed in last.
struct ErrorLimit {
    using Memory = NoMemory;

    Share limit;

    Decision<ReleaseVerdict, Memory> verdict(std::span<const Window> windows,
                                             const Memory& = {}) const {
        if (windows.empty() || windows.back().fresh.all == 0)
            return {ReleaseVerdict::undecided, {}};
        const double rise = share(windows.back().fresh) - share(windows.back().old);
        return {rise > limit.fraction() ? ReleaseVerdict::take_back : ReleaseVerdict::keep, {}};
    }

  private:
    static double share(const Answers& of) {
        return of.all == 0 ? 0.0 : static_cast<double>(of.errors) / static_cast<double>(of.all);
    }
};

static_assert(Judge<ErrorLimit>);

}  // namespace stratsim
