#pragma once

#include "sim/cluster/cluster.hpp"
#include "sim/endpoint.hpp"
#include "sim/numbers/random.hpp"
#include "sim/pods/probe.hpp"

#include <optional>

namespace stratsim {

/// The readiness probes of pods that serve. A probe waits for a worker as a request does, and an
/// answer that takes longer than the probe's time-out is a failure. Probes of a ready pod are no
/// events: its workers do nothing unforeseen until its next request comes, so they are looked at
/// then. Source: Kubernetes, core/v1 Probe; pkg/kubelet/prober.
class ReadinessProbes {
  public:
    explicit ReadinessProbes(const Cluster& cluster);

    /// Some pods are probed in a way that load can make fail.
    bool any() const { return any_; }
    /// Takes note of a template whose pods may be made.
    void regard(const PodTemplate& made_of);
    /// Nobody asks any more.
    void stop() { any_ = false; }
    /// When, up to `now`, the kubelet had seen enough failures of this ready pod; unset: never.
    std::optional<Time> failed_by(PodId id, Pod& pod, Time now);
    /// The probe of an unready pod at `now`: whether it makes the pod ready.
    bool succeeds(PodId id, Pod& pod, Time now);

  private:
    struct State {
        std::optional<Time> since{};  ///< the readiness that this is about
        Time next = never;
        int failures = 0;
        int successes = 0;
        std::uint64_t asked = 0;
    };

    const Probe* probe_of(const Pod& pod) const;
    bool answers_in_time(const Probe& probe, PodId id, Pod& pod, State& state, Time at) const;

    const Cluster& cluster_;
    Randomness random_;
    bool any_ = false;
    ByPod<State> states_;
};

}  // namespace stratsim
