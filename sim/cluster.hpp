#pragma once

#include "sim/agenda.hpp"
#include "sim/facts.hpp"
#include "sim/listing.hpp"
#include "sim/random.hpp"
#include "sim/rollout.hpp"
#include "sim/server.hpp"
#include "sim/setup.hpp"
#include "sim/visits.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace stratsim {

/// The stages of a pod's life, in order.
enum class Phase : std::uint8_t { starting, ready, terminating, gone };

/// A pod: what the kubelet knows of it, and the server inside it.
struct Pod {
    std::size_t revision = 0;
    int set = 0;
    int ordinal = -1;  ///< in its StatefulSet; -1: none
    std::uint32_t index = 0;  ///< how many of its revision were made before it
    Phase phase = Phase::starting;
    bool listens = false;   ///< takes connections
    bool available = false;
    bool was_ready = false;
    Time created{};
    std::optional<Time> ready_at{};
    std::optional<Time> deleted_at{};
    Time dies_at = never;  ///< when it was gone
    Server server;
    StoreId store{};
    std::uint64_t visits = 0;
    Time deaf_since = never;  ///< when it closed its listener and its idle connections
    Tally tally;
};

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
struct Hears {
    PodId pod;
    Heard state;
    std::size_t instance = 0;
};
struct HearsRoute {
    std::vector<Share> parts;
    Time decided;
    std::size_t instance = 0;
};
/// The strategy asked to be called again.
struct Look {};
/// A person rolls back.
struct Undo {};
}  // namespace event

using Event = std::variant<event::Listens, event::Ready, event::Available, event::Sigterm,
                           event::Closes, event::Exits, event::Hears, event::HearsRoute, event::Look,
                           event::Undo>;

/// The pods, their sets and the endpoints: the one place where the state of the cluster changes.
class Cluster {
  public:
    Cluster(const Setup& setup, const Witness& tell);

    // What happens, as told by the agenda.
    void listens(PodId pod);
    void ready(PodId pod);
    void available(PodId pod);
    void sigterm(PodId pod);
    void closes(PodId pod);
    /// The process is gone; whoever cut its requests says how many.
    void exits(PodId pod, std::size_t killed);
    void hears(const event::Hears& news);
    void hears_route(const event::HearsRoute& news);

    // What a controller sees and does.
    Observed observed() const;
    /// Makes the cluster what is desired; true if that changed anything.
    bool apply(const Desired& desired);
    /// From now on the old revision is the target.
    void undo();
    void give_up();  ///< the strategy itself went back

    void advance(Time now) { now_ = now; }
    Time now() const { return now_; }
    bool rollout_complete() const;
    bool rolled_back() const;
    bool going_back() const { return target_ == 0 || status_.aborted; }
    bool undone() const { return target_ == 0; }

    const Setup& setup() const { return setup_; }
    const PodTemplate& pod_template(const Pod& pod) const { return setup_.revisions[pod.revision]; }
    std::vector<Pod>& pods() { return pods_; }
    const std::vector<Pod>& pods() const { return pods_; }
    Pod& pod(PodId id) { return pods_[index_of(id)]; }
    const Pod& pod(PodId id) const { return pods_[index_of(id)]; }
    /// The view of one of the balancers.
    Listing& listing(std::size_t instance = 0) { return listings_[instance]; }
    const Listing& listing(std::size_t instance = 0) const { return listings_[instance]; }
    std::size_t instances() const { return listings_.size(); }
    Visits& visits() { return visits_; }
    const Visits& visits() const { return visits_; }
    Agenda<Event>& agenda() { return agenda_; }
    const Status& status() const { return status_; }
    double side_rate() const { return side_rate_; }
    int size_of(std::size_t revision) const { return revisions_[revision].size; }
    void tell_service();

    /// Answers and errors of a revision, counted by the traffic.
    void answered(std::size_t revision, std::int64_t answers, std::int64_t errors);
    void side_answered(bool error);

  private:
    struct Revision {
        int size = 0;
        int pods = 0;
        int ready = 0;
        int available = 0;
        int terminating = 0;
        std::uint32_t made = 0;
        std::int64_t answers = 0;
        std::int64_t errors = 0;
        std::vector<PodId> unready_pods;  ///< may hold pods that are not so any more
        std::vector<PodId> ready_pods;    ///< by time of readiness; the same
    };

    PodId create(std::size_t revision, int set, int ordinal);
    void remove(PodId pod);
    void start(PodId pod);
    bool resize(std::size_t revision, int size);
    bool carry_out(const OrdinalPlan& plan);
    bool reroute(std::optional<Share> to_new);
    void set_listens(PodId pod, bool listens);
    PodId take_victim(Revision& revision);
    std::size_t other() const { return target_ == 0 ? 1 : 0; }
    OrdinalSeen seen_of(PodId pod) const;
    void spread(PodId pod, Heard state);
    std::uint64_t entity(const Pod& pod) const;

    Setup setup_;
    const Witness& tell_;
    Randomness random_;
    Time now_{};
    std::vector<Pod> pods_;
    std::vector<Revision> revisions_;
    std::vector<std::vector<PodId>> slots_;  ///< by set and ordinal; no_pod where none stands
    std::vector<Listing> listings_;  ///< by balancer
    Visits visits_;
    Agenda<Event> agenda_;
    std::size_t target_ = 0;
    Status status_;
    std::optional<Share> to_new_;
    std::optional<Step> step_;
    double side_rate_ = 0;
    std::uint64_t side_answers_ = 0;
    std::uint64_t side_errors_ = 0;
    std::uint64_t reroutes_ = 0;
    Time next_look_ = never;
    Listing::Count last_count_;
};

}  // namespace stratsim
