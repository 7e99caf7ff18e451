#pragma once

#include "sim/endpoint.hpp"
#include "sim/requests/clients.hpp"
#include "sim/setup.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <vector>

namespace stratsim {

/// The connections that users hold to pods between their requests (L4: each ends at one pod for as
/// long as it lasts).
class ConnectionPools {
  public:
    ConnectionPools() = default;
    ConnectionPools(const Visitors& visitors, Layer layer)
        : habit_(layer == Layer::l4 ? visitors.connections : Connections::per_request),
          size_(visitors.pool),
          idle_timeout_(visitors.idle_timeout),
          most_requests_(visitors.requests_per_connection),
          users_(habit_ == Connections::per_request ? 0 : visitors.users) {}

    bool keeps_any() const { return habit_ != Connections::per_request; }

    /// What a request goes through.
    struct Taken {
        PodId pod = no_pod;  ///< the far end of an open connection; no_pod: a new one is needed
        bool raced = false;  ///< the pod closed it just now, and the request is lost on it
        std::uint32_t requests = 0;  ///< that it has carried
    };

    /// Takes the connection that was idle for the shortest time. `listens(pod)` and
    /// `deaf_since(pod)` tell whether the far end is still there.
    template <class Listens, class DeafSince>
    Taken take(std::uint32_t user, Time now, Listens&& listens, DeafSince&& deaf_since) {
        Taken taken;
        if (!keeps_any()) return taken;
        auto& held = users_[user];
        int idle = 0;
        for (std::size_t i = held.size(); i-- > 0;) {
            const Connection c = held[i];
            const bool open = listens(c.pod);
            if (open && c.free > now && habit_ != Connections::http2) continue;  // it is in use
            const bool timed_out = open && idle_timeout_ > Duration::zero() && c.free <= now &&
                                   now - c.free > idle_timeout_;
            const Time closed = open ? c.free + idle_timeout_ : deaf_since(c.pod);
            // HTTP/2 tells which requests it has not taken (GOAWAY), and these are sent again.
            const bool just_now =
                habit_ != Connections::http2 && c.free <= closed && now - closed < close_race;
            const bool worn_out = most_requests_ > 0 && c.requests >= most_requests_;
            const bool chosen = taken.pod == no_pod && !taken.raced;
            if (!open || timed_out) {
                if (chosen && just_now && !worn_out) taken = {c.pod, true, 0};
            } else if (worn_out || (!chosen && ++idle >= size_)) {
                // closed by the client
            } else if (chosen) {
                taken = {c.pod, false, c.requests};
            } else {
                continue;
            }
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
        }
        return taken;
    }

    /// The connection is the user's again from `free` on, when its request is answered.
    void keep(std::uint32_t user, PodId pod, Time free, std::uint32_t requests) {
        if (keeps_any() && pod != no_pod) users_[user].push_back({pod, free, requests});
    }

    /// Where the user's last connection ends; no_pod: there is none.
    PodId last(std::uint32_t user) const {
        return !keeps_any() || users_[user].empty() ? no_pod : users_[user].back().pod;
    }

  private:
    struct Connection {
        PodId pod;
        Time free;
        std::uint32_t requests;
    };

    Connections habit_ = Connections::per_request;
    int size_ = 1;
    Duration idle_timeout_{};
    std::uint32_t most_requests_ = 0;
    std::vector<std::vector<Connection>> users_;
};

}  // namespace stratsim
