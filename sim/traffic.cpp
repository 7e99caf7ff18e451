#include "sim/traffic.hpp"

#include "sim/elementary.hpp"

#include <algorithm>

// What the four words of a request's block decide:
//
//   0  the gap before it      1  high: the user, low: whether the version errs
//   3  the service time       2  high: the balancer's choice, low: the router's

namespace stratsim {

namespace {

Duration gap(const Block& draws, double rate) {
    return from_seconds(-natural_log(draws.uniform(0)) / rate);
}

std::size_t version_of(const Pod& pod) {
    return pod.revision == 0 ? 0 : 1;
}

bool errs(std::uint32_t random, Share errors) {
    if (errors == nothing) return false;
    return static_cast<double>(random) * 0x1p-32 < errors.fraction();
}

}  // namespace

Traffic::Traffic(Cluster& cluster)
    : cluster_(cluster),
      visitors_spec_(cluster.setup().visitors),
      random_(cluster.setup().seed, cluster.setup().replication),
      balancer_(make_balancer(cluster.setup().network.balancer)),
      visitors_(visitors_spec_.users),
      draws_(random_.block(Concern::request, 0)) {
    if (visitors_spec_.rate <= 0) return;
    next_ = command + gap(draws_, visitors_spec_.rate);
    if (!cluster.setup().visits) warm_up();
}

/// The pods do not stand idle when the command comes: some seconds of traffic before t = 0 fill
/// them, counted nowhere unless the rollout cuts it.
void Traffic::warm_up() {
    const PodTemplate& old = cluster_.setup().revisions.front();
    const double service = old.service_time.mean_seconds() + visitors_spec_.think.mean_seconds();
    const double workers = old.concurrency == 0 ? 1e9 : old.concurrency;
    const double load =
        visitors_spec_.rate * service / std::max(1.0, workers * cluster_.setup().replicas);
    const double slack = std::max(0.05, 1.0 - load);
    const double length = std::clamp(20.0 * service / (slack * slack), 0.2, 30.0);
    const Duration window = from_seconds(length);
    Time at = command - window;
    for (std::uint64_t i = 0;; ++i) {
        const Block draws = random_.block(Concern::warm_up, 0, i);
        at += gap(draws, visitors_spec_.rate);
        if (at >= command) break;
        const std::uint32_t user = below(visitors_spec_.users, draws.high(1));
        const PodId id = pick(user, draws, at);
        if (id == no_pod) break;
        Server& server = cluster_.pod(id).server;
        if (server.full(at)) continue;
        const Duration needs =
            old.service_time.quantile(draws.uniform(3)) +
            (visitors_spec_.think.is_zero() ? Duration{} : visitors_spec_.think.first());
        server.admit({.end = server.begins(at) + needs, .arrival = at, .user = user});
    }
}

PodId Traffic::pick(std::uint32_t user, const Block& draws, Time now) {
    const Candidates candidates = cluster_.listing().candidates(draws.low(2));
    if (candidates.size == 0) return no_pod;
    return choose(balancer_, {candidates, draws.high(2), user}, cluster_.listing(),
                  [&](PodId id) { return cluster_.pod(id).server.in_system(now); });
}

bool Traffic::exhausted() const {
    const auto& visits = cluster_.setup().visits;
    return visits && index_ >= *visits;
}

void Traffic::run_until(Time until) {
    side_traffic(until);
    while (next_ < until && !exhausted()) {
        request(next_, draws_);
        draws_ = random_.block(Concern::request, ++index_);
        next_ += gap(draws_, visitors_spec_.rate);
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
        const bool error = errs(draw().low(1), cluster_.setup().revisions.back().errors);
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

void Traffic::request(Time now, const Block& draws) {
    const auto died = [&](PodId id) { return cluster_.pod(id).dies_at; };
    const auto counted = [&](PodId id) { ++cluster_.pod(id).visits; };
    if (cluster_.visits().unsettled()) cluster_.visits().settle(now, died, counted);

    ++ledger_.total;
    ledger_.bins.request(now);
    const std::uint32_t user = below(visitors_spec_.users, draws.high(1));
    const PodId id = pick(user, draws, now);
    if (id == no_pod) return lose(Outcome::no_endpoint, now, user);
    Pod& pod = cluster_.pod(id);
    if (!pod.listens) return lose(Outcome::refused, now, user);
    if (pod.server.full(now)) return lose(Outcome::overload, now, user);
    accept(id, now, user, draws);
}

void Traffic::accept(PodId id, Time now, std::uint32_t user, const Block& draws) {
    Pod& pod = cluster_.pod(id);
    const PodTemplate& made_of = cluster_.pod_template(pod);
    const std::size_t version = version_of(pod);
    Visits& visits = cluster_.visits();

    Time begins = pod.server.begins(now);
    Duration think{};
    if (!visitors_spec_.think.is_zero()) {
        think = visitors_spec_.think.quantile(random_.block(Concern::think, index_).uniform(0));
        if (visits.kind() == VolumeKind::shared_locked) begins = visits.lock(begins, think);
    }
    const Time end = begins + think + made_of.service_time.quantile(draws.uniform(3));
    const bool late = end - now > visitors_spec_.timeout;
    const bool error = errs(draws.low(1), made_of.errors);

    InFlight request{
        .end = end, .arrival = now, .user = user, .outcome = Outcome::success, .counted = true};
    if (!error) {
        if (visits.kind() == VolumeKind::shared) {
            visits.begin({begins, think, id, pod.store, user, static_cast<std::uint32_t>(version)});
        } else {
            request.number = visits.count(pod.store, user, version);
            ++pod.visits;
        }
    }
    if (late) {
        request.outcome = Outcome::timeout;
        lose(Outcome::timeout, now, user);
        last_answer_ = std::max(last_answer_, now + visitors_spec_.timeout);
    } else {
        request.outcome = error ? Outcome::version_error : Outcome::success;
        ++ledger_.answered[version];
        cluster_.answered(pod.revision, 1, error ? 1 : 0);
        meet(user, version);
        if (error) {
            lose(Outcome::version_error, now, user);
            if (version > 0) ++ledger_.errors_new;
        } else {
            ++ledger_.succeeded;
            ledger_.latency[version].add(end - now);
        }
        last_answer_ = std::max(last_answer_, end);
    }
    pod.server.admit(request);
}

std::size_t Traffic::cut(PodId id) {
    Pod& pod = cluster_.pod(id);
    const Time now = cluster_.now();
    const std::size_t version = version_of(pod);
    std::size_t killed = 0;
    for (const InFlight& request : pod.server.in_flight(now)) {
        if (request.number != 0) {
            cluster_.visits().take_back(pod.store, request.number);
            --pod.visits;
        }
        if (!request.counted) {  // it came before the command: the rollout's victim all the same
            ++ledger_.total;
            ledger_.bins.request(command);
            lose(Outcome::killed, command, request.user);
            ++killed;
            continue;
        }
        switch (request.outcome) {
            case Outcome::success:
                --ledger_.succeeded;
                --ledger_.answered[version];
                ledger_.latency[version].remove(request.end - request.arrival);
                cluster_.answered(pod.revision, -1, 0);
                lose(Outcome::killed, request.arrival, request.user);
                ++killed;
                break;
            case Outcome::version_error:
                // It was lost already; only the cause changes.
                --ledger_.failed[static_cast<std::size_t>(Outcome::version_error)];
                ++ledger_.failed[static_cast<std::size_t>(Outcome::killed)];
                --ledger_.answered[version];
                if (version > 0) --ledger_.errors_new;
                cluster_.answered(pod.revision, -1, -1);
                ++killed;
                break;
            case Outcome::timeout:
                if (request.arrival + visitors_spec_.timeout <= now)
                    break;  // it had given up before
                --ledger_.failed[static_cast<std::size_t>(Outcome::timeout)];
                ++ledger_.failed[static_cast<std::size_t>(Outcome::killed)];
                ++killed;
                break;
            default:
                break;
        }
    }
    return killed;
}

void Traffic::finish() {
    cluster_.visits().settle(
        never, [&](PodId id) { return cluster_.pod(id).dies_at; },
        [&](PodId id) { ++cluster_.pod(id).visits; });
}

}  // namespace stratsim
