#pragma once

#include "sim/pods/fifo_server.hpp"
#include "sim/pods/sharing_server.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace stratsim {

/// The server in a pod, of one discipline or the other. First come, first served takes a request by
/// admit(), with its end; shared processors take it by share(), and tell its end when it has come.
class Server {
  public:
    Server() = default;
    explicit Server(const PodTemplate& made_of)
        : fifo_(made_of),
          sharing_(made_of.discipline == Discipline::sharing
                       ? std::make_unique<SharingServer>(made_of)
                       : nullptr) {}

    bool shares() const { return sharing_ != nullptr; }
    /// First come, first served only.
    Time begins(Time now) const { return fifo_.begins(now); }
    void admit(const InFlight& request, Time begins) { fifo_.admit(request, begins); }
    void fetch() const { fifo_.fetch(); }
    /// Shared processors only.
    void share(const InFlight& request, Duration work) { sharing_->share(request, work); }
    template <class Ended>
    void work_until(Time now, Ended&& ended) {
        sharing_->work_until(now, std::forward<Ended>(ended));
    }

    /// A request that comes now finds no place.
    bool full(Time now) { return shares() ? sharing_->full() : fifo_.full(now); }
    /// Requests waiting or being served.
    std::size_t in_system(Time now) {
        return shares() ? sharing_->in_system() : fifo_.in_system(now);
    }
    /// When the last request ended that has ended.
    Time released(Time now) { return shares() ? sharing_->released() : fifo_.released(now); }
    /// When the last request in flight ends; `now` if there is none.
    Time last_end(Time now) { return shares() ? sharing_->last_end(now) : fifo_.last_end(now); }
    /// Everything not yet ended.
    const std::vector<InFlight>& in_flight(Time now) {
        return shares() ? sharing_->in_flight() : fifo_.in_flight(now);
    }
    void clear() {
        fifo_.clear();
        if (shares()) sharing_->clear();
    }

  private:
    FifoServer fifo_;
    std::unique_ptr<SharingServer> sharing_;  ///< others do without the room for it
};

}  // namespace stratsim
