#include "sim/numbers/elementary.hpp"
#include "sim/requests/gap.hpp"
#include "sim/requests/journey.hpp"

#include <algorithm>

// A request in the pod that took it: when it ends, and how that is counted.

namespace stratsim {

void Journey::work_shared(Time until) {
    if (!sharing_) return;
    for (std::size_t i = 0; i < cluster_.pods().size(); ++i) {
        const auto id = static_cast<PodId>(i);
        Server& server = cluster_.pod(id).server;
        if (server.shares())
            server.work_until(until, [&](const InFlight& r) { answer_shared(id, r); });
    }
}

Duration Journey::needs(const Pod& pod, double u, Time now, bool error) const {
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

void Journey::accept(PodId id, const PendingTry& attempt) {
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

    const Time begins = pod.server.begins(now);
    const Reading reading = reads(begins);
    const bool error = request.cause == Cause::version_error;
    request.end = reading.at + reading.think + needs(pod, attempt.draws.uniform(3), now, error);
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
    if (!error && attempt.counted) count_visit(id, request, reading);
    const bool waited = 2 * (begins - now) > visitors_spec_.timeout;
    settle(id, request, request.held ? Cause::held : waited ? Cause::queued : Cause::slow);
    pod.server.admit(request, begins);
    if (waiting_ != nullptr || pools_.keeps_any()) answers_client(id, request, attempt);
}

/// When a request that is begun reads the counter of visits, and how long it thinks then.
Journey::Reading Journey::reads(Time begins) {
    if (visitors_spec_.think.is_zero()) return {begins, {}};
    const Duration think =
        visitors_spec_.think.quantile(random_.block(Concern::think, came_).uniform(0));
    Visits& visits = cluster_.visits();
    const bool waits = visits.kind() == VolumeKind::shared_locked;
    return {waits ? visits.lock(begins, think) : begins, think};
}

/// The visit that the request makes, as far as it is known already.
void Journey::count_visit(PodId id, InFlight& request, const Reading& reading) {
    Pod& pod = cluster_.pod(id);
    const std::size_t side = side_of(pod);
    Visits& visits = cluster_.visits();
    if (visits.unlocked()) {
        visits.begin({reading.at, reading.think, id, pod.store, request.user,
                      static_cast<std::uint32_t>(side)});
        return;
    }
    request.number = visits.count(pod.store, side);
    shows(request.user, request.number);
    ++pod.visits;
}

/// Its client has its answer, or gives up, and its connection is free again.
void Journey::answers_client(PodId id, const InFlight& request, const PendingTry& attempt) {
    const Time gives_up = request.arrival + visitors_spec_.timeout;
    if (request.end > gives_up) return learns(request.user, gives_up);
    const Duration lag =
        network_.release_lag.is_zero()
            ? Duration{}
            : network_.release_lag.quantile(
                  random_.block(Concern::client, request.user, ~attempt.draws.words[0]).uniform(0));
    const Time answered = std::max(attempt.at, request.end - lag);
    pools_.keep(request.user, id, answered, attempt.requests + 1);
    learns(request.user, answered);
}

void Journey::accept_shared(PodId id, InFlight& request, const PendingTry& attempt) {
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
void Journey::answer_shared(PodId id, InFlight request) {
    if (!request.counted) return;
    Pod& pod = cluster_.pod(id);
    const bool error = request.cause == Cause::version_error;
    if (error && network_.retries_errors && may_retry(request.tried))
        return try_again(request, id, request.end);
    if (!error) {
        shows(request.user, cluster_.visits().count(pod.store, side_of(pod)));
        ++pod.visits;
    }
    settle(id, request, request.held ? Cause::held : Cause::slow);
}

/// Counts a request whose end is known; `if_late` says why, should it be too late for its client.
void Journey::settle(PodId id, InFlight& request, Cause if_late) {
    if (!request.counted) return;
    Pod& pod = cluster_.pod(id);
    const std::size_t version = side_of(pod);
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

}  // namespace stratsim
