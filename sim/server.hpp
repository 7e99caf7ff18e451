#pragma once

#include "sim/ledger.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// A request that a pod has taken and not yet answered, with all that is needed to take it back.
struct InFlight {
    Time end{};
    Time arrival{};
    std::uint32_t user = 0;
    std::uint32_t number = 0;  ///< the visit number it will be shown; 0: none
    Outcome outcome = Outcome::success;
    bool counted = false;  ///< it is in the ledger
};

/// First come, first served by `concurrency` workers: latency is known the moment a request
/// arrives, so a departure is no event (Kiefer and Wolfowitz's workload vector).
class Server {
  public:
    Server() = default;
    Server(int concurrency, std::optional<int> queue);

    /// A request that comes now finds no place.
    bool full(Time now);
    /// When a request that comes now is begun.
    Time begins(Time now);
    /// Takes a request whose worker is busy from `begins` until `request.end`.
    void admit(const InFlight& request);
    /// Requests waiting or being served.
    std::size_t in_system(Time now);
    /// When the last request in flight ends; `now` if there is none.
    Time last_end(Time now);
    /// Everything not yet ended, in no particular order.
    const std::vector<InFlight>& in_flight(Time now);
    void clear();

  private:
    void forget(Time now);

    int concurrency_ = 0;
    std::optional<int> queue_;
    std::vector<Time> free_;           ///< when each worker is free; a heap, earliest first
    std::vector<InFlight> in_flight_;  ///< a heap, earliest end first
};

}  // namespace stratsim
