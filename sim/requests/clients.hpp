#pragma once

#include "sim/time.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stratsim {

/// A client that notices nothing until it has sent: a request that comes so shortly after the
/// server closed the idle connection is lost. Measured: 0.5 requests for 36 closed connections of
/// clients that pause 200 ms.
inline constexpr Duration close_race = std::chrono::milliseconds{3};

/// Users who send their next request only after the last was answered.
class Clients {
  public:
    struct Client {
        Time due = never;  ///< its next request
        std::uint64_t sent = 0;
    };

    explicit Clients(std::size_t count) : clients_(count) {}

    std::size_t size() const { return clients_.size(); }
    Client& operator[](std::uint32_t user) { return clients_[user]; }

    void schedule(std::uint32_t user, Time due) {
        clients_[user].due = due;
        heap_.push_back({due, user});
        std::ranges::push_heap(heap_, later);
    }

    /// The earliest instant at which somebody sends; `never` if nobody does.
    Time next() {
        // A client whose pod died was scheduled anew; its older entry is stale.
        while (!heap_.empty() && clients_[heap_.front().user].due != heap_.front().at) drop();
        return heap_.empty() ? never : heap_.front().at;
    }

    /// Who sends at next(); it has no request due until it is scheduled again.
    std::uint32_t take() {
        const std::uint32_t user = heap_.front().user;
        drop();
        clients_[user].due = never;
        return user;
    }

  private:
    struct Entry {
        Time at;
        std::uint32_t user;
    };
    static bool later(const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at > b.at : a.user > b.user;
    }
    void drop() {
        std::ranges::pop_heap(heap_, later);
        heap_.pop_back();
    }

    std::vector<Client> clients_;
    std::vector<Entry> heap_;
};

}  // namespace stratsim
