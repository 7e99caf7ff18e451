#pragma once

#include "sim/listing.hpp"
#include "sim/random.hpp"
#include "sim/setup.hpp"

#include <functional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stratsim {

/// What a balancer may know when it picks a pod.
struct Pick {
    Candidates candidates;
    std::uint32_t random;
    std::uint32_t user;
};

/// kube-proxy: every candidate alike, each request on its own.
struct RandomBalancer {
    PodId pick(const Pick& pick, auto&&) { return pick.candidates[below(size(pick), pick.random)]; }

  private:
    static std::uint32_t size(const Pick& pick) {
        return static_cast<std::uint32_t>(pick.candidates.size);
    }
};

/// One after the other.
struct RoundRobinBalancer {
    PodId pick(const Pick& pick, auto&&) {
        if (next_ >= pick.candidates.size) next_ = 0;
        return pick.candidates[next_++];
    }

  private:
    std::size_t next_ = 0;
};

/// The pod with the fewest requests in flight; among equals one after the other.
struct LeastConnectionsBalancer {
    PodId pick(const Pick& pick, auto&& load) {
        const std::size_t n = pick.candidates.size;
        PodId best = no_pod;
        std::size_t least = 0;
        std::size_t chosen = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t at = (next_ + i) % n;
            const PodId pod = pick.candidates[at];
            const std::size_t requests = load(pod);
            if (best != no_pod && requests >= least) continue;
            best = pod;
            least = requests;
            chosen = at;
            if (requests == 0) break;
        }
        next_ = chosen + 1;
        return best;
    }

  private:
    std::size_t next_ = 0;
};

/// A cookie: a user comes back to the same pod for as long as it is listed.
struct StickyBalancer {
    PodId pick(const Pick& pick, const Listing& listing) {
        if (pick.user >= home_.size()) home_.resize(pick.user + 1, no_pod);
        PodId& home = home_[pick.user];
        if (home == no_pod || !listing.is_candidate(home)) {
            home = pick.candidates[below(static_cast<std::uint32_t>(pick.candidates.size),
                                         pick.random)];
        }
        return home;
    }

  private:
    std::vector<PodId> home_;
};

using Balancer =
    std::variant<RandomBalancer, RoundRobinBalancer, LeastConnectionsBalancer, StickyBalancer>;

Balancer make_balancer(BalancerKind kind);

/// The pod for this request; there must be at least one candidate. `load` tells the requests in
/// flight of a pod.
template <class Load>
PodId choose(Balancer& balancer, const Pick& pick, const Listing& listing, Load&& load) {
    if (auto* random = std::get_if<RandomBalancer>(&balancer)) return random->pick(pick, load);
    if (auto* robin = std::get_if<RoundRobinBalancer>(&balancer)) return robin->pick(pick, load);
    if (auto* least = std::get_if<LeastConnectionsBalancer>(&balancer))
        return least->pick(pick, load);
    return std::get<StickyBalancer>(balancer).pick(pick, listing);
}

}  // namespace stratsim
