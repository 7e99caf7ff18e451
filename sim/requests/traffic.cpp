#include "sim/requests/traffic.hpp"

#include "sim/contract.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/requests/coupling.hpp"

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
      records_kept_(cluster.setup().keep_records) {
    instances_.assign(cluster.instances(), BalancerInstance(network_));
    for (const PodTemplate& made_of : cluster.setup().revisions) {
        sharing_ |= made_of.discipline == Discipline::sharing;
        all_same_service_ &= made_of.service_time == cluster.setup().revisions.front().service_time;
    }
    expects(!(closed_ && sharing_),
            "users who wait for answers need pods whose answers are known ahead");
    if (sharing_) pools_ = {};  // when a connection is free again is not known ahead either
    looks_ahead_ =
        instances_.front().chooses_at_random() && instances_.size() == 1 && !pools_.keeps_any();
    batches_ = cluster.setup().engine == Engine::pods;
    expects(!batches_ || !couples_pods(cluster.setup()), "what one pod meets depends on others");
    look_ahead();
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
    const Pick pick{
        candidates, listing, attempt.draws.words[2], attempt.user, address_of(attempt.user), now};
    return instances_[instance].pick(pick, [&](PodId pod) { return load_of(pod, now); });
}

/// Where a request goes that has failed elsewhere.
PodId Traffic::another(const Attempt& attempt, std::size_t instance) {
    Listing& listing = cluster_.listing(instance);
    const bool kept = network_.redispatch == Redispatch::nowhere;
    if (attempt.stays && (kept || listing.is_candidate(attempt.tried.back())))
        return attempt.tried.back();
    const Candidates candidates = listing.candidates(attempt.draws.low(2));
    if (candidates.size == 0) return no_pod;
    const Pick pick{candidates,
                    listing,
                    mixed(attempt.draws.words[2], 1000 + attempt.number),
                    attempt.user,
                    address_of(attempt.user),
                    attempt.at};
    return instances_[instance].redispatch(pick, attempt.tried,
                                           [&](PodId pod) { return load_of(pod, attempt.at); });
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
    if (worth_a_batch()) {
        do run_batch();
        while (worth_a_batch());
        look_ahead();
    }
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

void Traffic::look_ahead() {
    for (std::uint64_t i = 1; looks_ahead_ && i < ahead_.size(); ++i)
        ahead_[(index_ + i) % ahead_.size()] = random_.block(Concern::request, index_ + i);
}

/// Enough requests come before the next event; of few, sorting them by pod would be most of the
/// work.
bool Traffic::worth_a_batch() const {
    constexpr double requests_a_pod = 2;
    const std::size_t pods = cluster_.pods().size();
    if (!batches_ || next_ >= halt_ || exhausted()) return false;
    double coming = visitors_spec_.rate * to_seconds(halt_ - next_);
    if (const auto& visits = cluster_.setup().visits)
        coming = std::min(coming, static_cast<double>(*visits - index_));
    return coming >= requests_a_pod * static_cast<double>(pods);
}

/// Adds the next requests to the batch. What does not depend on the request before is worked out
/// for several at once: the processor then overlaps it.
void Traffic::draw_some() {
    constexpr std::size_t some = 32;
    std::array<Block, some + 1> blocks;
    std::array<Duration, some> gaps;
    std::array<Duration, some> works;
    const bool even = visitors_spec_.shape.constant();
    const Distribution& service = cluster_.setup().revisions.front().service_time;
    blocks[0] = draws_;
    for (std::size_t i = 1; i <= some; ++i) blocks[i] = random_.block(Concern::request, index_ + i);
    for (std::size_t i = 0; even && i < some; ++i)
        gaps[i] = gap(blocks[i + 1], visitors_spec_.rate);
    for (std::size_t i = 0; i < some; ++i) works[i] = service.quantile(blocks[i].uniform(3));
    const Listing& listing = cluster_.listing();
    const bool one_group = listing.has_one_group();
    for (std::size_t i = 0; i < some && next_ < halt_ && !exhausted(); ++i) {
        const Block& draws = blocks[i];
        ++ledger_.total;
        ledger_.bins.request(next_);
        const std::uint32_t user = below(visitors_spec_.users, draws.high(1));
        std::uint32_t record = 0;
        if (records_kept_) {
            records_.push_back({.arrival = next_, .begins = next_, .end = next_, .user = user});
            record = static_cast<std::uint32_t>(records_.size());
        }
        PodId id = no_pod;
        if (one_group && record == 0) {
            id = listing.likely(draws.high(2));
            ++ledger_.attempts;
        } else {
            Attempt first{
                .at = next_, .first = next_, .user = user, .record = record, .draws = draws};
            id = noted(first, pick(first, next_, 0), 0, false);
        }
        batch_.add({next_, works[i], user, draws.low(1), id});
        ++index_;
        next_ = even ? next_ + gaps[i] : next_arrival(next_, blocks[i + 1]);
        draws_ = blocks[i + 1];
    }
}

void Traffic::run_batch() {
    batch_.clear();
    const std::uint64_t begin = index_;
    const std::size_t records = records_.size();
    cluster_.listing().candidates(0);  // the same for all of them, unless a router draws
    while (next_ < halt_ && !exhausted() && batch_.entries().size() < Batch::most) draw_some();

    const auto serve = [&](Batch::Entry& entry) {
        const std::size_t place = batch_.place_of(entry);
        entry_ = &entry;
        Attempt first{.at = entry.at, .first = entry.at, .user = entry.user};
        if (records_kept_) first.record = static_cast<std::uint32_t>(records + 1 + place);
        first.draws.words[1] = entry.chance;
        if (!all_same_service_) first.draws = random_.block(Concern::request, begin + place);
        reach(entry.pod, first, 0);
    };
    const auto fetch = [this](PodId pod) {
        const auto* lines = reinterpret_cast<const char*>(&cluster_.pod(pod));
        for (std::size_t at = 0; at < Pod::touched; at += 64) __builtin_prefetch(lines + at, 1);
    };
    const auto fetch_queue = [this](PodId pod) { cluster_.pod(pod).server.fetch(); };
    batch_.by_pod(cluster_.pods().size(), serve, fetch, fetch_queue);
    entry_ = nullptr;
    for (const Batch::Entry& entry : batch_.entries()) {
        if (entry.number != 0) cluster_.visits().show(entry.user, entry.number);
        if (entry.met_old != 0) meet(entry.user, 0);
        if (entry.met_new != 0) meet(entry.user, 1);
    }
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

/// A retry may end a client's wait, and the client's next request come before the next retry.
void Traffic::run_clients(Time until) {
    halt_ = until;
    for (;;) {
        const Time sent = exhausted() ? never : clients_.next();
        if (!again_.empty() && again_.front().at < std::min(sent, halt_)) {
            retry();
        } else if (sent < halt_) {
            client_sends(clients_.take(), sent);
            if (!warming_) ++index_;
        } else {
            return;
        }
    }
}

void Traffic::run_again(Time until) {
    while (!again_.empty() && again_.front().at < std::min(until, halt_)) retry();
}

void Traffic::retry() {
    std::ranges::pop_heap(again_, comes_later);
    Attempt next = std::move(again_.back());
    again_.pop_back();
    attempt(next, no_pod);
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

void Traffic::lose(Outcome outcome, Cause cause, Time arrival, std::uint32_t user) {
    ledger_.lose(outcome, cause);
    ledger_.bins.lost(std::max(arrival, command));
    visitors_[user].hurt = true;
    if (cluster_.going_back() && cluster_.setup().rolls_out) ++ledger_.failed_in_rollback;
}

void Traffic::shows(std::uint32_t user, std::uint32_t number) {
    if (entry_ != nullptr) {
        entry_->number = number & ((1U << 30U) - 1);
    } else {
        cluster_.visits().show(user, number);
    }
}

void Traffic::meet(std::uint32_t user, std::size_t version) {
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
    fail(first, taken.pod, Outcome::killed, Cause::closed_connection, first.at);
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

/// Notes a try, and what becomes of one that has nowhere to go.
PodId Traffic::noted(Attempt& attempt, PodId id, std::size_t instance, bool pinned) {
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

void Traffic::attempt(Attempt& attempt, PodId pinned) {
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
void Traffic::reach(PodId id, Attempt& attempt, std::size_t instance) {
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

/// Whether its client had left while the balancer held it, before a pod refused it.
bool Traffic::too_late(const Attempt& attempt, PodId id) {
    const Time gives_up = attempt.first + visitors_spec_.timeout;
    if (!attempt.held || attempt.at <= gives_up) return false;
    fail(attempt, id, Outcome::timeout, Cause::held, gives_up);
    return true;
}

/// It is offered elsewhere or, a moment later, to the same pod, unless the client has left by then.
void Traffic::refused(Attempt& attempt, PodId by, std::size_t instance) {
    instances_[instance].sees(by, attempt.at, true);
    if (too_late(attempt, by)) return;
    const int left = network_.retries - static_cast<int>(attempt.number);
    if (left <= 0)
        return fail(attempt, by, Outcome::refused, why_refused(by, instance), attempt.at);
    attempt.stays = instances_[instance].stays(left);
    const Time next = attempt.at + (attempt.stays ? turn_around : network_.refusal_lag);
    const Time gives_up = attempt.first + visitors_spec_.timeout;
    if (next > gives_up)
        return fail(attempt, by, Outcome::timeout, why_refused(by, instance), gives_up);
    attempt.at = next;
    attempt.tried.push_back(by);
    attempt.requests = 0;
    ++attempt.number;
    queue_again(attempt);
}

void Traffic::queue_again(Attempt attempt) {
    again_.push_back(std::move(attempt));
    std::ranges::push_heap(again_, comes_later);
}

Cause Traffic::why_refused(PodId id, std::size_t instance) const {
    if (cluster_.pod(id).accepts() != Accepts::no_longer) return Cause::ready_before_listening;
    const Listing& listing = cluster_.listing(instance);
    const bool chosen = listing.heard(id) == Heard::terminating && listing.is_candidate(id);
    return chosen ? Cause::fallback : Cause::still_listed;
}

Cause Traffic::why_nowhere(const Attempt& attempt, std::size_t instance) {
    Listing& listing = cluster_.listing(instance);
    std::optional<std::size_t> version;
    if (listing.routed()) version = listing.candidates(attempt.draws.low(2)).revision;
    return cluster_.any_endpoint(version) ? Cause::not_heard : Cause::nobody_ready;
}

void Traffic::fail(const Attempt& attempt, PodId id, Outcome outcome, Cause cause, Time learned) {
    if (attempt.counted) {
        lose(outcome, cause, attempt.first, attempt.user);
        if (id != no_pod) {
            Pod& pod = cluster_.pod(id);
            for (Tally* tally : {&pod.tally, &ledger_.by_version[version_of(pod)]}) {
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
                record.version = static_cast<std::uint8_t>(version_of(cluster_.pod(id)));
            }
        }
    }
    learns(attempt.user, learned);
}

Duration Traffic::needs(const Pod& pod, double u, Time now, bool error) const {
    const PodTemplate& made_of = cluster_.pod_template(pod);
    if (error && made_of.error_time) return made_of.error_time->quantile(u);
    Duration warm =
        entry_ != nullptr && all_same_service_ ? entry_->work : made_of.service_time.quantile(u);
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
    InFlight request{
        .arrival = attempt.first,
        .user = attempt.user,
        .record = attempt.record,
        .cause = errs(attempt.draws.low(1), made_of.errors) ? Cause::version_error : Cause::none,
        .counted = attempt.counted,
        // Most of its client's patience was spent there.
        .held = attempt.held && 2 * (now - attempt.first) >= visitors_spec_.timeout,
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
    const bool error = request.cause == Cause::version_error;
    request.end = reads + think + needs(pod, attempt.draws.uniform(3), now, error);
    if (request.record != 0) {
        RequestRecord& record = records_[request.record - 1];
        record.in_system =
            static_cast<std::uint16_t>(std::min<std::size_t>(0xffff, pod.server.in_system(now)));
        record.begins = begins;
    }
    instances_[request.instance].will_answer(id, request.end, request.end - now);
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
            request.number = visits.count(pod.store, version);
            shows(request.user, request.number);
            ++pod.visits;
        }
    }
    const bool waited = 2 * (begins - now) > visitors_spec_.timeout;
    settle(id, request, request.held ? Cause::held : waited ? Cause::queued : Cause::slow);
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
    const bool error = request.cause == Cause::version_error;
    pod.server.share(request, needs(pod, attempt.draws.uniform(3), attempt.at, error));
}

/// An answer of a pod that shares its processors: only now is it known when it came.
void Traffic::answer_shared(PodId id, InFlight request) {
    if (!request.counted) return;
    Pod& pod = cluster_.pod(id);
    const bool error = request.cause == Cause::version_error;
    if (error && network_.retries_errors && may_retry(request.tried))
        return try_again(request, id, request.end);
    if (!error) {
        shows(request.user, cluster_.visits().count(pod.store, version_of(pod)));
        ++pod.visits;
    }
    settle(id, request, request.held ? Cause::held : Cause::slow);
}

/// Counts a request whose end is known; `if_late` says why, should it be too late for its client.
void Traffic::settle(PodId id, InFlight& request, Cause if_late) {
    if (!request.counted) return;
    Pod& pod = cluster_.pod(id);
    const std::size_t version = version_of(pod);
    const Duration latency = request.end - request.arrival;
    const bool error = request.cause == Cause::version_error;
    if (latency > visitors_spec_.timeout) {
        request.cause = if_late;
        lose(Outcome::timeout, request.cause, request.arrival, request.user);
        last_answer_ = std::max(last_answer_, request.arrival + visitors_spec_.timeout);
    } else {
        ++ledger_.answered[version];
        cluster_.answered(pod.revision, 1, error ? 1 : 0);
        meet(request.user, version);
        if (error) {
            lose(Outcome::version_error, Cause::version_error, request.arrival, request.user);
            if (version > 0) ++ledger_.errors_new;
        } else {
            ++ledger_.succeeded;
            ledger_.latency[version].add(latency);
        }
        last_answer_ = std::max(last_answer_, request.end);
    }
    for (Tally* tally : {&pod.tally, &ledger_.by_version[version]}) {
        ++tally->sent;
        tally->add(outcome_of(request.cause));
    }
    if (network_.eject_after > 0) {
        const Time seen = std::min(request.end, request.arrival + visitors_spec_.timeout);
        instances_[request.instance].sees(id, seen, request.cause != Cause::none);
    }
    if (request.record != 0) {
        RequestRecord& record = records_[request.record - 1];
        record.end = request.end;
        record.outcome = outcome_of(request.cause);
        record.cause = request.cause;
        record.pod = static_cast<std::uint32_t>(id);
        record.version = static_cast<std::uint8_t>(version);
        record.attempts = static_cast<std::uint16_t>(request.tried + 1);
    }
}

void Traffic::try_again(const InFlight& request, PodId failed, Time at) {
    const auto sent = static_cast<std::uint64_t>(request.arrival.time_since_epoch().count());
    queue_again({.at = at,
                 .first = request.arrival,
                 .user = request.user,
                 .number = request.tried + 1U,
                 .tried = {failed},
                 .record = request.record,
                 .counted = request.counted,
                 .draws = random_.block(Concern::retry, sent, request.tried)});
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
    const Outcome promised = outcome_of(request.cause);
    if (known && request.counted) {
        for (Tally* tally : {&pod.tally, &ledger_.by_version[version]}) {
            --tally->sent;
            tally->take(promised);
        }
        if (promised == Outcome::success) {
            --ledger_.succeeded;
            ledger_.latency[version].remove(request.end - request.arrival);
        } else {
            ledger_.not_lost(promised, request.cause);
            ledger_.bins.not_lost(request.arrival);
            if (cluster_.going_back() && cluster_.setup().rolls_out) --ledger_.failed_in_rollback;
        }
        if (promised != Outcome::timeout) {
            --ledger_.answered[version];
            cluster_.answered(pod.revision, -1, promised == Outcome::version_error ? -1 : 0);
            if (promised == Outcome::version_error && version > 0) --ledger_.errors_new;
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
    if (gave_up) {
        fail(died, id, Outcome::timeout, request.held ? Cause::held : Cause::slow, now);
    } else {
        fail(died, id, Outcome::killed, cluster_.why_killed(pod), now);
    }
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
    for (BalancerInstance& instance : instances_) instance.loses(id, now);
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
    cluster_.visits().settle(
        never, [&](PodId id) { return cluster_.pod(id).dies_at; },
        [&](PodId id) { ++cluster_.pod(id).visits; });
}

}  // namespace stratsim
