#pragma once

#include "sim/balancers/pick.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace stratsim {

/// HAProxy's random(k): not a uniform choice. A random key is looked up in a consistent-hash ring
/// with 16 points for each unit of weight, and the nearest point's server drawn; of k draws, which
/// may be the same server, the one that serves less stays. A server that has just refused gives way
/// to the next one on the ring. With a weight of 1 each the shares of five servers lie between 15
/// and 24 %.
/// Source: HAProxy 2.6, src/lb_chash.c (chash_get_server_hash), src/backend.c (get_server_rnd),
/// include/haproxy/tools.h (__full_hash).
class HaproxyRandomBalancer {
  public:
    explicit HaproxyRandomBalancer(int draws) : draws_(draws) {}

    PodId pick(const Pick& pick, auto&& load) {
        if (pick.candidates.version != built_for_ || pick.candidates.revision != revision_)
            build(pick);
        PodId best = no_pod;
        for (int draw = 0; draw < draws_; ++draw) {
            const auto key = static_cast<std::uint32_t>(
                mixed(pick.random, static_cast<std::uint64_t>(draw)) >> 32);
            const PodId pod = nearest(key, pick.avoided);
            if (best == no_pod || best == pod ||
                load(pod).requests * pick.listing.weight(best) <=
                    load(best).requests * pick.listing.weight(pod)) {
                best = pod;
            }
        }
        return best;
    }

    /// The part of all keys that lead to each candidate, in their order.
    static std::vector<double> shares(const std::vector<std::uint32_t>& weights);

  private:
    using Ring = std::vector<std::pair<std::uint32_t, PodId>>;

    void build(const Pick& pick);
    PodId nearest(std::uint32_t key, PodId avoided) const;

    int draws_;
    std::uint64_t built_for_ = 0;
    std::size_t revision_ = 0;
    Ring ring_;
};

}  // namespace stratsim
