#include "sim/cluster/cluster.hpp"

#include "sim/contract.hpp"
#include "sim/pods/probe.hpp"
#include "sim/wall_clock.hpp"

#include <algorithm>
#include <utility>

namespace stratsim {

Cluster::Cluster(const Setup& setup, const Witness& tell)
    : setup_(setup),
      tell_(tell),
      random_(setup.seed, setup.replication),
      workloads_(1),
      visits_(setup.volume, setup.visitors.users),
      service_(setup_, events_, tell) {
    for (PodTemplate made_of : setup.revisions) {
        made_of.version = templates_.size();
        version_of(made_of);
    }
    if (setup.kind == WorkloadKind::statefulset) slots_.resize(setup.needs_second_set ? 2 : 1);
    LiveWorkload& workload = main();
    workload.exists = setup.exists;
    workload.replicas = setup.replicas;
    workload.partition = setup.partition;
    workload.bounds = {setup.replicas, setup.replicas, setup.replicas};
    workload.paused = setup.paused;
    if (setup.exists) revisions_[0].workload = 0;
    if (setup.rolls_out) revisions_[1].workload = 0;
    stood_[0] = true;
    for (const StandingWorkload& other : setup.others) stood_[version_of(other.made_of)] = true;
    service_.stood(stood_);
    if (setup.exists) stand();
    stand_beside();
    if (setup.exists) visits_.mark_initial();
    standing_ = false;
    if (start_of(setup) >= command) begin();
    service_.tell_count(now_);
    tell_(now_, fact::Commanded{});
}

void Cluster::stand() {
    make_set(main(), 0);
    // A rollout makes each pod anew; to grow by doubling would take up to three times the memory.
    const auto pods = static_cast<std::size_t>(setup_.replicas) * (setup_.rolls_out ? 2 : 1);
    pods_.reserve(pods);
    service_.expect(pods);
    visits_.expect(pods);
    revisions_[0].size = setup_.replicas;
    revisions_[0].sized_for.reset();
    for (int i = 0; i < setup_.replicas; ++i) stand(create(0, 0, is_stateful(main()) ? i : -1));
    show(0, standing_status(main()));
}

/// An hour before anything happens.
Time Cluster::stood_since() const {
    return std::min(command, start_of(setup_)) - std::chrono::hours{1};
}

void Cluster::stand(PodId id) {
    Pod& pod = this->pod(id);
    pod.listens = true;
    ready(id);
    if (!pod.available) available(id);
    service_.stand(id, pod);
}

DeploymentStatus Cluster::standing_status(const LiveWorkload& workload) const {
    DeploymentStatus api{.counts = counts(workload)};
    if (setup_.kind == WorkloadKind::deployment || &workload != &main()) {
        const Time stood = stored_second(stood_since(), setup_.clock_phase);
        api.progressing =
            Condition{Truth::yes, ConditionReason::new_replica_set_available, stood, stood};
        api.available = Condition{Truth::yes, ConditionReason::minimum_available, stood, stood};
    }
    return api;
}

void Cluster::stand_beside() {
    for (const StandingWorkload& other : setup_.others) {
        create_workload({workloads_.size(), other.made_of, other.replicas});
        LiveWorkload& workload = workloads_.back();
        const std::size_t revision = workload.target;
        make_set(workload, revision);
        revisions_[revision].size = other.replicas;
        revisions_[revision].made_at = command - std::chrono::hours{1};
        for (int i = 0; i < other.replicas; ++i) stand(create(revision, 0, -1));
        workload.bounds = {other.replicas, other.replicas, other.replicas};
        show(workloads_.size() - 1, standing_status(workload));
    }
}

void Cluster::begin() {
    if (setup_.rolls_out && setup_.new_template && main().target == 0) put(main(), 1);
}

void Cluster::write_spec() {
    if (setup_.new_replicas) main().replicas = *setup_.new_replicas;
}

std::uint64_t Cluster::entity(const Pod& pod) const {
    return (static_cast<std::uint64_t>(pod.revision) << 32) | pod.index;
}

/// The API writes a new state of the pod.
void Cluster::announce(PodId id, Heard state, bool passing) {
    service_.write(id, entity(pod(id)), state, passing, now_);
}

PodId Cluster::create(std::size_t revision, int set, int ordinal) {
    const auto id = static_cast<PodId>(pods_.size());
    Revision& home = revisions_[revision];
    const PodTemplate& made_of = templates_[home.version];
    Pod& pod = pods_.emplace_back();
    pod.revision = static_cast<std::uint32_t>(revision);
    pod.version = static_cast<std::uint32_t>(version_of(revision));
    pod.is_new = !stood_[pod.version];
    pod.set = set;
    pod.ordinal = ordinal;
    pod.index = home.made++;
    pod.created = standing_ ? stood_since() : now_;
    pod.rank = rank_ + 1;
    pod.server = Server(made_of);
    const bool kept = ordinal >= 0;
    pod.store =
        visits_.open(kept ? std::optional<std::uint64_t>((static_cast<std::uint64_t>(set) << 32) +
                                                         static_cast<std::uint64_t>(ordinal))
                          : std::nullopt);
    ++home.pods;
    join_cohort(id);
    if (ordinal >= 0) {
        auto& slots = slots_[static_cast<std::size_t>(set)];
        if (static_cast<std::size_t>(ordinal) >= slots.size()) {
            slots.resize(static_cast<std::size_t>(ordinal) + 1, no_pod);
        }
        slots[static_cast<std::size_t>(ordinal)] = id;
        if (setup_.claims && std::ranges::find(claims_, std::pair(set, ordinal)) == claims_.end()) {
            claims_.emplace_back(set, ordinal);
            tell_(now_, fact::ClaimMade{set, ordinal});
        }
    }
    tell_(now_, fact::PodCreated{id});
    return id;
}

void Cluster::start(PodId id) {
    Pod& pod = this->pod(id);
    const PodTemplate& made_of = pod_template(pod);
    if (setup_.network.lists_unready) {
        service_.list(pod, true, now_);
        announce(id, Heard::ready);
    }
    // It has had all the time it needs.
    if (now_ < command && (pod.version == 0 || !pod.is_new)) {
        events_.add(now_, event::Listens{id}, pod.rank);
        events_.add(now_, event::Ready{id}, pod.rank);
        return;
    }
    const auto boot = [&](std::uint64_t attempt) {
        if (!made_of.boots.empty()) return made_of.boots[pod.index % made_of.boots.size()];
        return made_of.boot.quantile(random_.block(Concern::boot, entity(pod), attempt).uniform(0));
    };
    const auto answer = [&](std::uint64_t probe) {
        const double u = random_.block(Concern::probe, entity(pod), probe).uniform(1);
        return answer_time(made_of, u, /*fresh=*/true);
    };
    const StartUp start = start_up(made_of, boot, answer);
    if (start.listens) events_.add(now_ + *start.listens, event::Listens{id}, pod.rank);
    const bool becomes_ready =
        made_of.becomes_ready && pod.index < made_of.never_ready_from.value_or(~0U);
    if (start.ready && becomes_ready) events_.add(now_ + *start.ready, event::Ready{id}, pod.rank);
}

void Cluster::set_listens(PodId id, bool listens) {
    Pod& pod = this->pod(id);
    if (pod.listens && !listens) pod.deaf_since = now_;
    pod.listens = listens;
    service_.accepting_changed(id, pod.accepts(), now_);
}

void Cluster::listens(PodId id) {
    const Pod& pod = this->pod(id);
    if (pod.phase == Phase::gone || pod.dies_at != never) return;
    set_listens(id, true);
    tell_(now_, fact::PodListens{id});
}

namespace {

/// The API stores the readiness as a whole second, and that is what minReadySeconds counts from
/// (podutil.IsPodAvailable): up to a second early.
Time available_from(const Pod& pod, const Setup& setup) {
    const Time ready = setup.rules.available_from_stored_second
                           ? stored_second(*pod.ready_at, setup.clock_phase)
                           : *pod.ready_at;
    return ready + setup.min_ready;
}

}  // namespace

void Cluster::ready(PodId id) {
    becomes_ready(id, false);
}

void Cluster::becomes_ready(PodId id, bool passing) {
    Pod& pod = this->pod(id);
    if (pod.phase != Phase::starting || pod.failed) return;
    Revision& home = revisions_[pod.revision];
    pod.phase = Phase::ready;
    pod.ready_at = now_;
    pod.was_ready = true;
    ++home.ready;
    service_.list(pod, true, now_);
    join_cohort(id);
    tell_(now_, fact::PodReady{id});
    if (standing_) return;
    if (available_from(pod, setup_) <= now_) {
        available(id);
    } else if (passing) {
        events_.add(available_from(pod, setup_), event::Available{id, true});
    } else {
        events_.add(available_from(pod, setup_), event::Available{id}, pod.rank);
    }
    if (!setup_.network.lists_unready) announce(id, Heard::ready, passing);
}

void Cluster::loses_readiness(PodId id, bool passing) {
    Pod& pod = this->pod(id);
    if (pod.phase != Phase::ready) return;
    Revision& home = revisions_[pod.revision];
    const bool was_available = std::exchange(pod.available, false);
    pod.phase = Phase::starting;
    --home.ready;
    service_.list(pod, setup_.network.lists_unready, now_);
    if (was_available) --home.available;
    join_cohort(id);
    tell_(now_, fact::PodUnready{id, was_available});
    if (!setup_.network.lists_unready) announce(id, Heard::unknown, passing);
}

void Cluster::unready(PodId id) {
    if (pod(id).phase != Phase::ready) return;
    loses_readiness(id, true);
    events_.add(now_ + pod_template(pod(id)).readiness->period, event::Probed{id});
}

bool Cluster::probed(PodId id, bool success) {
    const Pod& pod = this->pod(id);
    if (pod.phase != Phase::starting || pod.failed) return false;
    if (success) return becomes_ready(id, true), true;
    events_.add(now_ + pod_template(pod).readiness->period, event::Probed{id});
    return false;
}

void Cluster::available(PodId id) {
    Pod& pod = this->pod(id);
    if (pod.phase != Phase::ready || pod.available) return;
    // A pod that failed in between counts from its last readiness.
    if (!standing_ && available_from(pod, setup_) > now_) return;
    pod.available = true;
    ++revisions_[pod.revision].available;
    tell_(now_, fact::PodAvailable{id});
}

void Cluster::remove(PodId id) {
    Pod& pod = this->pod(id);
    if (pod.phase == Phase::terminating || pod.phase == Phase::gone) return;
    Revision& home = revisions_[pod.revision];
    const bool was_available = pod.available;
    --home.pods;
    pod.left_ready = pod.phase == Phase::ready;
    pod.left_available = pod.available;
    if (pod.phase == Phase::ready) --home.ready;
    if (!setup_.network.lists_unready) service_.list(pod, false, now_);
    if (pod.available) --home.available;
    ++home.terminating;
    pod.available = false;
    pod.phase = Phase::terminating;
    pod.deleted_at = now_;
    pod.rank = rank_ + 1;
    tell_(now_, fact::PodTerminating{id, was_available});
    if (pod.was_ready && !setup_.network.lists_unready) announce(id, Heard::terminating);
    const PodTemplate& made_of = pod_template(pod);
    events_.add(now_ + std::min(made_of.pre_stop, made_of.grace), event::Sigterm{id}, pod.rank);
}

namespace {

/// After a pre-stop hook that used the grace period up, the kubelet still gives this much.
/// Source: Kubernetes 1.36, kuberuntime_container.go, minimumGracePeriodInSeconds.
constexpr Duration minimum_grace = std::chrono::seconds{2};

Time killed_at(const Pod& pod, const PodTemplate& made_of) {
    const Time sigterm = *pod.deleted_at + std::min(made_of.pre_stop, made_of.grace);
    const Time end = *pod.deleted_at + made_of.grace;
    return made_of.pre_stop > Duration::zero() ? std::max(end, sigterm + minimum_grace) : end;
}

}  // namespace

Time Cluster::last_end(PodId id, Time at_least, Time kill) {
    if (last_end_) return last_end_(id, at_least, kill);
    return std::min(kill, std::max(at_least, pod(id).server.last_end(now_)));
}

void Cluster::sigterm(PodId id) {
    Pod& pod = this->pod(id);
    const PodTemplate& made_of = pod_template(pod);
    tell_(now_, fact::PodSigterm{id});
    const Time kill = killed_at(pod, made_of);
    const double draw = random_.block(Concern::shutdown, entity(pod)).uniform(0);
    const Time shutdown = now_ + made_of.shutdown.quantile(draw);
    const Time exit = now_ + made_of.exit_lag.quantile(draw);
    switch (made_of.on_sigterm) {
        case OnSigterm::exit:
            events_.add(std::min(kill, exit), event::Exits{id}, pod.rank);
            break;
        case OnSigterm::drain:
            set_listens(id, false);
            pod.dies_at = last_end(id, std::min(shutdown, kill), kill);
            events_.add(pod.dies_at, event::Exits{id}, pod.rank);
            break;
        case OnSigterm::serve:
            events_.add(std::min(kill, shutdown), event::Closes{id}, pod.rank);
            break;
        case OnSigterm::ignore:
            events_.add(kill, event::Exits{id}, pod.rank);
            break;
    }
}

void Cluster::closes(PodId id) {
    Pod& pod = this->pod(id);
    set_listens(id, false);
    pod.dies_at = last_end(id, now_, killed_at(pod, pod_template(pod)));
    events_.add(std::max(now_, pod.dies_at), event::Exits{id}, pod.rank);
}

void Cluster::exits(PodId id, std::size_t killed) {
    Pod& pod = this->pod(id);
    Revision& home = revisions_[pod.revision];
    --home.terminating;
    pod.phase = Phase::gone;
    pod.dies_at = now_;
    set_listens(id, false);
    service_.list(pod, false, now_);
    visits_.close(pod.store);
    pod.server.clear();
    if (pod.ordinal >= 0) {
        slots_[static_cast<std::size_t>(pod.set)][static_cast<std::size_t>(pod.ordinal)] = no_pod;
    }
    const Network& network = setup_.network;
    if (network.lists_unready || (pod.was_ready && network.falls_back)) announce(id, Heard::gone);
    tell_(now_, fact::PodGone{id, killed});
}

}  // namespace stratsim
