#include "sim/requests/traffic.hpp"

#include "sim/contract.hpp"
#include "sim/requests/coupling.hpp"

#include <algorithm>

// What the four words of a request's block decide:
//
//   0  the gap before it      1  high: the user, low: whether the version errs
//   3  the service time       2  the balancer's choice (high half first), low: the router's

namespace stratsim {

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
    instances_.assign(cluster.service().instances(), BalancerInstance(network_));
    regard_templates();
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

void Traffic::regard_templates() {
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
    expects(!(closed_ && sharing_),
            "users who wait for answers need pods whose answers are known ahead");
    if (sharing_) pools_ = {};  // when a connection is free again is not known ahead either
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

/// The endpoints have changed, perhaps: if there are any, who was held tries once more, in order.
void Traffic::send_held() {
    if (held_.empty()) return;
    bool any = false;
    for (std::size_t i = 0; i < instances_.size(); ++i)
        any |= cluster_.service().listing(i).count().listed > 0;
    if (!any) return;
    std::vector<Attempt> waiting;
    waiting.swap(held_);
    for (Attempt& next : waiting) {
        next.at = cluster_.now();
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
        const bool error =
            errs(draw().low(1), cluster_.templates()[cluster_.workloads().front().target].errors);
        cluster_.side_answered(error);
        ++ledger_.side_answers;
        if (error) ++ledger_.side_errors;
        ++side_index_;
        next_side_ += gap(draw(), rate);
    }
}

bool Traffic::answers_probe(PodId id) {
    return probes_.succeeds(id, cluster_.pod(id), cluster_.now());
}

/// Takes back what the pod had promised; true if the client learns of it only now.
bool Traffic::killed_in_flight(PodId id, const InFlight& request) {
    Pod& pod = cluster_.pod(id);
    const Time now = cluster_.now();
    const std::size_t version = side_of(pod);
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
