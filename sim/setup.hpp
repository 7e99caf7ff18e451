#pragma once

#include "sim/arrivals.hpp"
#include "sim/move.hpp"
#include "sim/numbers/distribution.hpp"
#include "sim/pod_template.hpp"
#include "sim/rules.hpp"
#include "sim/share.hpp"
#include "sim/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// How the requests are advanced.
enum class Engine {
    request,    ///< one after the other, in order of arrival
    pods,       ///< one after the other, pod after pod: the same numbers, sooner
    aggregate,  ///< counted: how many each pod got, drawn at once
};

enum class WorkloadKind { deployment, statefulset };
enum class PodManagement { ordered_ready, parallel };

/// Where a visit is counted.
enum class VolumeKind {
    per_pod,        ///< each pod its own; a StatefulSet's is kept per ordinal, a Deployment's dies
    shared,         ///< one file for all, read-think-write without a lock
    shared_naive,   ///< the same, and the file is empty for a moment whenever it is written
    shared_rename,  ///< the same, but a new file takes its place: never empty, updates still lost
    shared_locked,  ///< one file for all, locked while it is read and written
    external,       ///< a store that counts atomically
    ephemeral,      ///< each pod its own, gone with the pod
};

/// How a consumer of the endpoints chooses. Each is one file of sim/balancers/.
enum class BalancerKind {
    random,
    round_robin,
    least_connections,
    sticky,
    random_of_two,          ///< two different pods by chance, the one with fewer requests
    least_request,          ///< Envoy
    peak_ewma,              ///< Linkerd, ingress-nginx
    source_hash,            ///< HAProxy "source": the client's address
    subnet_hash,            ///< nginx ip_hash: the first three bytes of it
    ring_hash,              ///< Envoy, ketama
    maglev,                 ///< Envoy, IPVS mh
    haproxy_least,          ///< HAProxy "leastconn"
    haproxy_random,         ///< HAProxy "random(1)"
    haproxy_random_of_two,  ///< HAProxy "random(2)", its default
};

/// Where a connection ends: at a pod for good (L4), or at the balancer, which chooses anew for
/// every request (L7).
enum class Layer { l4, l7 };

/// Where a user's address lies: all of them next to each other, or anywhere.
enum class Addresses { one_subnet, anywhere };

/// How the users' program holds connections.
enum class Connections {
    per_request,  ///< a new one for each
    keep_alive,   ///< as many as are needed at once; some are kept idle for the next requests
    http2,        ///< one a user, which carries any number of requests at once
};

/// Where a request goes that a pod has refused.
enum class Redispatch {
    nowhere,    ///< to the same pod, a second later (HAProxy without "option redispatch")
    but_last,   ///< to any but the pod that has just refused it (HAProxy)
    but_tried,  ///< to a pod that it was not sent to yet (nginx; Envoy with previous_hosts)
};

/// What stands between the users and the pods.
struct Network {
    Distribution propagation;  ///< until a change of the endpoints is heard
    /// Until the end of a pod is heard, where that differs.
    std::optional<Distribution> removal{};
    BalancerKind balancer = BalancerKind::random;
    Layer layer = Layer::l7;
    int instances = 1;  ///< balancers side by side, each with its own state and view
    int retries = 0;    ///< further pods that a refused request is offered to
    /// Requests killed in flight are retried too (nginx "error", idempotent methods only).
    bool retries_killed = false;
    Redispatch redispatch = Redispatch::but_last;
    Duration refusal_lag = std::chrono::microseconds{500};  ///< until a refusal is known
    bool retries_errors = false;  ///< answers with an error are retried (Envoy retry-on 5xx)
    /// With no endpoint a request waits at the balancer until there is one.
    bool holds = false;
    /// So long after the client has its answer the balancer still counts the request as served.
    Distribution release_lag{};
    std::optional<Duration> affinity{};  ///< a user is kept on a pod until idle for so long
    Duration slow_start{};               ///< a new pod's weight grows over so long
    Share slow_start_from{100'000};      ///< of its weight, at least
    double slow_start_aggression = 1;    ///< 1: evenly; more: faster at first
    /// After so many failures in a row a pod is passed over for `ejected_for`; 0: never.
    int eject_after = 0;
    Duration ejected_for = std::chrono::seconds{10};
    Share eject_at_most = everything;  ///< part of the listed pods; one may always be passed over
    Share panic_below = nothing;       ///< with fewer listed pods left than this, all are used
    std::vector<std::uint32_t> weights{};  ///< of the pods of t = 0; 1 where absent
    /// With no ready endpoint, use those that terminate but still serve (kube-proxy's rule).
    bool falls_back = true;
    /// Service publishNotReadyAddresses: a pod counts as ready for as long as it exists.
    bool lists_unready = false;

    friend bool operator==(const Network&, const Network&) = default;
};

/// The requests: open-loop Poisson ones from a population of users or, closed, each user's next one
/// only after the last was answered.
struct Visitors {
    double rate = 100;  ///< requests a second; closed loop: unused
    Arrivals shape{};   ///< how the rate changes with time
    std::uint32_t users = 1000;
    bool closed = false;
    Share leaves =
        nothing;           ///< closed loop: part of the answers after which a user is gone for good
    Distribution pause{};  ///< closed loop: between an answer and the next request
    Connections connections = Connections::per_request;
    int pool = 1;                               ///< keep-alive: idle connections that a user keeps
    Duration idle_timeout{};                    ///< pods close idle connections; zero: never
    std::uint32_t requests_per_connection = 0;  ///< then a new one; 0: no limit
    Addresses addresses = Addresses::anywhere;
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
    /// Revisions whose set counted its pods before the Deployment's status did: the first status
    /// after the set was made is complete, and there is none with fewer updated pods to progress
    /// from.
    std::vector<std::size_t> first_status_late{};
    /// A look at the deadline which progress has put off happens all the same (the queue keeps the
    /// earliest): the deadline may be noted up to a second early.
    bool early_look = false;

    friend bool operator==(const WriteRaces&, const WriteRaces&) = default;
};

/// One more Deployment that stands behind the same Service at t = 0.
struct StandingWorkload {
    PodTemplate made_of;
    int replicas = 0;
};

/// Everything that one simulated rollout needs to know.
struct Setup {
    WorkloadKind kind = WorkloadKind::deployment;
    PodManagement pod_management = PodManagement::ordered_ready;
    int replicas = 4;
    Duration min_ready{};
    /// [0] runs at t = 0, [1] is rolled out; others have a number before somebody applies them.
    std::vector<PodTemplate> revisions{};
    bool rolls_out = true;              ///< false: stand still
    bool new_template = true;           ///< false: the command changes only the replicas, if that
    std::optional<int> new_replicas{};  ///< what the command writes together with the template
    std::vector<StandingWorkload> others{};
    /// By version: whether the Service's selector matches its pods at t = 0; unset: all.
    std::optional<std::vector<bool>> selected{};
    std::optional<Duration> undo_after;  ///< a person notices and rolls back
    bool needs_second_set = false;       ///< the strategy keeps a second StatefulSet
    bool exists = true;                  ///< false: an action makes the workload
    bool paused = false;                 ///< Deployments: nothing is rolled out until resumed
    /// The version that the Service selects; unset: all. Actions may change it.
    std::optional<std::size_t> selector{};
    std::vector<TimedMove> actions{};  ///< what people do to the cluster, in order of time
    Time start = command;              ///< the world stands until then; see start_of()
    int partition = 0;                 ///< StatefulSets: ordinals below it stay as they are
    bool on_delete = false;            ///< StatefulSets: a pod is updated when somebody deletes it
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
    std::optional<Duration> warm_up{};    ///< traffic before the command; unset: long enough
    Duration tail{};                      ///< traffic goes on so long after all has settled
    bool keep_records = false;            ///< one record a request; costs memory
    bool draw_latencies = true;           ///< counted requests: false where nobody asks for them
    Engine engine = Engine::request;
    std::uint64_t seed = 1;
    std::uint64_t replication = 0;

    /// A template of `revisions` with its number, as a move carries it.
    PodTemplate version(std::size_t number) const {
        PodTemplate made_of = revisions[number];
        made_of.version = number;
        return made_of;
    }
};

/// From when on the world is simulated: before the command if something is done to it earlier.
inline Time start_of(const Setup& setup) {
    return setup.actions.empty() ? setup.start : std::min(setup.start, setup.actions.front().at);
}

}  // namespace stratsim
