#pragma once

#include "sim/balancers/pick.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace stratsim {

/// A cookie: a user comes back to the same pod for as long as it is listed. The user carries it, so
/// every balancer of the same make honours it. With a time-out it is kube-proxy's ClientIP
/// affinity, which each balancer remembers for itself: who stays away longer is a stranger again.
class StickyBalancer {
  public:
    explicit StickyBalancer(std::optional<Duration> forgets) : forgets_(forgets) {
        if (!forgets) cookies_ = std::make_shared<Homes>();
    }

    PodId pick(const Pick& pick, auto&&) {
        Homes& homes = cookies_ ? *cookies_ : remembered_;
        if (pick.user >= homes.size()) homes.resize(pick.user + 1);
        Home& home = homes[pick.user];
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
    using Homes = std::vector<Home>;

    std::optional<Duration> forgets_;
    std::shared_ptr<Homes> cookies_;  ///< shared by copies of the balancer
    Homes remembered_;
};

}  // namespace stratsim
