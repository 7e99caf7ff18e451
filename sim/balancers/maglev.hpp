#pragma once

#include "sim/balancers/pick.hpp"

#include <cstdint>
#include <vector>

namespace stratsim {

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
