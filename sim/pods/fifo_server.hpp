#pragma once

#include "sim/pod_template.hpp"
#include "sim/pods/in_flight.hpp"
#include "sim/time.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace stratsim {

/// First come, first served by `concurrency` workers, or by as many as there are requests: latency
/// is known the moment a request arrives, so a departure is no event (Kiefer and Wolfowitz's
/// workload vector).
class FifoServer {
  public:
    FifoServer() = default;
    explicit FifoServer(const PodTemplate& made_of)
        : concurrency_(made_of.concurrency), queue_(made_of.queue) {}

    /// A request that comes now finds no place.
    bool full(Time now);
    /// When a request that comes now is begun.
    Time begins(Time now) const;
    /// Takes a request whose worker is busy from `begins` until `request.end`.
    void admit(const InFlight& request, Time begins);
    /// Requests waiting or being served.
    std::size_t in_system(Time now);
    /// When the last request ended that has ended.
    Time released(Time now);
    /// When the last request in flight ends; `now` if there is none.
    Time last_end(Time now);
    /// Everything not yet ended; limited, in order of arrival, else in no particular order.
    const std::vector<InFlight>& in_flight(Time now);
    void clear();
    /// Fetches into the cache what the next request will touch.
    void fetch() const {
        __builtin_prefetch(free_.data(), 1);
        __builtin_prefetch(starts_.data() + started_, 1);
        __builtin_prefetch(in_flight_.data() + reused_, 1);
    }

  private:
    /// Up to so many workers all free times move at each request; more are searched.
    static constexpr std::size_t sorted_by_shifting = 32;

    void forget(Time now);
    void occupy(Time end);

    int concurrency_ = 0;
    std::optional<int> queue_;
    std::vector<Time> free_;           ///< when each worker is free, earliest first
    std::vector<Time> starts_;         ///< of those that waited, in order
    std::size_t started_ = 0;          ///< how many of these have begun
    std::vector<InFlight> in_flight_;  ///< unlimited: a heap, earliest end first; else unordered
    std::size_t reused_ = 0;           ///< the place in `in_flight_` that is looked at next
    Time last_released_ = Time::min();
};

}  // namespace stratsim
