#pragma once

#include "sim/agenda.hpp"
#include "sim/cluster/cohorts.hpp"
#include "sim/conditions.hpp"
#include "sim/facts.hpp"
#include "sim/network/listing.hpp"
#include "sim/numbers/random.hpp"
#include "sim/pods/server.hpp"
#include "sim/pods/visits.hpp"
#include "sim/rollout.hpp"
#include "sim/setup.hpp"

#include <functional>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

namespace stratsim {

/// The stages of a pod's life, in order.
enum class Phase : std::uint8_t { starting, ready, terminating, gone };

/// A pod: what the kubelet knows of it, and the server inside it.
struct alignas(64) Pod {
    // Every request touches these, so they come first, in few lines of the cache.
    std::uint32_t revision = 0;  ///< whose replica set it is of
    std::uint32_t version = 0;   ///< the template, which two Deployments may share
    std::uint64_t visits = 0;
    StoreId store{};
    std::uint32_t index = 0;  ///< how many of its revision were made before it
    bool is_new = false;      ///< of a version that did not run at t = 0
    bool listens = false;     ///< takes connections
    bool available = false;
    bool was_ready = false;
    bool failed = false;      ///< an action made it fail; it is not ready until one lets it recover
    bool left_ready = false;  ///< it was ready when it was deleted, and its kubelet still says so
    bool left_available = false;
    bool endpoint = false;  ///< the API lists it as one that may get requests
    Phase phase = Phase::starting;
    Tally tally;
    Server server;
    static constexpr std::size_t touched = 256;  ///< bytes, by a request

    int set = 0;
    int ordinal = -1;        ///< in its StatefulSet; -1: none
    std::uint32_t rank = 0;  ///< controllers' reactions that led to its last change
    Time created{};
    std::optional<Time> ready_at{};
    std::optional<Time> listed_at{};  ///< when it became an endpoint, the last time
    std::optional<Time> deleted_at{};
    Time dies_at = never;     ///< when it was gone
    Time deaf_since = never;  ///< when it closed its listener and its idle connections

    Accepts accepts() const {
        return listens ? Accepts::now : deaf_since == never ? Accepts::not_yet : Accepts::no_longer;
    }
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
struct Hears {
    PodId pod;
    std::uint32_t instance = 0;
    Heard state;
    bool passing = false;
};
/// A change of who gets requests, other than by readiness.
struct HearsService {
    std::uint32_t change;  ///< its place among all
    std::uint32_t instance = 0;
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
                           event::HearsService, event::Look, event::Act, event::Check>;
// A heap of them moves each a dozen times.
static_assert(std::is_trivially_copyable_v<Event>);

/// Readiness that comes and goes with the load: that may go on for ever, so it keeps no simulation
/// from having settled.
bool is_passing(const Event& event);

/// Who gets requests is decided anew: by a router, or by the Service's selector.
struct ServiceChange {
    Time decided{};
    std::vector<Share> parts{};                      ///< by version; empty: all alike
    std::optional<std::vector<bool>> selected = {};  ///< by version; unset: a router's parts

    /// A version that was made later is in neither.
    bool takes(std::size_t version) const {
        if (selected) return version < selected->size() && (*selected)[version];
        return parts.empty() || (version < parts.size() && parts[version] != nothing);
    }
};

/// A Deployment or a StatefulSet, as its spec and its status stand.
struct LiveWorkload {
    bool exists = true;
    int replicas = 0;
    std::size_t target = 0;    ///< the revision of its template
    std::size_t current = 0;   ///< the revision that last was complete
    std::size_t previous = 0;  ///< the target before
    bool back = false;         ///< the target had been complete before it was put again
    bool paused = false;
    int partition = 0;
    std::vector<std::size_t> sets;  ///< revisions whose sets exist, in order of creation
    int last_number = 0;  ///< of its revisions (annotation deployment.kubernetes.io/revision)
    Bounds bounds;
    DeploymentStatus api;
    RolloutProgress progress;      ///< of its rollout, as the strategy says
    std::uint32_t generation = 0;  ///< grows when another template becomes the target
    Time next_check = never;
};

/// When the last of the requests that a pod has ends, which takes no more; `at_least`, if that is
/// earlier, and `kill` if it is later.
using LastEnd = std::function<Time(PodId, Time at_least, Time kill)>;

/// The pods, their sets and the endpoints: the one place where the state of the cluster changes.
class Cluster {
  public:
    Cluster(const Setup& setup, const Witness& tell);

    /// An engine whose requests are not in the pods' servers tells itself when they end.
    void end_by(LastEnd last_end) { last_end_ = std::move(last_end); }

    // What happens, as told by the agenda.
    void listens(PodId pod);
    void ready(PodId pod);
    void available(PodId pod);
    void unready(PodId pod);
    /// True if the probe made the pod ready.
    bool probed(PodId pod, bool success);
    void sigterm(PodId pod);
    void closes(PodId pod);
    /// The process is gone; whoever cut its requests says how many.
    void exits(PodId pod, std::size_t killed);
    void hears(const event::Hears& news);
    void hears_service(const event::HearsService& news);
    void carry_out(const Move& move);
    /// The rollout command of a setup that rolls out.
    void begin();
    /// What the command writes beside the template.
    void write_spec();

    // What a controller sees and does.
    Observed observed(std::size_t workload = 0) const;
    /// Makes the cluster what is desired; true if that changed anything.
    bool apply(const Desired& desired, std::size_t workload = 0);

    void advance(Time now) { now_ = now; }
    /// How many controllers' reactions led to what is happening now.
    void set_rank(std::uint32_t rank) { rank_ = rank; }
    /// The limits under which what stands at first was sized.
    void sized_under(const std::optional<Bounds>& bounds);
    bool awaits_check() const;
    Time now() const { return now_; }
    bool rollout_complete() const;
    bool rolled_back() const;
    bool going_back() const { return undone() || main().progress.aborted; }
    bool undone() const { return setup_.new_template && main().target == 0; }

    const Setup& setup() const { return setup_; }
    const PodTemplate& pod_template(const Pod& pod) const { return templates_[pod.version]; }
    /// All templates that ever had a number, by that.
    const std::vector<PodTemplate>& templates() const { return templates_; }
    /// What loses the requests that are in flight when the pod's process ends.
    Cause why_killed(const Pod& pod) const {
        return pod_template(pod).on_sigterm == OnSigterm::exit ? Cause::exited
                                                               : Cause::out_of_grace;
    }
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
    /// Notes an event that keeps nothing from having settled, and takes note that one was taken.
    void add_passing(Time at, Event event);
    void took(const Event& event);
    /// Nothing is due but readiness that comes and goes, and looks at the deadline that it causes.
    bool only_passing() const { return passing_ > 0 && only_passing_or_looks(); }
    bool only_passing_or_looks() const { return agenda_.size() == passing_ + checks_; }
    const std::vector<LiveWorkload>& workloads() const { return workloads_; }
    double side_rate() const { return side_rate_; }
    int size_of(std::size_t revision) const { return revisions_[revision].size; }
    bool exists(std::size_t revision) const { return revisions_[revision].exists; }
    /// Whether pods of a revision ran at t = 0.
    bool stood(std::size_t revision) const { return stood_[version_of(revision)]; }
    /// Whether the Service's selector matches the pods of a version.
    bool selects(std::size_t version) const {
        return selected_[version] && version == selector().value_or(version);
    }
    /// Whether the API lists a pod that gets requests by what was decided last; of one version if a
    /// router chose it.
    bool any_endpoint(std::optional<std::size_t> version) const;
    /// Of which of the workloads a revision is.
    std::size_t workload_of(std::size_t revision) const {
        return revisions_[revision].workload.value_or(0);
    }
    Time made_at(std::size_t revision) const { return revisions_[revision].made_at; }
    int number_of(std::size_t revision) const { return revisions_[revision].number; }
    void tell_service();
    /// The version that the Service selects; unset: all.
    std::optional<std::size_t> selector() const;
    /// The number of the template that a replica set was made of.
    std::size_t version_of(std::size_t revision) const { return revisions_[revision].version; }

    /// Answers and errors of a revision, counted by the traffic.
    void answered(std::size_t revision, std::int64_t answers, std::int64_t errors);
    void side_answered(bool error);

  private:
    struct Revision {
        std::size_t version = 0;
        std::optional<std::size_t> workload;  ///< unset: nobody has asked for it yet
        bool exists = false;
        Time made_at = never;
        int number = 0;  ///< given anew when it is rolled out again
        std::optional<SizedFor> sized_for;
        int size = 0;
        int pods = 0;
        int ready = 0;
        int available = 0;
        int terminating = 0;
        int endpoints = 0;  ///< pods that the API lists
        std::uint32_t made = 0;
        std::int64_t answers = 0;
        std::int64_t errors = 0;
        Cohorts cohorts;  ///< of the pods that are in no StatefulSet
    };

    const LiveWorkload& main() const { return workloads_.front(); }
    LiveWorkload& main() { return workloads_.front(); }

    // cluster.cpp: the lives of pods
    void stand();
    void stand(PodId pod);
    void stand_beside();
    Time stood_since() const;
    DeploymentStatus standing_status(const LiveWorkload& workload) const;
    PodId create(std::size_t revision, int set, int ordinal);
    void remove(PodId pod);
    void start(PodId pod);
    void set_listens(PodId pod, bool listens);
    void set_endpoint(Pod& pod, bool endpoint);
    std::uint64_t entity(const Pod& pod) const;
    Time last_end(PodId pod, Time at_least, Time kill);
    void spread(PodId pod, Heard state, bool passing = false);
    void becomes_ready(PodId pod, bool passing);
    void loses_readiness(PodId pod, bool passing);
    void spread_service(ServiceChange change);

    // control.cpp: what controllers see and do
    RevisionSeen counted(std::size_t revision) const;
    OrdinalSeen seen_of(PodId pod, const LiveWorkload& workload) const;
    Cohort cohort_of(const Pod& pod) const;
    void join_cohort(PodId pod);
    std::vector<PodId> victims(Revision& set, int count);
    bool resize(std::size_t revision, int size);
    bool size_sets(LiveWorkload& workload, const Desired& desired);
    bool make_set(LiveWorkload& workload, std::size_t revision);
    bool carry_out(const OrdinalPlan& plan);
    bool reroute(std::optional<Share> to_new);
    bool note_progress(const Desired& desired);
    /// The revision beside the target that users are on.
    static std::size_t stable_of(const LiveWorkload& workload);
    void forget_rollout();
    bool is_complete(std::size_t revision) const;

    // status.cpp: what the API shows
    WorkloadCounts counts(const LiveWorkload& workload) const;
    /// What one pass means for the status.
    struct Pass {
        WorkloadCounts before;  ///< as the pass saw the pods
        bool creates = false;   ///< it made the new replica set
        bool only_scales = false;
    };
    void update_status(std::size_t workload, const Pass& pass);
    void update_set_status();
    void show(std::size_t workload, const DeploymentStatus& next);
    void forget_history(LiveWorkload& workload);

    // moves.cpp: what is done to it from outside
    std::size_t version_of(const PodTemplate& made_of);
    std::size_t revision_of(std::size_t workload, const PodTemplate& made_of);
    void put(LiveWorkload& workload, std::size_t revision);
    void undo(LiveWorkload& workload, int number);
    void create_workload(const move::Create& what);
    void select(std::optional<std::size_t> version);
    void expose(const std::vector<std::size_t>& versions);
    std::vector<Share> selected_parts(std::optional<std::size_t> version) const;
    std::vector<PodId> chosen(const move::Pods& which) const;
    void fail(PodId pod);
    void recover(PodId pod);

    Setup setup_;
    const Witness& tell_;
    Randomness random_;
    Time now_{};
    std::uint32_t rank_ = 0;
    bool standing_ = true;  ///< the pods that stood before everything are being made
    std::vector<Pod> pods_;
    std::vector<Revision> revisions_;
    std::vector<LiveWorkload> workloads_;
    std::vector<std::vector<PodId>> slots_;    ///< by set and ordinal; no_pod where none stands
    std::vector<std::pair<int, int>> claims_;  ///< set and ordinal
    std::vector<Listing> listings_;            ///< by balancer
    LastEnd last_end_;
    Visits visits_;
    Agenda<Event> agenda_;
    std::vector<PodTemplate> templates_;
    std::vector<bool> stood_;     ///< by version: it ran at t = 0
    std::vector<bool> selected_;  ///< by version: the Service's selector matches its pods
    std::size_t passing_ = 0;     ///< of the events due
    std::size_t checks_ = 0;      ///< likewise
    std::optional<Share> to_new_;
    std::vector<ServiceChange> service_changes_;
    std::optional<std::size_t> selector_;
    std::optional<Step> step_;
    double side_rate_ = 0;
    std::uint64_t side_answers_ = 0;
    std::uint64_t side_errors_ = 0;
    EndpointCount last_count_;
};

}  // namespace stratsim
