#pragma once

#include "sim/balancers/pick.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace stratsim {

/// The candidates by the order of their making, each as often as its weight: what a map-based hash
/// indexes. Rebuilt only when the set changes.
class WeightedMap {
  public:
    const std::vector<PodId>& of(const Pick& pick) {
        if (pick.candidates.version == built_for_ && pick.candidates.revision == revision_)
            return pods_;
        built_for_ = pick.candidates.version;
        revision_ = pick.candidates.revision;
        pods_.clear();
        for (std::uint32_t i = 0; i < pick.size(); ++i) {
            const PodId pod = pick.candidates[i];
            pods_.insert(pods_.end(), pick.listing.weight(pod), pod);
        }
        std::ranges::sort(pods_);
        return pods_;
    }

  private:
    std::uint64_t built_for_ = 0;
    std::size_t revision_ = 0;
    std::vector<PodId> pods_;
};

/// HAProxy's source: the address modulo the total weight. A change of the set moves almost
/// everybody. Source: HAProxy 2.6, src/backend.c, get_server_sh.
struct SourceHashBalancer {
    PodId pick(const Pick& pick, auto&&) {
        const auto& map = map_.of(pick);
        return map[pick.address % map.size()];
    }

  private:
    WeightedMap map_;
};

/// nginx's ip_hash: the first three bytes of the address, so that a whole /24 goes to one pod.
/// Source: nginx, ngx_http_upstream_ip_hash_module.c.
struct SubnetHashBalancer {
    PodId pick(const Pick& pick, auto&&) {
        const auto& map = map_.of(pick);
        std::uint32_t hash = 89;
        for (const int shift : {24, 16, 8})
            hash = (hash * 113 + ((pick.address >> shift) & 0xff)) % 6271;
        return map[hash % map.size()];
    }

  private:
    WeightedMap map_;
};

/// A ring with many points a pod: a change of the set moves only the users of the pod that changed.
/// Source: Envoy documentation, "Ring hash" (ketama); 1024 points in all at least.
class RingHashBalancer {
  public:
    PodId pick(const Pick& pick, auto&&) {
        if (pick.candidates.version != built_for_ || pick.candidates.revision != revision_)
            build(pick);
        const std::uint64_t key = mixed(pick.address, 7);
        const auto at =
            std::ranges::lower_bound(ring_, key, {}, &std::pair<std::uint64_t, PodId>::first);
        return at == ring_.end() ? ring_.front().second : at->second;
    }

  private:
    void build(const Pick& pick);

    std::uint64_t built_for_ = 0;
    std::size_t revision_ = 0;
    std::vector<std::pair<std::uint64_t, PodId>> ring_;
};

/// Maglev: every pod fills a table of 65537 places in its own order, one place in turn; almost
/// even, and a change moves little more than it must. Source: Eisenbud et al., NSDI 2016,
/// section 3.4; the table size is Envoy's.
class MaglevBalancer {
  public:
    PodId pick(const Pick& pick, auto&&) {
        if (pick.candidates.version != built_for_ || pick.candidates.revision != revision_)
            build(pick);
        return table_[mixed(pick.address, 7) % table_.size()];
    }

  private:
    void build(const Pick& pick);

    std::uint64_t built_for_ = 0;
    std::size_t revision_ = 0;
    std::vector<PodId> table_;
};

}  // namespace stratsim
