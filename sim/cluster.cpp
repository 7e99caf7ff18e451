#include "sim/cluster.hpp"

#include "sim/contract.hpp"
#include "sim/probe.hpp"

#include <algorithm>

namespace stratsim {

Cluster::Cluster(const Setup& setup, const Witness& tell)
    : setup_(setup),
      tell_(tell),
      random_(setup.seed, setup.replication),
      revisions_(setup.revisions.size()),
      listings_(static_cast<std::size_t>(setup.network.instances), Listing(setup.network.falls_back)),
      visits_(setup.volume, setup.visitors.users) {
    if (setup.kind == WorkloadKind::statefulset) slots_.resize(setup.needs_second_set ? 2 : 1);
    revisions_[0].size = setup.replicas;
    for (int i = 0; i < setup.replicas; ++i) {
        const PodId id = create(0, 0, slots_.empty() ? -1 : i);
        Pod& pod = this->pod(id);
        pod.created = command - std::chrono::hours{1};
        pod.listens = true;
        ready(id);
        if (!pod.available) available(id);
        for (Listing& listing : listings_) {
            const auto& weights = setup.network.weights;
            if (index_of(id) < weights.size()) listing.weigh(id, weights[index_of(id)]);
            listing.hear(id, 0, Heard::ready, true, command);
        }
    }
    visits_.mark_initial();
    target_ = setup.rolls_out ? 1 : 0;
    tell_service();
    tell_(now_, fact::Commanded{});
}

std::uint64_t Cluster::entity(const Pod& pod) const {
    return (static_cast<std::uint64_t>(pod.revision) << 32) | pod.index;
}

/// Every balancer hears of the change after a delay of its own; an end may travel otherwise than a
/// beginning.
void Cluster::spread(PodId id, Heard state) {
    const Network& network = setup_.network;
    const bool begins = state == Heard::ready;
    const Distribution& delay = begins ? network.propagation : network.removal.value_or(network.propagation);
    const auto which = static_cast<std::uint64_t>(state) - static_cast<std::uint64_t>(Heard::ready);
    for (std::size_t i = 0; i < listings_.size(); ++i) {
        const Block draw = random_.block(Concern::propagation, entity(pod(id)), which + 4 * i);
        agenda_.add(now_ + delay.quantile(draw.uniform(0)), event::Hears{id, state, i});
    }
}

PodId Cluster::create(std::size_t revision, int set, int ordinal) {
    const auto id = static_cast<PodId>(pods_.size());
    Revision& home = revisions_[revision];
    const PodTemplate& made_of = setup_.revisions[revision];
    Pod& pod = pods_.emplace_back();
    pod.revision = revision;
    pod.set = set;
    pod.ordinal = ordinal;
    pod.index = home.made++;
    pod.created = now_;
    pod.server = Server(made_of);
    const bool kept = ordinal >= 0;
    pod.store = visits_.open(kept ? std::optional<std::uint64_t>(
                                        (static_cast<std::uint64_t>(set) << 32) +
                                        static_cast<std::uint64_t>(ordinal))
                                  : std::nullopt);
    ++home.pods;
    home.unready_pods.push_back(id);
    if (ordinal >= 0) {
        auto& slots = slots_[static_cast<std::size_t>(set)];
        if (static_cast<std::size_t>(ordinal) >= slots.size()) {
            slots.resize(static_cast<std::size_t>(ordinal) + 1, no_pod);
        }
        slots[static_cast<std::size_t>(ordinal)] = id;
    }
    tell_(now_, fact::PodCreated{id});
    return id;
}

void Cluster::start(PodId id) {
    const Pod& pod = this->pod(id);
    const PodTemplate& made_of = pod_template(pod);
    const auto boot = [&](std::uint64_t attempt) {
        return made_of.boot.quantile(random_.block(Concern::boot, entity(pod), attempt).uniform(0));
    };
    const StartUp start = start_up(made_of, boot);
    if (start.listens) agenda_.add(now_ + *start.listens, event::Listens{id});
    if (start.ready && made_of.becomes_ready) agenda_.add(now_ + *start.ready, event::Ready{id});
}

void Cluster::set_listens(PodId id, bool listens) {
    if (pod(id).listens && !listens) pod(id).deaf_since = now_;
    pod(id).listens = listens;
    for (Listing& listing : listings_) listing.accepting_changed(id, listens);
    tell_service();
}

void Cluster::listens(PodId id) {
    const Pod& pod = this->pod(id);
    if (pod.phase == Phase::gone || pod.dies_at != never) return;
    set_listens(id, true);
    tell_(now_, fact::PodListens{id});
}

void Cluster::ready(PodId id) {
    Pod& pod = this->pod(id);
    if (pod.phase != Phase::starting) return;
    Revision& home = revisions_[pod.revision];
    pod.phase = Phase::ready;
    pod.ready_at = now_;
    pod.was_ready = true;
    ++home.ready;
    home.ready_pods.push_back(id);
    tell_(now_, fact::PodReady{id});
    if (setup_.min_ready == Duration::zero()) {
        available(id);
    } else if (pod.created >= command) {
        agenda_.add(now_ + setup_.min_ready, event::Available{id});
    }
    if (pod.created >= command) {
        spread(id, Heard::ready);
    }
}

void Cluster::available(PodId id) {
    Pod& pod = this->pod(id);
    if (pod.phase != Phase::ready || pod.available) return;
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
    if (pod.phase == Phase::ready) --home.ready;
    if (pod.available) --home.available;
    ++home.terminating;
    pod.available = false;
    pod.phase = Phase::terminating;
    pod.deleted_at = now_;
    tell_(now_, fact::PodTerminating{id, was_available});
    if (pod.was_ready) spread(id, Heard::terminating);
    const PodTemplate& made_of = pod_template(pod);
    agenda_.add(now_ + std::min(made_of.pre_stop, made_of.grace), event::Sigterm{id});
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

void Cluster::sigterm(PodId id) {
    Pod& pod = this->pod(id);
    const PodTemplate& made_of = pod_template(pod);
    tell_(now_, fact::PodSigterm{id});
    const Time kill = killed_at(pod, made_of);
    const Time shutdown =
        now_ + made_of.shutdown.quantile(random_.block(Concern::shutdown, entity(pod)).uniform(0));
    switch (made_of.on_sigterm) {
        case OnSigterm::exit:
            agenda_.add(now_, event::Exits{id});
            break;
        case OnSigterm::drain:
            set_listens(id, false);
            pod.dies_at = std::min(kill, std::max(shutdown, pod.server.last_end(now_)));
            agenda_.add(pod.dies_at, event::Exits{id});
            break;
        case OnSigterm::serve:
            agenda_.add(std::min(kill, shutdown), event::Closes{id});
            break;
        case OnSigterm::ignore:
            agenda_.add(kill, event::Exits{id});
            break;
    }
}

void Cluster::closes(PodId id) {
    Pod& pod = this->pod(id);
    set_listens(id, false);
    pod.dies_at = std::min(killed_at(pod, pod_template(pod)), pod.server.last_end(now_));
    agenda_.add(std::max(now_, pod.dies_at), event::Exits{id});
}

void Cluster::exits(PodId id, std::size_t killed) {
    Pod& pod = this->pod(id);
    Revision& home = revisions_[pod.revision];
    --home.terminating;
    pod.phase = Phase::gone;
    pod.dies_at = now_;
    set_listens(id, false);
    visits_.close(pod.store);
    pod.server.clear();
    if (pod.ordinal >= 0) {
        slots_[static_cast<std::size_t>(pod.set)][static_cast<std::size_t>(pod.ordinal)] = no_pod;
    }
    if (pod.was_ready && setup_.network.falls_back) {
        spread(id, Heard::gone);
    }
    tell_(now_, fact::PodGone{id, killed});
}

void Cluster::hears(const event::Hears& news) {
    const Pod& pod = this->pod(news.pod);
    listings_[news.instance].hear(news.pod, pod.revision, news.state, pod.listens, now_);
    tell_(now_, fact::PodHeard{news.pod, news.state});
    tell_service();
}

void Cluster::hears_route(const event::HearsRoute& news) {
    Listing& listing = listings_[news.instance];
    listing.route(news.parts, now_);
    // One update of the endpoints carries every pod that was ready when it was made.
    for (std::size_t i = 0; i < pods_.size(); ++i) {
        const Pod& pod = pods_[i];
        if (news.parts[pod.revision] == nothing || !pod.ready_at || *pod.ready_at > news.decided) continue;
        if (pod.phase != Phase::ready) continue;
        listing.hear(static_cast<PodId>(i), pod.revision, Heard::ready, pod.listens, now_);
    }
    tell_(now_, fact::SwitchHeard{});
    tell_service();
}

void Cluster::tell_service() {
    const Listing::Count count = listings_.front().count();
    if (count == last_count_) return;
    last_count_ = count;
    tell_(now_, fact::ServiceChanged{count});
}

OrdinalSeen Cluster::seen_of(PodId id) const {
    using State = OrdinalSeen::State;
    if (id == no_pod) return {};
    const Pod& pod = this->pod(id);
    const bool is_new = pod.revision == target_;
    switch (pod.phase) {
        case Phase::starting: return {State::unready, is_new};
        case Phase::ready: return {pod.available ? State::available : State::ready, is_new};
        case Phase::terminating: return {State::terminating, is_new};
        case Phase::gone: return {};
    }
    return {};
}

Observed Cluster::observed() const {
    Observed seen;
    seen.now = now_;
    seen.replicas = setup_.replicas;
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        const Revision& at = revisions_[r];
        RevisionSeen counts{.size = slots_.empty() ? at.size : at.pods,
                            .pods = at.pods,
                            .ready = at.ready,
                            .available = at.available,
                            .terminating = at.terminating,
                            .answers = static_cast<std::uint64_t>(at.answers),
                            .errors = static_cast<std::uint64_t>(at.errors)};
        if (r == target_) {
            seen.new_revision = counts;
        } else {
            seen.old_revisions.push_back(counts);
        }
    }
    for (const auto& slots : slots_) {
        auto& ordinals = seen.ordinals.emplace_back();
        for (const PodId id : slots) ordinals.push_back(seen_of(id));
    }
    seen.ordered = setup_.pod_management == PodManagement::ordered_ready;
    seen.to_new = to_new_;
    seen.back_to_stable = target_ == 0;
    seen.side_answers = side_answers_;
    seen.side_errors = side_errors_;
    seen.status = status_;
    return seen;
}

PodId Cluster::take_victim(Revision& revision) {
    // Not ready first, then the most recently ready (Kubernetes, controller_utils ActivePods).
    while (!revision.unready_pods.empty()) {
        const PodId id = revision.unready_pods.back();
        revision.unready_pods.pop_back();
        if (pod(id).phase == Phase::starting) return id;
    }
    while (!revision.ready_pods.empty()) {
        const PodId id = revision.ready_pods.back();
        revision.ready_pods.pop_back();
        if (pod(id).phase == Phase::ready) return id;
    }
    return no_pod;
}

bool Cluster::resize(std::size_t r, int size) {
    Revision& revision = revisions_[r];
    const int from = revision.size;
    if (from != size) {
        revision.size = size;
        tell_(now_, fact::Resized{r, from, size});
    }
    bool changed = from != size;
    while (revisions_[r].pods < size) {
        start(create(r, 0, -1));
        changed = true;
    }
    while (revisions_[r].pods > size) {
        const PodId victim = take_victim(revisions_[r]);
        expects(victim != no_pod, "a revision counts pods that it does not have");
        remove(victim);
        changed = true;
    }
    return changed;
}

bool Cluster::carry_out(const OrdinalPlan& plan) {
    for (const OrdinalPlan::Item& item : plan.remove) {
        remove(slots_[static_cast<std::size_t>(item.set)][static_cast<std::size_t>(item.ordinal)]);
    }
    for (const OrdinalPlan::Item& item : plan.create) {
        start(create(item.is_new ? target_ : other(), item.set, item.ordinal));
    }
    return !plan.create.empty() || !plan.remove.empty();
}

bool Cluster::reroute(std::optional<Share> to_new) {
    if (to_new == to_new_) return false;
    const bool moves_all = to_new == everything;
    const bool was = to_new_.has_value();
    to_new_ = to_new;
    std::vector<Share> parts(revisions_.size(), nothing);
    parts[target_] = to_new.value_or(everything);
    parts[other()] = Share{everything.millionths - parts[target_].millionths};
    if (!was && to_new == nothing) {
        // The Service selected the old version all along: nothing changes, nobody has to hear of it.
        for (Listing& listing : listings_) listing.route(parts, now_);
        return true;
    }
    for (std::size_t i = 0; i < listings_.size(); ++i) {
        const Block draw = random_.block(Concern::propagation, ~0ULL - i, reroutes_);
        const Duration delay = setup_.network.propagation.quantile(draw.uniform(0));
        agenda_.add(now_ + delay, event::HearsRoute{parts, now_, i});
    }
    ++reroutes_;
    if (moves_all) tell_(now_, fact::Switched{});
    return true;
}

bool Cluster::apply(const Desired& desired) {
    bool changed = false;
    if (desired.status != status_ || desired.step.has_value() != step_.has_value()) {
        const bool step_over = step_ && (desired.status.step != status_.step || !desired.step);
        if (step_over) tell_(now_, fact::StepEnded{status_.step});
        if (desired.step && (!step_ || desired.status.step != status_.step)) {
            tell_(now_, fact::StepReached{desired.status.step, desired.step->asked, desired.step->delivered});
        }
        if (desired.status.aborted && !status_.aborted) tell_(now_, fact::RollbackBegun{false});
        changed = desired.status != status_;
        status_ = desired.status;
        step_ = desired.step;
    }
    if (slots_.empty()) {
        std::size_t old = 0;
        for (std::size_t r = 0; r < revisions_.size(); ++r) {
            const int size = r == target_ ? desired.new_size : desired.old_sizes[old++];
            changed |= resize(r, size);
        }
    } else if (desired.plan) {
        changed |= carry_out(*desired.plan);
    }
    changed |= reroute(desired.to_new);
    side_rate_ = desired.side_rate;
    if (desired.look_again && *desired.look_again > now_ && *desired.look_again != next_look_) {
        next_look_ = *desired.look_again;
        agenda_.add(next_look_, event::Look{});
    }
    return changed;
}

void Cluster::undo() {
    if (step_) tell_(now_, fact::StepEnded{status_.step});
    target_ = 0;
    status_ = {};
    step_.reset();
    if (to_new_) to_new_ = Share{everything.millionths - to_new_->millionths};
    tell_(now_, fact::RollbackBegun{true});
}

bool Cluster::rollout_complete() const {
    if (target_ == 0 || status_.aborted || step_) return false;
    return revisions_[1].available >= setup_.replicas &&
           (slots_.empty() ? revisions_[0].size : revisions_[0].pods) == 0;
}

bool Cluster::rolled_back() const {
    if (target_ != 0 && !status_.aborted) return false;
    return revisions_[0].available >= setup_.replicas &&
           (slots_.empty() ? revisions_[1].size : revisions_[1].pods) == 0;
}

void Cluster::answered(std::size_t revision, std::int64_t answers, std::int64_t errors) {
    revisions_[revision].answers += answers;
    revisions_[revision].errors += errors;
}

void Cluster::side_answered(bool error) {
    ++side_answers_;
    if (error) ++side_errors_;
}

}  // namespace stratsim
