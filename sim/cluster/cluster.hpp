#pragma once

#include "sim/cluster/cohorts.hpp"
#include "sim/cluster/events.hpp"
#include "sim/cluster/live_service.hpp"
#include "sim/cluster/live_workload.hpp"
#include "sim/cluster/pod.hpp"
#include "sim/facts.hpp"
#include "sim/numbers/random.hpp"
#include "sim/pods/visits.hpp"
#include "sim/rollout.hpp"
#include "sim/setup.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace stratsim {

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
    void hears(const event::Hears& news) { service_.hear(news, pods_, now_); }
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
    LiveService& service() { return service_; }
    const LiveService& service() const { return service_; }
    Visits& visits() { return visits_; }
    const Visits& visits() const { return visits_; }
    Events& events() { return events_; }
    const std::vector<LiveWorkload>& workloads() const { return workloads_; }
    double side_rate() const { return side_rate_; }
    int size_of(std::size_t revision) const { return revisions_[revision].size; }
    bool exists(std::size_t revision) const { return revisions_[revision].exists; }
    /// Whether pods of a revision ran at t = 0.
    bool stood(std::size_t revision) const { return stood_[version_of(revision)]; }
    /// The versions between which the rollout goes.
    RolloutSides sides() const {
        return {.target = version_of(main().target), .stable = version_of(stable_of(main()))};
    }
    /// Of which of the workloads a revision is.
    std::size_t workload_of(std::size_t revision) const {
        return revisions_[revision].workload.value_or(0);
    }
    Time made_at(std::size_t revision) const { return revisions_[revision].made_at; }
    int number_of(std::size_t revision) const { return revisions_[revision].number; }
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
        std::uint32_t made = 0;
        std::int64_t answers = 0;
        std::int64_t errors = 0;
        Cohorts cohorts;  ///< of the pods that are in no StatefulSet
    };

    const LiveWorkload& main() const { return workloads_.front(); }
    LiveWorkload& main() { return workloads_.front(); }

    /// It is a StatefulSet: only the workload that is rolled out may be one.
    bool is_stateful(const LiveWorkload& workload) const {
        return setup_.kind == WorkloadKind::statefulset && &workload == &main();
    }

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
    std::uint64_t entity(const Pod& pod) const;
    Time last_end(PodId pod, Time at_least, Time kill);
    void announce(PodId pod, Heard state, bool passing = false);
    void becomes_ready(PodId pod, bool passing);
    void loses_readiness(PodId pod, bool passing);

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
    LastEnd last_end_;
    Visits visits_;
    Events events_;
    LiveService service_;
    std::vector<PodTemplate> templates_;
    std::vector<bool> stood_;  ///< by version: it ran at t = 0
    std::optional<Step> step_;
    double side_rate_ = 0;
    std::uint64_t side_answers_ = 0;
    std::uint64_t side_errors_ = 0;
};

}  // namespace stratsim
