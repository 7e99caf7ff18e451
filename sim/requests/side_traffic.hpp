#pragma once

#include "sim/cluster/cluster.hpp"
#include "sim/ledger.hpp"
#include "sim/numbers/random.hpp"

#include <cstdint>

namespace stratsim {

/// Test requests to the new version through a side service, by nobody who is a user.
class SideTraffic {
  public:
    SideTraffic(Cluster& cluster, Ledger& ledger);

    void run_until(Time until);

  private:
    Cluster& cluster_;
    Ledger& ledger_;
    Randomness random_;
    Time next_ = never;
    std::uint64_t index_ = 0;
};

}  // namespace stratsim
