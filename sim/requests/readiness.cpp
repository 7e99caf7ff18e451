#include "sim/requests/readiness.hpp"

namespace stratsim {

ReadinessProbes::ReadinessProbes(const Cluster& cluster)
    : cluster_(cluster), random_(cluster.setup().seed, cluster.setup().replication) {}

namespace {

bool may_lose_readiness(const PodTemplate& made_of) {
    return made_of.ready_when == ReadyWhen::probed && made_of.readiness &&
           made_of.discipline == Discipline::first_come;
}

}  // namespace

void ReadinessProbes::regard(const PodTemplate& made_of) {
    // Requests are counted only where no probe can fail.
    any_ |= cluster_.setup().engine != Engine::aggregate && may_lose_readiness(made_of);
}

const Probe* ReadinessProbes::probe_of(const Pod& pod) const {
    const PodTemplate& made_of = cluster_.pod_template(pod);
    return may_lose_readiness(made_of) ? &*made_of.readiness : nullptr;
}

bool ReadinessProbes::answers_in_time(const Probe& probe, PodId id, Pod& pod, State& state,
                                      Time at) const {
    if (!pod.listens || pod.server.full(at)) return false;
    const Duration waits = pod.server.begins(at) - at;
    const std::uint64_t which = state.asked++;
    const Duration answers =
        answer_time(cluster_.pod_template(pod),
                    random_.block(Concern::probe, index_of(id), which).uniform(0), /*fresh=*/false);
    return waits + answers <= probe.timeout;
}

std::optional<Time> ReadinessProbes::failed_by(PodId id, Pod& pod, Time now) {
    const Probe* probe = probe_of(pod);
    if (probe == nullptr || pod.phase != Phase::ready) return {};
    State& state = states_[id];
    if (state.since != pod.ready_at) {
        // The kubelet probes pods out of step with each other; one that has just become ready has
        // just been probed.
        const Duration period = probe->period;
        const Duration first =
            pod.created < command
                ? from_seconds(to_seconds(period) *
                               random_.block(Concern::probe, index_of(id), ~0ULL).uniform(0))
                : period;
        state = {.since = pod.ready_at,
                 .next = std::max(*pod.ready_at, command) + first,
                 .asked = state.asked};
    }
    while (state.next <= now) {
        const Time at = state.next;
        state.next += probe->period;
        if (answers_in_time(*probe, id, pod, state, at)) {
            state.failures = 0;
        } else if (++state.failures >= probe->failure_threshold) {
            state.failures = 0;
            state.successes = 0;
            state.next = never;
            return std::max(now, at + probe->timeout);
        }
    }
    return {};
}

bool ReadinessProbes::succeeds(PodId id, Pod& pod, Time now) {
    const Probe* probe = probe_of(pod);
    if (probe == nullptr) return true;
    State& state = states_[id];
    state.successes = answers_in_time(*probe, id, pod, state, now) ? state.successes + 1 : 0;
    return state.successes >= probe->success_threshold;
}

}  // namespace stratsim
