#pragma once

#include "scenarios/settings/actions.hpp"
#include "scenarios/settings/engines.hpp"
#include "scenarios/settings/expectation.hpp"
#include "scenarios/settings/habits.hpp"
#include "scenarios/settings/networks.hpp"
#include "scenarios/settings/origin.hpp"
#include "scenarios/settings/rate_series.hpp"
#include "scenarios/settings/seed.hpp"
#include "scenarios/settings/traffic_shape.hpp"
#include "scenarios/settings/units.hpp"
#include "scenarios/settings/until.hpp"
#include "sim/setup.hpp"
#include "strategies/strategy.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

template <>
struct Text<NetworkKind> {
    static NetworkKind parse(std::string_view s);
    static std::string print(const NetworkKind& kind);
    static std::string form();
};

/// In what the new version differs from the old.
struct NewVersion {
    std::optional<Distribution> boot;
    std::optional<Distribution> service_time;
    Share errors = nothing;
    bool never_ready = false;

    bool is_bad() const { return errors > nothing || never_ready; }
    friend bool operator==(const NewVersion&, const NewVersion&) = default;
};

template <>
struct Text<NewVersion> {
    static NewVersion parse(std::string_view s);
    static std::string print(const NewVersion& version);
    static std::string form();
};

/// What applying a new version of the manifests over an old one does to a workload.
struct Update {
    std::string from;          ///< where the version that stands is described: "old/web.yaml:1"
    PodTemplate standing;      ///< of the pods that stand
    int pods = 0;              ///< that stand
    bool new_template = true;  ///< the pods are replaced
    bool idle = false;         ///< neither pods nor endpoints change
    std::vector<std::string> changes{};  ///< field, old and new value, place
};

/// Another Deployment behind the same Service.
struct Companion {
    std::string name;  ///< "deployment/web-canary"
    PodTemplate standing;
    int pods = 0;                       ///< that stand
    bool exists = true;                 ///< false: applying creates it
    std::optional<PodTemplate> next{};  ///< its own new template
    int pods_after = 0;                 ///< what the new version asks for
};

/// Which pods a Service selects, by revision: [0] those that stand, [1] the new ones, then of each
/// companion those that stand and, if its template changes, its new ones.
struct Selection {
    std::vector<bool> before;
    std::vector<bool> after;
};

/// A file that an action applies later: what it makes of the workload.
struct LaterVersion {
    std::string file;
    PodTemplate pods_made_of;
    std::optional<int> pods{};
    std::optional<std::size_t> same_as{};  ///< the revision, if its template is none of its own
};

/// What a pod costs an hour.
struct Prices {
    std::string currency = "USD";
    double cpu_hour = 0.031611;     ///< a vCPU
    double memory_hour = 0.004237;  ///< a GB
};

/// What to simulate, as a value: flags, scenario files and manifests all become one of these.
struct Scenario {
    Scenario();

    std::string name = "web";  ///< of the workload
    std::string service;       ///< that selects its pods; empty: called like the workload
    std::string from;          ///< where the workload is described: "web.yaml:1"; empty: flags
    std::string strategy;      ///< a name of the list, "none", or empty: the workload's own
    Strategies strategies;     ///< every strategy with its settings

    WorkloadKind kind = WorkloadKind::deployment;
    PodManagement pod_management = PodManagement::ordered_ready;
    int pods = 4;
    Duration min_ready{};
    int partition = 0;       ///< StatefulSets: ordinals below it stay as they are
    bool on_delete = false;  ///< StatefulSets: a pod is updated when somebody deletes it
    Duration progress_deadline = std::chrono::minutes{10};
    bool paused = false;  ///< a Deployment that rolls nothing out until it is resumed
    KubernetesVersion kubernetes = default_kubernetes;
    std::optional<FeatureGate> feature_gate;
    std::optional<ActionList> actions;
    PodTemplate old_version;               ///< boot, service time, probes, how a pod ends
    std::optional<Update> update{};        ///< unset: any release of what is described
    std::vector<Companion> companions{};   ///< behind the same Service
    std::vector<LaterVersion> later{};     ///< that actions apply
    std::optional<Selection> selection{};  ///< unset: the Service selects all pods
    NewVersion new_version;
    Rate rate{100};
    std::optional<Share> load;          ///< of the ready pods' capacity, instead of the rate
    TrafficShape shape;                 ///< how the rate changes around its mean
    std::optional<RateSeries> replay;   ///< a recorded course of it, instead of a shape
    std::optional<Distribution> pause;  ///< users wait for answers, and so long after each
    ConnectionHabit connections;
    Addresses addresses = Addresses::anywhere;
    std::uint32_t users = 1000;
    Duration client_timeout = std::chrono::seconds{15};
    NetworkKind network = NetworkKind::kube_proxy;
    std::optional<BalancerKind> balancer;  ///< unset: the network's own
    std::optional<Layer> layer;            ///< unset: the network's own
    bool publish_not_ready = false;        ///< the Service lists pods that are not ready, too
    Distribution propagation;
    std::optional<Distribution> removal;  ///< of the end of a pod; unset: as propagation
    int instances = 1;                    ///< of the balancer
    std::optional<int> retries;           ///< unset: the network's own
    std::optional<RetryCauses> retry_on;  ///< the same
    bool redispatch = true;
    bool wait_for_endpoint = false;
    Affinity affinity = Affinity::none;
    Duration affinity_timeout = std::chrono::hours{3};
    SlowStart slow_start;
    Ejection ejection;
    std::optional<Weights> weights;
    VolumeKind volume = VolumeKind::per_pod;
    Distribution think;
    std::optional<Duration> undo_after;
    Duration observe{};
    std::optional<std::uint64_t> visits;
    EngineKind engine = EngineKind::automatic;
    std::uint64_t runs = 100;    ///< with `until`: at most, if somebody gave it
    std::optional<Until> until;  ///< unset: as many as `runs` says
    Seed seed;
    double cpu = 0.5;        ///< vCPU that a pod asks for
    double memory_gb = 0.5;  ///< GB that a pod asks for
    Prices prices;

    /// By word: where a setting comes from. What is absent is assumed.
    std::map<std::string, Origin, std::less<>> origins;
    /// By key: where its manifest can be mended; see Workload.
    std::map<std::string, Origin, std::less<>> places;
    std::string port;  ///< a number or name that the program listens on; empty: not told
    /// Remarks on what was read: kinds passed over, a strategy that a field does not concern.
    std::vector<std::string> remarks;
    /// What the result is judged by.
    std::vector<Expectation> expectations;

    bool given(std::string_view word) const { return origins.contains(word); }
    double cost_per_pod_second() const {
        return (cpu * prices.cpu_hour + memory_gb * prices.memory_hour) / 3600.0;
    }
};

/// Requests a second: as given, the given part of what the pods can serve, the mean of what was
/// recorded, or as many as users who wait for their answers send at most.
double requests_per_second(const Scenario& scenario);

/// Pods that are asked for, with those of the companions.
int fleet_of(const Scenario& scenario);

/// What the names in the scenario's actions mean.
Cast cast_of(const Scenario& scenario);

/// One replication of the scenario, as the engine wants it.
Setup setup_of(const Scenario& scenario, std::uint64_t replication);

/// The strategy that the scenario names, with its settings; unset for "none".
std::optional<Strategy> strategy_of(const Scenario& scenario);

/// What controls the scenario's workloads: its strategy the one, a rolling update the companions.
Controller control_of(const Scenario& scenario);

/// The names of all strategies, in the order of the list.
std::vector<std::string> strategy_names();
/// The same, and "none": what can stand where a strategy is named.
std::vector<std::string> strategy_choices();

}  // namespace stratsim
