#pragma once

#include "sim/ledger.hpp"
#include "sim/time.hpp"

#include <cstdint>

namespace stratsim {

/// A request that a pod has taken and not yet answered, with all that is needed to take it back.
struct InFlight {
    Time end{};
    Time arrival{};
    std::uint32_t user = 0;
    std::uint32_t number = 0;   ///< the visit number it will be shown; 0: none
    std::uint32_t record = 0;   ///< its record's place, from 1; 0: none
    Cause cause = Cause::none;  ///< what will have lost it, as far as that is known
    bool counted : 1 = false;   ///< it is in the ledger
    bool held : 1 = false;      ///< the balancer had nowhere to send it at first
    bool retried : 1 = false;   ///< its failure is known and will be tried again elsewhere
    std::uint8_t tried = 0;     ///< tries before this one
    std::uint8_t instance = 0;  ///< the balancer that sent it
};

}  // namespace stratsim
