#pragma once

#include "sim/ledger.hpp"
#include "sim/setup.hpp"
#include "sim/time.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

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

/// The requests of one pod. First come, first served by `concurrency` workers: latency is known the
/// moment a request arrives, so a departure is no event (Kiefer and Wolfowitz's workload vector).
/// Shared processors: each request runs at the rate that the others leave it, so its end is known
/// only when it has come; then it is told.
class Server {
  public:
    Server() = default;
    explicit Server(const PodTemplate& made_of)
        : concurrency_(made_of.concurrency),
          queue_(made_of.queue),
          sharing_(made_of.discipline == Discipline::sharing ? std::make_unique<Sharing>()
                                                             : nullptr) {}

    bool shares() const { return sharing_ != nullptr; }
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

    /// Shared processors: takes a request that needs `work` of one processor.
    void share(const InFlight& request, Duration work);
    /// Shared processors: lets them work until `now`; `ended` is told of each request, in order.
    template <class Ended>
    void work_until(Time now, Ended&& ended) {
        Sharing& s = *sharing_;
        while (!in_flight_.empty()) {
            const double left = (s.work.front().until - s.served) / rate_now();
            const Time at = s.worked + std::max(Duration{}, from_seconds(left));
            if (at > now) break;
            s.served = s.work.front().until;
            s.worked = at;
            InFlight request = take_shared();
            request.end = at;
            last_released_ = at;
            ended(request);
        }
        if (now > s.worked && now != never) {  // there is no working on after the last
            if (!in_flight_.empty()) s.served += to_seconds(now - s.worked) * rate_now();
            s.worked = now;
        }
    }

  private:
    /// What only shared processors need; others do without the room for it.
    struct Sharing {
        struct Work {
            double until;  ///< of `served`
            std::uint32_t name;
        };
        /// Requests move within `in_flight_` and keep their names. The first names are theirs,
        /// place by place; the rest are free.
        struct Place {
            std::uint32_t name;   ///< of the request at this place
            std::uint32_t place;  ///< of the request with this name
        };
        double served = 0;  ///< what each request that stays has had since ever, in seconds
        Time worked{Time::min()};
        std::vector<Work> work;  ///< a heap, earliest end first
        std::vector<Place> places;

        static bool later(const Work& a, const Work& b) { return a.until > b.until; }
    };

    /// Up to so many workers all free times move at each request; more are searched.
    static constexpr std::size_t sorted_by_shifting = 32;

    void forget(Time now);
    void occupy(Time end);
    double rate_now() const;
    InFlight take_shared();

    int concurrency_ = 0;
    std::optional<int> queue_;
    std::vector<Time> free_;           ///< when each worker is free, earliest first
    std::vector<Time> starts_;         ///< of those that waited, in order
    std::size_t started_ = 0;          ///< how many of these have begun
    std::vector<InFlight> in_flight_;  ///< unlimited: a heap, earliest end first; else unordered
    std::size_t reused_ = 0;           ///< the place in `in_flight_` that is looked at next
    Time last_released_ = Time::min();
    std::unique_ptr<Sharing> sharing_;
};

}  // namespace stratsim
