#pragma once

#include "sim/balancers/pick.hpp"

#include <optional>
#include <vector>

namespace stratsim {

/// A cookie: a user comes back to the same pod for as long as it is listed. With a time-out it is
/// kube-proxy's ClientIP affinity: who stays away longer is a stranger again.
class StickyBalancer {
  public:
    explicit StickyBalancer(std::optional<Duration> forgets) : forgets_(forgets) {}

    PodId pick(const Pick& pick, auto&&) {
        if (pick.user >= home_.size()) home_.resize(pick.user + 1);
        Home& home = home_[pick.user];
        const bool forgotten = forgets_ && pick.now - home.seen > *forgets_;
        if (home.pod == no_pod || forgotten || !pick.listing.is_candidate(home.pod)) {
            home.pod =
                pick.candidates[below(pick.size(), static_cast<std::uint32_t>(pick.random >> 32))];
        }
        home.seen = pick.now;
        return home.pod;
    }

  private:
    struct Home {
        PodId pod = no_pod;
        Time seen{};
    };
    std::optional<Duration> forgets_;
    std::vector<Home> home_;
};

}  // namespace stratsim
