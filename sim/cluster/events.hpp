#pragma once

#include "sim/agenda.hpp"
#include "sim/endpoint.hpp"
#include "sim/network/endpoint_log.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <type_traits>
#include <variant>

namespace stratsim {

/// What is due in the cluster. Requests are not events.
namespace event {
struct Listens {
    PodId pod;
};
struct Ready {
    PodId pod;
};
struct Available {
    PodId pod;
    bool passing = false;
};
/// The kubelet has seen enough failed probes of a ready pod.
struct Unready {
    PodId pod;
};
/// A pod that lost its readiness is probed again.
struct Probed {
    PodId pod;
};
struct Sigterm {
    PodId pod;
};
/// A program that serves on after SIGTERM closes its listener.
struct Closes {
    PodId pod;
};
struct Exits {
    PodId pod;
};
/// An instance of a consumer hears of a change of the endpoints.
struct Hears {
    LogVersion change;
    std::uint32_t instance = 0;
    bool passing = false;
};
/// The strategy asked to be called again.
struct Look {};
/// An actor asked to look.
struct Act {
    std::uint32_t place;  ///< among the actors
};
/// A Deployment's progress is looked at again; nothing else comes of it.
struct Check {};
}  // namespace event

using Event = std::variant<event::Listens, event::Ready, event::Available, event::Unready,
                           event::Probed, event::Sigterm, event::Closes, event::Exits, event::Hears,
                           event::Look, event::Act, event::Check>;
// A heap of them moves each a dozen times.
static_assert(std::is_trivially_copyable_v<Event>);

/// Readiness that comes and goes with the load: that may go on for ever, so it keeps no simulation
/// from having settled.
inline bool is_passing(const Event& event) {
    if (const auto* news = std::get_if<event::Hears>(&event)) return news->passing;
    if (const auto* available = std::get_if<event::Available>(&event)) return available->passing;
    return std::holds_alternative<event::Unready>(event) ||
           std::holds_alternative<event::Probed>(event);
}

/// The agenda of the cluster, which knows what of it keeps the world from having settled.
class Events {
  public:
    bool empty() const { return agenda_.empty(); }
    Time next() const { return agenda_.next(); }
    std::uint32_t next_rank() const { return agenda_.next_rank(); }

    void add(Time at, const Event& event, std::uint32_t rank = 0) {
        count(event, 1);
        agenda_.add(at, event, rank);
    }
    /// Before all else of its instant; see Agenda.
    void add_ahead(Time at, const Event& event, std::uint32_t place) {
        agenda_.add_ahead(at, event, place);
    }
    Event take() {
        const Event event = agenda_.take();
        count(event, -1);
        return event;
    }

    /// Nothing is due but readiness that comes and goes, and looks at the deadline that it causes.
    bool only_passing() const { return passing_ > 0 && only_passing_or_looks(); }
    bool only_passing_or_looks() const {
        return agenda_.size() == static_cast<std::size_t>(passing_ + looks_);
    }

  private:
    void count(const Event& event, int by) {
        if (is_passing(event)) passing_ += by;
        if (std::holds_alternative<event::Check>(event)) looks_ += by;
    }

    Agenda<Event> agenda_;
    std::int64_t passing_ = 0;
    std::int64_t looks_ = 0;  ///< at the deadline
};

}  // namespace stratsim
