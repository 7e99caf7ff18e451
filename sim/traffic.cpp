#include "sim/traffic.hpp"

#include "sim/contract.hpp"
#include "sim/elementary.hpp"

#include <algorithm>

// What the four words of a request's block decide:
//
//   0  the gap before it      1  high: the user, low: whether the version errs
//   3  the service time       2  the balancer's choice (high half first), low: the router's

namespace stratsim {

namespace {

/// Between tries of the same pod. Source: HAProxy, "retries".
constexpr Duration turn_around = std::chrono::seconds{1};

Duration gap(const Block& draws, double rate) {
    return from_seconds(-natural_log(draws.uniform(0)) / rate);
}

std::size_t version_of(const Pod& pod) {
    return pod.is_new ? 1 : 0;
}

bool errs(std::uint32_t random, Share errors) {
    if (errors == nothing) return false;
    return static_cast<double>(random) * 0x1p-32 < errors.fraction();
}

}  // namespace

Traffic::Traffic(Cluster& cluster)
    : cluster_(cluster),
      visitors_spec_(cluster.setup().visitors),
      network_(cluster.setup().network),
      random_(cluster.setup().seed, cluster.setup().replication),
      visitors_(visitors_spec_.users),
      clients_(visitors_spec_.closed ? visitors_spec_.users : 0),
      probes_(cluster),
      pools_(visitors_spec_, network_.layer),
      draws_(random_.block(Concern::request, 0)),
      closed_(visitors_spec_.closed),
      picky_(network_.slow_start > Duration::zero() || network_.eject_after > 0),
      records_kept_(cluster.setup().keep_records) {
    const Balancer balancer = make_balancer(network_);
    for (std::size_t i = 0; i < cluster.instances(); ++i)
        instances_.push_back({balancer, {}, {}, {}});
    for (const PodTemplate& made_of : cluster.setup().revisions) {
        sharing_ |= made_of.discipline == Discipline::sharing;
    }
    expects(!(closed_ && sharing_),
            "users who wait for answers need pods whose answers are known ahead");
    if (sharing_) pools_ = {};  // when a connection is free again is not known ahead either
    looks_ahead_ = std::holds_alternative<RandomBalancer>(instances_.front().balancer) &&
                   instances_.size() == 1 && !pools_.keeps_any();
    for (std::uint64_t i = 1; looks_ahead_ && i < ahead_.size(); ++i) {
        ahead_[i] = random_.block(Concern::request, i);
    }
    if (closed_) {
        start_clients();
        return;
    }
    if (cluster.setup().engine == Engine::aggregate) {
        expects(!needs_single_requests(cluster.setup()), "this setup needs single requests");
        aggregate_ = std::make_unique<Aggregate>(cluster, ledger_);
        return;
    }
    if (visitors_spec_.rate <= 0 && visitors_spec_.shape.replayed.empty()) return;
    next_ = next_arrival(command, draws_);
    if (!cluster.setup().visits) warm_up();
}

Time Traffic::next_arrival(Time from, const Block& draws) const {
    const Arrivals& shape = visitors_spec_.shape;
    if (shape.constant()) return from + gap(draws, visitors_spec_.rate);
    if (!shape.replayed.empty()) {
        return index_ < shape.replayed.size() ? shape.replayed[index_] : never;
    }
    return shape.after(from, -natural_log(draws.uniform(0)), visitors_spec_.rate);
}

/// The pods do not stand idle when the command comes: some seconds of traffic before t = 0 fill
/// them, counted nowhere unless the rollout cuts it.
void Traffic::warm_up() {
    const PodTemplate& old = cluster_.setup().revisions.front();
    const double service = old.service_time.mean_seconds() + visitors_spec_.think.mean_seconds();
    const double workers = old.concurrency == 0 ? 1e9 : old.concurrency;
    const double rate = visitors_spec_.rate * visitors_spec_.shape.factor_at(command);
    if (rate <= 0) return;
    const double load = rate * service / std::max(1.0, workers * cluster_.setup().replicas);
    const double slack = std::max(0.05, 1.0 - load);
    const double length = std::clamp(20.0 * service / (slack * slack), 0.2, 30.0);
    Time at = command - cluster_.setup().warm_up.value_or(from_seconds(length));
    for (std::uint64_t i = 0;; ++i) {
        Attempt attempt{.counted = false, .draws = random_.block(Concern::warm_up, 0, i)};
        at += gap(attempt.draws, rate);
        if (at >= command) break;
        attempt.at = attempt.first = at;
        attempt.user = below(visitors_spec_.users, attempt.draws.high(1));
        const PodId id = pick(attempt, at, instance_of(attempt));
        if (id == no_pod) break;
        Server& server = cluster_.pod(id).server;
        if (server.full(at)) continue;
        const Duration work =
            old.service_time.quantile(attempt.draws.uniform(3)) +
            (visitors_spec_.think.is_zero() ? Duration{} : visitors_spec_.think.first());
        InFlight request{.arrival = at, .user = attempt.user};
        if (server.shares()) {
            server.work_until(at, [](const InFlight&) {});
            server.share(request, work);
            continue;
        }
        const Time begins = server.begins(at);
        request.end = begins + work;
        server.admit(request, begins);
    }
}

void Traffic::start_clients() {
    const double cycle = cluster_.setup().revisions.front().service_time.mean_seconds() +
                         visitors_spec_.pause.mean_seconds();
    const Duration length = cluster_.setup().visits
                                ? Duration{}
                                : cluster_.setup().warm_up.value_or(from_seconds(20 * cycle));
    for (std::uint32_t user = 0; user < visitors_spec_.users; ++user) {
        const Block draws = random_.block(Concern::client, user, ~0ULL);
        clients_.schedule(user, command - length + visitors_spec_.pause.quantile(draws.uniform(0)));
    }
    if (length == Duration::zero()) return;
    warming_ = true;
    run_clients(command);
    warming_ = false;
}

std::size_t Traffic::instance_of(const Attempt& attempt) const {
    if (instances_.size() == 1) return 0;
    // A connection at L4 goes through the user's own node; at L7 any instance may get the request.
    const std::uint64_t word = network_.layer == Layer::l4 ? attempt.user : attempt.draws.words[1];
    return mixed(word, 3) % instances_.size();
}

std::uint32_t Traffic::address_of(std::uint32_t user) const {
    if (visitors_spec_.addresses == Addresses::one_subnet) return 0x7f000000U | (1 + user % 254);
    const Setup& setup = cluster_.setup();
    return static_cast<std::uint32_t>(
        mixed(setup.seed * 0x9e3779b97f4a7c15ULL + setup.replication, user) >> 32);
}

Load Traffic::load_of(PodId id, Time now) {
    Server& server = cluster_.pod(id).server;
    if (server.shares()) server.work_until(now, [&](const InFlight& r) { answer_shared(id, r); });
    return {server.in_system(now), server.released(now)};
}

PodId Traffic::pick(const Attempt& attempt, Time now, std::size_t instance) {
    Listing& listing = cluster_.listing(instance);
    const Candidates candidates = listing.candidates(attempt.draws.low(2));
    if (candidates.size == 0) return no_pod;
    Instance& chooser = instances_[instance];
    const Pick pick{
        candidates, listing, attempt.draws.words[2], attempt.user, address_of(attempt.user), now};
    const PodId id = choose(chooser.balancer, pick, [&](PodId pod) { return load_of(pod, now); });
    return picky_ ? passing_over(id, pick, chooser) : id;
}

/// Slow start turns part of a young pod's requests away, ejection all of them; who is turned away
/// goes to any other pod, and if there is none that would take it, where it was sent first.
PodId Traffic::passing_over(PodId id, const Pick& pick, Instance& instance) {
    constexpr std::uint64_t most_tries = 16;
    constexpr double least_weight = 0.1;  // Envoy's minimum for slow start
    const auto takes = [&](PodId pod, std::uint64_t index) {
        if (network_.eject_after > 0 && instance.back_at[pod] > pick.now) return false;
        if (network_.slow_start == Duration::zero()) return true;
        const Time since = pick.listing.heard_ready(pod);
        if (since <= command) return true;
        const double part = to_seconds(pick.now - since) / to_seconds(network_.slow_start);
        return pick.uniform(100 + index) < std::max(least_weight, part);
    };
    PodId chosen = id;
    for (std::uint64_t i = 0; i < most_tries; ++i) {
        if (takes(chosen, i)) return chosen;
        chosen = pick.candidates[pick.choice(pick.size(), 200 + i)];
    }
    return id;
}

void Traffic::note(PodId id, std::size_t instance, bool failed, Time now) {
    if (network_.eject_after == 0) return;
    Instance& at = instances_[instance];
    if (!failed) {
        at.failures[id] = 0;
    } else if (++at.failures[id] >= network_.eject_after) {
        at.failures[id] = 0;
        eject(id, instance, now);
    }
}

void Traffic::eject(PodId id, std::size_t instance, Time now) {
    Instance& at = instances_[instance];
    std::erase_if(at.ejected, [&](Time until) { return until <= now; });
    const std::size_t listed = cluster_.listing(instance).count().listed;
    const auto most =
        static_cast<std::size_t>(static_cast<double>(listed) * network_.eject_at_most.fraction());
    if (at.ejected.size() >= std::max<std::size_t>(1, most)) return;
    at.back_at[id] = now + network_.ejected_for;
    at.ejected.push_back(at.back_at[id]);
}

/// Redispatch: any pod but the one that has just failed. Measured: HAProxy's retries fall on the
/// others as if by chance, P(fail) = d/n ((d-1)/(n-1))^r.
PodId Traffic::another(const Attempt& attempt, std::size_t instance) {
    const Candidates candidates = cluster_.listing(instance).candidates(attempt.draws.low(2));
    const auto n = static_cast<std::uint32_t>(candidates.size);
    if (n == 0) return no_pod;
    const std::uint64_t word = mixed(attempt.draws.words[2], 1000 + attempt.number);
    if (n == 1) return candidates[0];
    const PodId any = candidates[below(n, static_cast<std::uint32_t>(word >> 32))];
    if (any != attempt.avoided) return any;
    std::uint32_t at = 0;
    while (candidates[at] != attempt.avoided) ++at;
    return candidates[(at + 1 + below(n - 1, static_cast<std::uint32_t>(mixed(word, 1) >> 32))) %
                      n];
}

bool Traffic::exhausted() const {
    const auto& visits = cluster_.setup().visits;
    return visits && index_ >= *visits;
}

void Traffic::run_until(Time until) {
    halt_ = until;
    side_traffic(until);
    if (aggregate_) return aggregate_->run_until(until);
    if (closed_) {
        run_clients(until);
    } else {
        run_open();
    }
    run_again(halt_);
    if (sharing_) work_shared(halt_);
}

void Traffic::run_open() {
    while (next_ < halt_ && !exhausted()) {
        if (!again_.empty()) run_again(next_);
        request(next_, below(visitors_spec_.users, draws_.high(1)), draws_);
        draw_next();
        next_ = next_arrival(next_, draws_);
    }
}

/// With thousands of pods nearly every request finds its pod outside the cache. Draws are made by
/// index, so those of later requests can be made early, and their pods fetched meanwhile.
void Traffic::draw_next() {
    ++index_;
    if (!looks_ahead_) {
        draws_ = random_.block(Concern::request, index_);
        return;
    }
    draws_ = ahead_[index_ % ahead_.size()];
    const std::uint64_t far = index_ + ahead_.size() - 1;
    ahead_[far % ahead_.size()] = random_.block(Concern::request, far);
    // Written out here: gcc believes that a function of prefetches does nothing, and drops the
    // call.
    const PodId soon = cluster_.listing().likely(ahead_[far % ahead_.size()].high(2));
    if (soon == no_pod) return;
    const auto* lines = reinterpret_cast<const char*>(&cluster_.pod(soon));
    for (std::size_t at = 0; at < Pod::touched; at += 64) __builtin_prefetch(lines + at, 1);
    // Half way on the pod itself has come, and where its queue lies is known.
    const PodId near =
        cluster_.listing().likely(ahead_[(far - ahead_.size() / 2) % ahead_.size()].high(2));
    cluster_.pod(near).server.fetch();
}

/// The endpoints have changed, perhaps: if there are any, who was held tries once more, in order.
void Traffic::send_held() {
    if (held_.empty()) return;
    bool any = false;
    for (std::size_t i = 0; i < instances_.size(); ++i)
        any |= cluster_.listing(i).count().listed > 0;
    if (!any) return;
    std::vector<Attempt> waiting;
    waiting.swap(held_);
    for (Attempt& next : waiting) {
        next.at = cluster_.now();
        attempt(next, no_pod);
    }
}

void Traffic::run_clients(Time until) {
    halt_ = until;
    while (clients_.next() < halt_ && !exhausted()) {
        const Time now = clients_.next();
        if (!again_.empty()) {
            run_again(now);
            if (clients_.next() != now) continue;
        }
        client_sends(clients_.take(), now);
        if (!warming_) ++index_;
    }
}

void Traffic::run_again(Time until) {
    const auto later = [](const Attempt& a, const Attempt& b) { return a.at > b.at; };
    while (!again_.empty() && again_.front().at < std::min(until, halt_)) {
        std::ranges::pop_heap(again_, later);
        Attempt next = again_.back();
        again_.pop_back();
        attempt(next, no_pod);
    }
}

void Traffic::work_shared(Time until) {
    for (std::size_t i = 0; i < cluster_.pods().size(); ++i) {
        const auto id = static_cast<PodId>(i);
        Server& server = cluster_.pod(id).server;
        if (server.shares())
            server.work_until(until, [&](const InFlight& r) { answer_shared(id, r); });
    }
}

void Traffic::side_traffic(Time until) {
    const double rate = cluster_.side_rate();
    if (rate <= 0) {
        next_side_ = never;
        return;
    }
    const auto draw = [&] { return random_.block(Concern::side_traffic, 0, side_index_); };
    if (next_side_ == never) next_side_ = cluster_.now() + gap(draw(), rate);
    while (next_side_ < until) {
        const bool error = errs(
            draw().low(1), cluster_.setup().revisions[cluster_.workloads().front().target].errors);
        cluster_.side_answered(error);
        ++ledger_.side_answers;
        if (error) ++ledger_.side_errors;
        ++side_index_;
        next_side_ += gap(draw(), rate);
    }
}

void Traffic::lose(Outcome cause, Time arrival, std::uint32_t user) {
    ++ledger_.failed[static_cast<std::size_t>(cause)];
    ledger_.bins.lost(std::max(arrival, command));
    visitors_[user].hurt = true;
    if (cluster_.going_back() && cluster_.setup().rolls_out) ++ledger_.failed_in_rollback;
}

void Traffic::meet(std::uint32_t user, std::size_t version) {
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

void Traffic::request(Time now, std::uint32_t user, const Block& draws) {
    const auto died = [&](PodId id) { return cluster_.pod(id).dies_at; };
    const auto counted = [&](PodId id) { ++cluster_.pod(id).visits; };
    if (cluster_.visits().unsettled()) cluster_.visits().settle(now, died, counted);

    ++ledger_.total;
    ledger_.bins.request(now);
    Attempt first{.at = now, .first = now, .user = user, .draws = draws};
    if (records_kept_) {
        records_.push_back({.arrival = now, .begins = now, .end = now, .user = user});
        first.record = static_cast<std::uint32_t>(records_.size());
    }
    if (pools_.keeps_any()) return send(first);
    attempt(first, no_pod);
}

/// Sends it over a connection that is there, or over a new one.
void Traffic::send(Attempt& first) {
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
    fail(first, taken.pod, Outcome::killed, first.at);
}

void Traffic::client_sends(std::uint32_t user, Time now) {
    Clients::Client& client = clients_[user];
    const Block draws = random_.block(Concern::client, user, client.sent++);
    Attempt first{.at = now, .first = now, .user = user, .counted = !warming_, .draws = draws};
    if (!warming_) {
        if (cluster_.visits().unsettled()) {
            cluster_.visits().settle(
                now, [&](PodId id) { return cluster_.pod(id).dies_at; },
                [&](PodId id) { ++cluster_.pod(id).visits; });
        }
        ++ledger_.total;
        ledger_.bins.request(now);
        if (records_kept_) {
            records_.push_back({.arrival = now, .begins = now, .end = now, .user = user});
            first.record = static_cast<std::uint32_t>(records_.size());
        }
    }
    send(first);
}

void Traffic::learns(std::uint32_t user, Time at) {
    if (!closed_) return;
    const Clients::Client& client = clients_[user];
    const Block draws = random_.block(Concern::client, user, client.sent);
    if (errs(draws.low(0), visitors_spec_.leaves)) return;
    clients_.schedule(user, at + visitors_spec_.pause.quantile(draws.uniform(0)));
}

bool Traffic::may_retry(std::uint32_t tried) const {
    return tried < static_cast<std::uint32_t>(network_.retries);
}

void Traffic::attempt(Attempt& attempt, PodId pinned) {
    const std::size_t instance = instance_of(attempt);
    PodId id = pinned;
    if (pinned == no_pod) {
        id = attempt.number == 0 ? pick(attempt, attempt.at, instance) : another(attempt, instance);
    }
    for (;;) {
        if (attempt.counted) ++ledger_.attempts;
        if (attempt.record != 0) {
            tries_.push_back({attempt.at, attempt.record, static_cast<std::uint32_t>(id),
                              static_cast<std::uint16_t>(instance), pinned == id && id != no_pod});
        }
        if (id == no_pod && network_.holds) return held_.push_back(attempt);
        if (id == no_pod) return fail(attempt, no_pod, Outcome::no_endpoint, attempt.at);
        Pod& pod = cluster_.pod(id);
        if (pod.server.shares()) {
            pod.server.work_until(attempt.at, [&](const InFlight& r) { answer_shared(id, r); });
        }
        if (!pod.listens) {
            note(id, instance, true, attempt.at);
            if (!may_retry(attempt.number)) return fail(attempt, id, Outcome::refused, attempt.at);
            if (!network_.redispatches) {  // a pod that has ended refuses the retries, too
                const Time learned = attempt.at + network_.retries * turn_around;
                return fail(attempt, id, Outcome::refused, learned);
            }
            ++attempt.number;
            attempt.avoided = id;
            attempt.requests = 0;
            id = another(attempt, instance);
            continue;
        }
        if (pod.server.full(attempt.at)) {
            pools_.keep(attempt.user, id, attempt.at, attempt.requests + 1);
            return fail(attempt, id, Outcome::overload, attempt.at);
        }
        return accept(id, attempt);
    }
}

void Traffic::fail(const Attempt& attempt, PodId id, Outcome cause, Time learned) {
    if (attempt.counted) {
        lose(cause, attempt.first, attempt.user);
        if (id != no_pod) {
            Pod& pod = cluster_.pod(id);
            for (Tally* tally : {&pod.tally, &ledger_.by_version[version_of(pod)]}) {
                ++tally->sent;
                tally->add(cause);
            }
        }
        if (attempt.record != 0) {
            RequestRecord& record = records_[attempt.record - 1];
            record.end = learned;
            record.outcome = cause;
            record.attempts = static_cast<std::uint16_t>(attempt.number + 1);
            if (id != no_pod) {
                record.pod = static_cast<std::uint32_t>(id);
                record.version = static_cast<std::uint8_t>(version_of(cluster_.pod(id)));
            }
        }
    }
    learns(attempt.user, learned);
}

Duration Traffic::needs(const Pod& pod, double u, Time now, bool error) const {
    const PodTemplate& made_of = cluster_.pod_template(pod);
    if (error && made_of.error_time) return made_of.error_time->quantile(u);
    Duration warm = made_of.service_time.quantile(u);
    if (!made_of.slower.empty() && pod.revision == 0 && pod.index < made_of.slower.size()) {
        warm = from_seconds(to_seconds(warm) * made_of.slower[pod.index]);
    }
    if (made_of.cold_factor == 1 || pod.created < command) return warm;
    double age = 0;
    if (made_of.warms_over > Duration::zero()) {
        age = to_seconds(now - pod.ready_at.value_or(now)) / to_seconds(made_of.warms_over);
    } else if (made_of.warms_over_requests > 0) {
        age = static_cast<double>(pod.tally.sent) / made_of.warms_over_requests;
    }
    return from_seconds(to_seconds(warm) *
                        (1 + (made_of.cold_factor - 1) * exponential(-std::max(0.0, age))));
}

void Traffic::look_at_probes(PodId id, Time now) {
    const auto failed = probes_.failed_by(id, cluster_.pod(id), now);
    if (!failed) return;
    cluster_.add_passing(*failed, event::Unready{id});
    halt_ = std::min(halt_, *failed);
}

bool Traffic::answers_probe(PodId id) {
    return probes_.succeeds(id, cluster_.pod(id), cluster_.now());
}

void Traffic::accept(PodId id, const Attempt& attempt) {
    Pod& pod = cluster_.pod(id);
    const PodTemplate& made_of = cluster_.pod_template(pod);
    const Time now = attempt.at;
    if (probes_.any()) look_at_probes(id, now);
    InFlight request{.arrival = attempt.first,
                     .user = attempt.user,
                     .record = attempt.record,
                     .outcome = errs(attempt.draws.low(1), made_of.errors) ? Outcome::version_error
                                                                           : Outcome::success,
                     .counted = attempt.counted,
                     .tried = static_cast<std::uint8_t>(attempt.number),
                     .instance = static_cast<std::uint8_t>(instance_of(attempt))};
    if (pod.server.shares()) return accept_shared(id, request, attempt);

    Visits& visits = cluster_.visits();
    const Time begins = pod.server.begins(now);
    Time reads = begins;
    Duration think{};
    if (!visitors_spec_.think.is_zero()) {
        think = visitors_spec_.think.quantile(random_.block(Concern::think, index_).uniform(0));
        if (visits.kind() == VolumeKind::shared_locked) reads = visits.lock(begins, think);
    }
    const bool error = request.outcome == Outcome::version_error;
    request.end = reads + think + needs(pod, attempt.draws.uniform(3), now, error);
    if (request.record != 0) {
        RequestRecord& record = records_[request.record - 1];
        record.in_system =
            static_cast<std::uint16_t>(std::min<std::size_t>(0xffff, pod.server.in_system(now)));
        record.begins = begins;
    }
    if (auto* ewma = std::get_if<PeakEwmaBalancer>(&instances_[instance_of(attempt)].balancer)) {
        ewma->will_answer(id, request.end, request.end - now);
    }
    if (error && network_.retries_errors && may_retry(attempt.number)) {
        request.retried = true;
        pod.server.admit(request, begins);
        return try_again(request, id, request.end);
    }
    if (!error && attempt.counted) {
        const std::size_t version = version_of(pod);
        if (visits.unlocked()) {
            visits.begin(
                {reads, think, id, pod.store, request.user, static_cast<std::uint32_t>(version)});
        } else {
            request.number = visits.count(pod.store, request.user, version);
            ++pod.visits;
        }
    }
    settle(id, request, error);
    pod.server.admit(request, begins);
    const Time gives_up = request.arrival + visitors_spec_.timeout;
    if (!closed_ && !pools_.keeps_any()) return;
    if (request.end > gives_up) return learns(request.user, gives_up);
    const Duration lag =
        network_.release_lag.is_zero()
            ? Duration{}
            : network_.release_lag.quantile(
                  random_.block(Concern::client, request.user, ~attempt.draws.words[0]).uniform(0));
    const Time answered = std::max(now, request.end - lag);
    pools_.keep(request.user, id, answered, attempt.requests + 1);
    learns(request.user, answered);
}

void Traffic::accept_shared(PodId id, InFlight& request, const Attempt& attempt) {
    Pod& pod = cluster_.pod(id);
    if (request.record != 0) {
        records_[request.record - 1].in_system =
            static_cast<std::uint16_t>(pod.server.in_system(attempt.at));
        records_[request.record - 1].begins = attempt.at;
    }
    const bool error = request.outcome == Outcome::version_error;
    pod.server.share(request, needs(pod, attempt.draws.uniform(3), attempt.at, error));
}

/// An answer of a pod that shares its processors: only now is it known when it came.
void Traffic::answer_shared(PodId id, InFlight request) {
    if (!request.counted) return;
    Pod& pod = cluster_.pod(id);
    const bool error = request.outcome == Outcome::version_error;
    if (error && network_.retries_errors && may_retry(request.tried))
        return try_again(request, id, request.end);
    if (!error) {
        cluster_.visits().count(pod.store, request.user, version_of(pod));
        ++pod.visits;
    }
    settle(id, request, error);
}

/// Counts a request whose end is known.
void Traffic::settle(PodId id, InFlight& request, bool error) {
    if (!request.counted) return;
    Pod& pod = cluster_.pod(id);
    const std::size_t version = version_of(pod);
    const Duration latency = request.end - request.arrival;
    if (latency > visitors_spec_.timeout) {
        request.outcome = Outcome::timeout;
        lose(Outcome::timeout, request.arrival, request.user);
        last_answer_ = std::max(last_answer_, request.arrival + visitors_spec_.timeout);
    } else {
        ++ledger_.answered[version];
        cluster_.answered(pod.revision, 1, error ? 1 : 0);
        meet(request.user, version);
        if (error) {
            lose(Outcome::version_error, request.arrival, request.user);
            if (version > 0) ++ledger_.errors_new;
        } else {
            ++ledger_.succeeded;
            ledger_.latency[version].add(latency);
        }
        last_answer_ = std::max(last_answer_, request.end);
    }
    for (Tally* tally : {&pod.tally, &ledger_.by_version[version]}) {
        ++tally->sent;
        tally->add(request.outcome);
    }
    if (network_.eject_after > 0)
        note(id, request.instance, request.outcome != Outcome::success, request.arrival);
    if (request.record != 0) {
        RequestRecord& record = records_[request.record - 1];
        record.end = request.end;
        record.outcome = request.outcome;
        record.pod = static_cast<std::uint32_t>(id);
        record.version = static_cast<std::uint8_t>(version);
        record.attempts = static_cast<std::uint16_t>(request.tried + 1);
    }
}

void Traffic::try_again(const InFlight& request, PodId failed, Time at) {
    const auto sent = static_cast<std::uint64_t>(request.arrival.time_since_epoch().count());
    again_.push_back({.at = at,
                      .first = request.arrival,
                      .user = request.user,
                      .number = request.tried + 1U,
                      .avoided = failed,
                      .record = request.record,
                      .counted = request.counted,
                      .draws = random_.block(Concern::retry, sent, request.tried)});
    std::ranges::push_heap(again_, [](const Attempt& a, const Attempt& b) { return a.at > b.at; });
}

/// Takes back what the pod had promised; true if the client learns of it only now.
bool Traffic::killed_in_flight(PodId id, const InFlight& request) {
    Pod& pod = cluster_.pod(id);
    const Time now = cluster_.now();
    const std::size_t version = version_of(pod);
    if (request.number != 0) {
        cluster_.visits().take_back(pod.store, request.number);
        --pod.visits;
    }
    const bool known = !pod.server.shares();  // its end was counted when it came
    const bool gave_up = request.arrival + visitors_spec_.timeout <= now;
    if (request.retried) return false;
    if (gave_up && known) return false;
    if (known && request.counted) {
        for (Tally* tally : {&pod.tally, &ledger_.by_version[version]}) {
            --tally->sent;
            --tally->outcomes[static_cast<std::size_t>(request.outcome)];
        }
        if (request.outcome == Outcome::success) {
            --ledger_.succeeded;
            ledger_.latency[version].remove(request.end - request.arrival);
        } else {
            --ledger_.failed[static_cast<std::size_t>(request.outcome)];
            ledger_.bins.not_lost(request.arrival);
            if (cluster_.going_back() && cluster_.setup().rolls_out) --ledger_.failed_in_rollback;
        }
        if (request.outcome != Outcome::timeout) {
            --ledger_.answered[version];
            cluster_.answered(pod.revision, -1, request.outcome == Outcome::version_error ? -1 : 0);
            if (request.outcome == Outcome::version_error && version > 0) --ledger_.errors_new;
        }
    }
    Attempt died{.at = now,
                 .first = request.arrival,
                 .user = request.user,
                 .number = request.tried,
                 .record = request.record};
    if (!request.counted) {  // it came before the command: the rollout's victim all the same
        ++ledger_.total;
        ledger_.bins.request(command);
        if (records_kept_) {
            records_.push_back({.arrival = request.arrival,
                                .begins = request.arrival,
                                .end = now,
                                .user = request.user});
            died.record = static_cast<std::uint32_t>(records_.size());
            tries_.push_back({request.arrival, died.record, static_cast<std::uint32_t>(id),
                              request.instance, false});
        }
    }
    if (network_.retries_killed && may_retry(request.tried)) {
        InFlight again = request;
        again.counted = true;
        again.record = died.record;
        try_again(again, id, now);
        return true;
    }
    fail(died, id, gave_up ? Outcome::timeout : Outcome::killed, now);
    return !gave_up;
}

void Traffic::reveal() {
    if (aggregate_) aggregate_->reveal();
}

std::size_t Traffic::cut(PodId id) {
    if (aggregate_) return aggregate_->cut(id);
    Pod& pod = cluster_.pod(id);
    const Time now = cluster_.now();
    if (pod.server.shares())
        pod.server.work_until(now, [&](const InFlight& r) { answer_shared(id, r); });
    std::size_t killed = 0;
    for (const InFlight& request : pod.server.in_flight(now)) {
        if (killed_in_flight(id, request)) ++killed;
    }
    return killed;
}

void Traffic::finish() {
    if (aggregate_) return aggregate_->finish();
    probes_.stop();
    halt_ = never;
    run_again(never);
    for (const Attempt& waiting : held_)
        fail(waiting, no_pod, Outcome::no_endpoint, cluster_.now());
    held_.clear();
    if (sharing_) {
        work_shared(never);
        while (!again_.empty()) {
            run_again(never);
            work_shared(never);
        }
    }
    cluster_.visits().settle(
        never, [&](PodId id) { return cluster_.pod(id).dies_at; },
        [&](PodId id) { ++cluster_.pod(id).visits; });
}

}  // namespace stratsim
