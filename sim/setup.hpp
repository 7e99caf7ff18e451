#pragma once

#include "sim/action.hpp"
#include "sim/distribution.hpp"
#include "sim/rules.hpp"
#include "sim/share.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// What a program does when it is told to end.
enum class OnSigterm {
    exit,    ///< gone at once, requests in flight die
    drain,   ///< stops listening, finishes what it has
    serve,   ///< serves on for the shutdown time, then drains
    ignore,  ///< serves on until it is killed
};

/// A probe as the kubelet runs it. Source: Kubernetes, core/v1 Probe.
struct Probe {
    Duration initial_delay{};
    Duration period = std::chrono::seconds{10};
    int success_threshold = 1;
    int failure_threshold = 3;

    friend bool operator==(const Probe&, const Probe&) = default;
};

/// When a pod counts as ready.
enum class ReadyWhen {
    booted,   ///< the instant its program listens (a pod described by flags)
    started,  ///< when its container starts, while the program still boots (no readiness probe)
    probed,   ///< when its readiness probe has succeeded often enough
};

/// One revision of the pod template: what is known, or assumed, of a version.
struct PodTemplate {
    Distribution boot;          ///< from container start until the program listens
    Distribution service_time;  ///< of one request
    Share errors = nothing;     ///< part of the answers that are errors
    bool becomes_ready = true;
    std::optional<std::uint32_t>
        never_ready_from{};  ///< pods from this one on (the first is 0) never are
    std::vector<Duration>
        boots{};  ///< taken in order of creation, over and over, instead of `boot`
    OnSigterm on_sigterm = OnSigterm::drain;
    Distribution shutdown;  ///< from SIGTERM until the process ends by itself
    Duration pre_stop{};
    Duration grace = std::chrono::seconds{30};
    int concurrency = 10;      ///< requests served at once; 0: no limit
    std::optional<int> queue;  ///< requests that may wait; unset: no limit
    ReadyWhen ready_when = ReadyWhen::booted;
    std::optional<Probe> readiness;
    std::optional<Probe> startup;

    friend bool operator==(const PodTemplate&, const PodTemplate&) = default;
};

enum class WorkloadKind { deployment, statefulset };
enum class PodManagement { ordered_ready, parallel };

/// Where a visit is counted.
enum class VolumeKind {
    per_pod,        ///< each pod its own; a StatefulSet's is kept per ordinal, a Deployment's dies
    shared,         ///< one file for all, read-think-write without a lock
    shared_locked,  ///< one file for all, locked while it is read and written
    external,       ///< a store that counts atomically
    ephemeral,      ///< each pod its own, gone with the pod
};

enum class BalancerKind { random, round_robin, least_connections, sticky };

/// What stands between the users and the pods.
struct Network {
    Distribution propagation;  ///< until a change of the endpoints is heard
    BalancerKind balancer = BalancerKind::random;
    /// With no ready endpoint, use those that terminate but still serve (kube-proxy's rule).
    bool falls_back = true;

    friend bool operator==(const Network&, const Network&) = default;
};

/// Open-loop Poisson requests from a population of users.
struct Visitors {
    double rate = 100;  ///< requests a second
    std::uint32_t users = 1000;
    Duration timeout = std::chrono::seconds{15};
    Distribution think;  ///< between reading and writing the counter

    friend bool operator==(const Visitors&, const Visitors&) = default;
};

/// Races between the writes of real controllers, each of which may end either way. They touch the
/// condition Progressing only; a simulation takes the usual end unless it is told otherwise.
struct WriteRaces {
    /// The note that a new replica set was made meets a conflict and is lost (sync.go,
    /// getNewReplicaSet: the set is there at the next pass, which notes nothing).
    bool new_set_unnoted = false;
    /// The first status after a new set was made already counts its pods: there is none with fewer
    /// updated pods to progress from.
    bool first_status_late = false;
    /// A look at the deadline which progress has put off happens all the same (the queue keeps the
    /// earliest): the deadline may be noted up to a second early.
    bool early_look = false;

    friend bool operator==(const WriteRaces&, const WriteRaces&) = default;
};

/// Everything that one simulated rollout needs to know.
struct Setup {
    WorkloadKind kind = WorkloadKind::deployment;
    PodManagement pod_management = PodManagement::ordered_ready;
    int replicas = 4;
    Duration min_ready{};
    std::vector<PodTemplate> revisions;  ///< [0] runs at t = 0; [1] is rolled out
    bool rolls_out = true;               ///< false: stand still
    std::optional<Duration> undo_after;  ///< a person notices and rolls back
    bool needs_second_set = false;       ///< the strategy keeps a second StatefulSet
    bool exists = true;                  ///< false: an action makes the workload
    std::vector<TimedAction> actions{};  ///< what people do to the cluster, in order of time
    int partition = 0;                   ///< StatefulSets: ordinals below it stay as they are
    bool on_delete = false;  ///< StatefulSets: a pod is updated when somebody deletes it
    PodCount set_max_unavailable{1, false};  ///< StatefulSets, where the rules honour it
    bool claims = true;                      ///< StatefulSets: each ordinal has a volume claim
    std::optional<Duration> progress_deadline = std::chrono::minutes{10};
    int history = 10;  ///< old revisions that are kept (revisionHistoryLimit)
    Rules rules = default_kubernetes.rules;
    WriteRaces races{};
    Duration clock_phase{};  ///< of the wall clock past a whole second at t = 0
    Network network;
    Visitors visitors;
    VolumeKind volume = VolumeKind::per_pod;
    Duration observe{};                   ///< at least this long
    std::optional<std::uint64_t> visits;  ///< exactly so many requests (stand still)
    std::uint64_t seed = 1;
    std::uint64_t replication = 0;
};

}  // namespace stratsim
