#include "sim/requests/journey.hpp"

#include "sim/contract.hpp"

#include <algorithm>

// One request's way: to a balancer, to a pod, through its queue, to what becomes of it.

namespace stratsim {

Journey::Journey(Cluster& cluster)
    : cluster_(cluster),
      visitors_spec_(cluster.setup().visitors),
      network_(cluster.setup().network),
      random_(cluster.setup().seed, cluster.setup().replication),
      instances_(cluster.service().instances(), BalancerInstance(network_)),
      visitors_(visitors_spec_.users),
      probes_(cluster),
      pools_(visitors_spec_, network_.layer),
      records_kept_(cluster.setup().keep_records) {
    regard_templates();
}

void Journey::regard_templates() {
    const std::vector<PodTemplate>& templates = cluster_.templates();
    if (regarded_ == templates.size()) return;
    expects(regarded_ == 0 || cluster_.setup().engine == Engine::request,
            "requests that are not followed one by one need every template from the start");
    for (; regarded_ < templates.size(); ++regarded_) {
        const PodTemplate& made_of = templates[regarded_];
        sharing_ |= made_of.discipline == Discipline::sharing;
        all_same_service_ &= made_of.service_time == templates.front().service_time;
        probes_.regard(made_of);
    }
    expects(!(visitors_spec_.closed && sharing_),
            "users who wait for answers need pods whose answers are known ahead");
    if (sharing_) pools_ = {};  // when a connection is free again is not known ahead either
}

bool Journey::exhausted() const {
    const auto& visits = cluster_.setup().visits;
    return visits && came_ >= *visits;
}

std::size_t Journey::instance_of(const PendingTry& attempt) const {
    if (instances_.size() == 1) return 0;
    // A connection at L4 goes through the user's own node; at L7 any instance may get the request.
    const std::uint64_t word = network_.layer == Layer::l4 ? attempt.user : attempt.draws.words[1];
    return mixed(word, 3) % instances_.size();
}

std::uint32_t Journey::address_of(std::uint32_t user) const {
    if (visitors_spec_.addresses == Addresses::one_subnet) return 0x7f000000U | (1 + user % 254);
    const Setup& setup = cluster_.setup();
    return static_cast<std::uint32_t>(
        mixed(setup.seed * 0x9e3779b97f4a7c15ULL + setup.replication, user) >> 32);
}

Load Journey::load_of(PodId id, Time now) {
    Server& server = cluster_.pod(id).server;
    if (server.shares()) server.work_until(now, [&](const InFlight& r) { answer_shared(id, r); });
    return {server.in_system(now), server.released(now)};
}

PodId Journey::pick(const PendingTry& attempt, Time now, std::size_t instance) {
    Listing& listing = cluster_.service().listing(instance);
    const Candidates candidates = listing.candidates(attempt.draws.low(2));
    if (candidates.size == 0) return no_pod;
    const Pick pick{
        candidates, listing, attempt.draws.words[2], attempt.user, address_of(attempt.user), now};
    return instances_[instance].pick(pick, [&](PodId pod) { return load_of(pod, now); });
}

void Journey::lose(Outcome outcome, Cause cause, Time arrival, std::uint32_t user) {
    ledger_.lose(outcome, cause);
    ledger_.bins.lost(std::max(arrival, command));
    visitors_[user].hurt = true;
    if (cluster_.going_back() && cluster_.setup().rolls_out) ++ledger_.failed_in_rollback;
}

void Journey::shows(std::uint32_t user, std::uint32_t number) {
    if (entry_ != nullptr) {
        entry_->number = number & ((1U << 30U) - 1);
    } else {
        cluster_.visits().show(user, number);
    }
}

void Journey::meet(std::uint32_t user, std::size_t version) {
    if (entry_ != nullptr) {
        if (version == 0) {
            entry_->met_old = 1;
        } else {
            entry_->met_new = 1;
        }
        return;
    }
    Visitor& visitor = visitors_[user];
    if (version == 0) {
        if (visitor.last_was_new) ++version_flips_;
        visitor.saw_old = true;
        visitor.last_was_new = false;
    } else {
        visitor.saw_new = true;
        visitor.last_was_new = true;
    }
}

/// Visits whose reads and writes lie before `now` are what they are.
void Journey::settle_visits(Time now) {
    cluster_.visits().settle(
        now, [&](PodId id) { return cluster_.pod(id).dies_at; },
        [&](PodId id) { ++cluster_.pod(id).visits; });
}

std::uint32_t Journey::counted(Time now, std::uint32_t user) {
    ++ledger_.total;
    ledger_.bins.request(now);
    if (!records_kept_) return 0;
    records_.push_back({.arrival = now, .begins = now, .end = now, .user = user});
    return static_cast<std::uint32_t>(records_.size());
}

void Journey::request(Time now, std::uint32_t user, const Block& draws) {
    if (cluster_.visits().unsettled()) settle_visits(now);
    PendingTry first{.at = now, .first = now, .user = user, .draws = draws};
    first.record = counted(now, user);
    if (pools_.keeps_any()) return send(first);
    attempt(first, no_pod);
}

void Journey::request_before(Time now, std::uint32_t user, const Block& draws) {
    PendingTry first{.at = now, .first = now, .user = user, .counted = false, .draws = draws};
    send(first);
}

/// Sends it over a connection that is there, or over a new one.
void Journey::send(PendingTry& first) {
    const auto taken = pools_.take(
        first.user, first.at, [&](PodId id) { return cluster_.pod(id).listens; },
        [&](PodId id) { return cluster_.pod(id).deaf_since; });
    first.requests = taken.requests;
    if (!taken.raced) return attempt(first, taken.pod);
    ++ledger_.attempts;
    if (first.record != 0) {
        tries_.push_back({first.at, first.record, static_cast<std::uint32_t>(taken.pod),
                          static_cast<std::uint16_t>(instance_of(first)), true, true});
    }
    fail(first, taken.pod, Outcome::killed, Cause::closed_connection, first.at);
}

/// Notes a try, and what becomes of one that has nowhere to go.
PodId Journey::noted(PendingTry& attempt, PodId id, std::size_t instance, bool pinned) {
    if (attempt.counted) ++ledger_.attempts;
    if (attempt.record != 0) {
        tries_.push_back({attempt.at, attempt.record, static_cast<std::uint32_t>(id),
                          static_cast<std::uint16_t>(instance), pinned});
    }
    if (id == no_pod && network_.holds) {
        if (attempt.number == 0) attempt.held = true;
        held_.push_back(attempt);
    } else if (id == no_pod) {
        fail(attempt, no_pod, Outcome::no_endpoint, why_nowhere(attempt, instance), attempt.at);
    }
    return id;
}

void Journey::attempt(PendingTry& attempt, PodId pinned) {
    const std::size_t instance = instance_of(attempt);
    PodId id = pinned;
    if (attempt.number > 0) {
        id = another(attempt, instance);
    } else if (pinned == no_pod) {
        id = pick(attempt, attempt.at, instance);
    }
    id = noted(attempt, id, instance, pinned == id && id != no_pod);
    if (id != no_pod) reach(id, attempt, instance);
}

/// The pod takes it, or not.
void Journey::reach(PodId id, PendingTry& attempt, std::size_t instance) {
    Pod& pod = cluster_.pod(id);
    if (pod.server.shares()) {
        pod.server.work_until(attempt.at, [&](const InFlight& r) { answer_shared(id, r); });
    }
    if (!pod.listens) return refused(attempt, id, instance);
    if (pod.server.full(attempt.at)) {
        if (too_late(attempt, id)) return;
        pools_.keep(attempt.user, id, attempt.at, attempt.requests + 1);
        return fail(attempt, id, Outcome::overload, Cause::queue_full, attempt.at);
    }
    accept(id, attempt);
}

Cause Journey::why_refused(PodId id, std::size_t instance) const {
    if (cluster_.pod(id).accepts() != Accepts::no_longer) return Cause::ready_before_listening;
    const Listing& listing = cluster_.service().listing(instance);
    const bool chosen = listing.heard(id) == Heard::terminating && listing.is_candidate(id);
    return chosen ? Cause::fallback : Cause::still_listed;
}

Cause Journey::why_nowhere(const PendingTry& attempt, std::size_t instance) {
    Listing& listing = cluster_.service().listing(instance);
    std::optional<std::size_t> version;
    if (listing.routed()) version = listing.candidates(attempt.draws.low(2)).revision;
    return cluster_.service().any_endpoint(version, cluster_.sides()) ? Cause::not_heard
                                                                      : Cause::nobody_ready;
}

void Journey::fail(const PendingTry& attempt, PodId id, Outcome outcome, Cause cause,
                   Time learned) {
    if (attempt.counted) {
        lose(outcome, cause, attempt.first, attempt.user);
        if (id != no_pod) {
            Pod& pod = cluster_.pod(id);
            for (Tally* tally : {&pod.tally, &ledger_.by_version[side_of(pod)]}) {
                ++tally->sent;
                tally->add(outcome);
            }
        }
        if (attempt.record != 0) {
            RequestRecord& record = records_[attempt.record - 1];
            record.end = learned;
            record.outcome = outcome;
            record.cause = cause;
            record.attempts = static_cast<std::uint16_t>(attempt.number + 1);
            if (id != no_pod) {
                record.pod = static_cast<std::uint32_t>(id);
                record.version = static_cast<std::uint8_t>(side_of(cluster_.pod(id)));
            }
        }
    }
    learns(attempt.user, learned);
}

void Journey::look_at_probes(PodId id, Time now) {
    const auto failed = probes_.failed_by(id, cluster_.pod(id), now);
    if (!failed) return;
    cluster_.events().add(*failed, event::Unready{id});
    halt_ = std::min(halt_, *failed);
}

/// The endpoints have changed, perhaps: if there are any, who was held tries once more, in order.
void Journey::send_held() {
    if (held_.empty()) return;
    bool any = false;
    for (std::size_t i = 0; i < instances_.size(); ++i)
        any |= cluster_.service().listing(i).count().listed > 0;
    if (!any) return;
    std::vector<PendingTry> waiting;
    waiting.swap(held_);
    for (PendingTry& next : waiting) {
        next.at = cluster_.now();
        attempt(next, no_pod);
    }
}

bool Journey::answers_probe(PodId id) {
    return probes_.succeeds(id, cluster_.pod(id), cluster_.now());
}

void Journey::finish() {
    probes_.stop();
    halt_ = never;
    run_again(never);
    for (const PendingTry& waiting : held_)
        fail(waiting, no_pod, Outcome::no_endpoint, why_nowhere(waiting, instance_of(waiting)),
             cluster_.now());
    held_.clear();
    if (sharing_) {
        work_shared(never);
        while (!again_.empty()) {
            run_again(never);
            work_shared(never);
        }
    }
    settle_visits(never);
}

}  // namespace stratsim
