#pragma once

#include "sim/pod_template.hpp"
#include "sim/pods/in_flight.hpp"
#include "sim/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// Shared processors: each request runs at the rate that the others leave it, so its end is known
/// only when it has come; then it is told.
///
/// All requests that stay are served alike, so one number, what each has had since ever, orders
/// them: the next to end is the one whose need, counted from what it found, is reached first.
class SharingServer {
  public:
    explicit SharingServer(const PodTemplate& made_of)
        : processors_(made_of.concurrency), queue_(made_of.queue) {}

    /// A request that comes now finds no place.
    bool full() const;
    /// Takes a request that needs `work` of one processor.
    void share(const InFlight& request, Duration work);
    /// Lets the processors work until `now`; `ended` is told of each request, in order.
    template <class Ended>
    void work_until(Time now, Ended&& ended) {
        while (!in_flight_.empty()) {
            const double left = (needs_.front().until - served_) / rate_now();
            const Time at = worked_ + std::max(Duration{}, from_seconds(left));
            if (at > now) break;
            served_ = needs_.front().until;
            worked_ = at;
            InFlight request = take();
            request.end = at;
            last_released_ = at;
            ended(request);
        }
        if (now > worked_ && now != never) {  // there is no working on after the last
            if (!in_flight_.empty()) served_ += to_seconds(now - worked_) * rate_now();
            worked_ = now;
        }
    }
    std::size_t in_system() const { return in_flight_.size(); }
    /// When the last request ended that has ended.
    Time released() const { return last_released_; }
    /// When the last request ends if nothing more comes; `now` if there is none.
    Time last_end(Time now) const;
    const std::vector<InFlight>& in_flight() const { return in_flight_; }
    void clear();

  private:
    struct Need {
        double until;  ///< of `served_`
        std::uint32_t name;
    };
    /// Requests move within `in_flight_` and keep their names. The first names are theirs, place by
    /// place; the rest are free.
    struct Place {
        std::uint32_t name;   ///< of the request at this place
        std::uint32_t place;  ///< of the request with this name
    };

    static bool later(const Need& a, const Need& b) { return a.until > b.until; }
    double rate_now() const { return rate_of(in_flight_.size()); }
    double rate_of(std::size_t requests) const;
    InFlight take();

    int processors_;
    std::optional<int> queue_;
    std::vector<InFlight> in_flight_;
    double served_ = 0;  ///< what each request that stays has had since ever, in seconds
    Time worked_{Time::min()};
    std::vector<Need> needs_;  ///< a heap, earliest end first
    std::vector<Place> places_;
    Time last_released_ = Time::min();
};

}  // namespace stratsim
