#include "sim/requests/journey.hpp"

// What a pod's end does to the requests that it has.

namespace stratsim {

/// Takes back what was counted when the request came.
void Journey::take_back(Pod& pod, const InFlight& request) {
    const std::size_t version = side_of(pod);
    const Outcome promised = outcome_of(request.cause);
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

/// A request dies with its pod; true if the client learns of it only now.
bool Journey::killed_in_flight(PodId id, const InFlight& request) {
    Pod& pod = cluster_.pod(id);
    const Time now = cluster_.now();
    if (request.number != 0) {
        cluster_.visits().take_back(pod.store, request.number);
        --pod.visits;
    }
    const bool known = !pod.server.shares();  // its end was counted when it came
    const bool gave_up = request.arrival + visitors_spec_.timeout <= now;
    if (request.retried) return false;
    if (gave_up && known) return false;
    if (known && request.counted) take_back(pod, request);
    PendingTry died{.at = now,
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

std::size_t Journey::cut(PodId id) {
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

}  // namespace stratsim
