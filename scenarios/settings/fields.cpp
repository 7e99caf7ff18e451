#include "scenarios/settings/fields.hpp"

#include "scenarios/settings/cold_start.hpp"
#include "scenarios/settings/readiness.hpp"
#include "scenarios/settings/setting_rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <type_traits>
#include <utility>

namespace stratsim {

namespace {

template <class Value>
void set_knob(Strategies& strategies, std::string_view name, const Value& value) {
    for_each_strategy(strategies, [&](auto& strategy) {
        strategy.knobs([&](std::string_view word, auto& member, auto&&...) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Value>) {
                if (word == name) member = value;
            }
        });
    });
}

template <class Value>
std::string get_knob(Strategies strategies, std::string_view name) {
    std::string text;
    for_each_strategy(strategies, [&](auto& strategy) {
        strategy.knobs([&](std::string_view word, auto& member, auto&&...) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Value>) {
                if (word == name) text = Text<Value>::print(member);
            }
        });
    });
    return text;
}

/// The strategies' own settings, by strategy; a word that belongs to several sets them all.
void add_knobs(std::vector<Field>& table) {
    Strategies prototype;
    for_each_strategy(prototype, [&](auto& strategy) {
        strategy.knobs([&](std::string_view word, auto& value, std::string_view help,
                           std::string_view source) {
            using Value = std::remove_cvref_t<decltype(value)>;
            if (std::ranges::find(table, word, &Field::word) != table.end()) return;
            Field field = described<Value>(word, help, source, "");
            field.section = strategy.name;
            field.set = [name = field.word](Scenario& s, std::string_view text) {
                set_knob<Value>(s.strategies, name, Text<Value>::parse(text));
            };
            field.get = [name = field.word](const Scenario& s) {
                return get_knob<Value>(s.strategies, name);
            };
            table.push_back(std::move(field));
        });
    });
}

// ---------------------------------------------------------------- the table

std::vector<Field> workload_rows() {
    return {
        row<&Scenario::pods>(
            "pods", "how many pods (replicas)", "assumed: 4",
            "a small service; flags only, a manifest without `replicas` means 1, as in Kubernetes"),
        row<&Scenario::kind>("kind", "what owns the pods", "assumed: deployment",
                             "flags only, a manifest says it"),
        row<&Scenario::pod_management>("pod-management",
                                       "how a StatefulSet makes and scales its pods",
                                       "Kubernetes: OrderedReady", "apps/v1 `podManagementPolicy`"),
        moves(row<&Scenario::old_version, &PodTemplate::boot>(
            "boot", "from container start until the program listens",
            "assumed: median 8s, 1 in 100 over 40s",
            "the cluster's own part is small (Kubernetes aims at 5 s for 99 of 100 pods, without "
            "image pull and init containers); the rest is the program")),
        view<readiness_of, set_readiness>(
            "readiness",
            "when a pod counts as ready: when it listens, with its container, or by a probe",
            "assumed: when it listens; Kubernetes, for manifests: none, or the probe's own",
            "a manifest says it: no probe means `none`, a probe keeps its own numbers"),
        unset<&Scenario::old_version, &PodTemplate::startup>(
            "startup",
            "a startup probe, which holds the readiness back and restarts what is too slow",
            "none unless given"),
        view<cold_start_of, set_cold_start>(
            "cold-start", "how much slower a fresh pod answers, and how that fades",
            "assumed: none", "see Retries, connections, servers"),
        row<&Scenario::old_version, &PodTemplate::pre_stop>(
            "pre-stop", "sleep between the deletion and SIGTERM", "Kubernetes: none",
            "core/v1 `lifecycle.preStop`; read from manifests when it sleeps"),
        moves(row<&Scenario::old_version, &PodTemplate::on_sigterm>(
            "on-sigterm", "what the program does when told to end",
            "assumed: what most web servers do")),
        moves(row<&Scenario::old_version, &PodTemplate::shutdown>(
            "shutdown", "from SIGTERM until the process ends by itself",
            "assumed: a program that only closes its sockets",
            "an orderly end without requests; with requests a draining pod takes as long as they "
            "need")),
        row<&Scenario::old_version, &PodTemplate::grace>("grace", "from the deletion until SIGKILL",
                                                         "Kubernetes: 30s",
                                                         "core/v1 `terminationGracePeriodSeconds`"),
        row<&Scenario::min_ready>("min-ready",
                                  "a pod counts as available after being ready for so long",
                                  "Kubernetes: 0", "apps/v1 `minReadySeconds`"),
        row<&Scenario::partition>("partition",
                                  "ordinals of a StatefulSet below it stay at the old version",
                                  "Kubernetes: 0", "apps/v1 `partition`"),
        row<&Scenario::on_delete>("on-delete",
                                  "a StatefulSet's pod is updated when somebody deletes it",
                                  "Kubernetes: RollingUpdate"),
        row<&Scenario::progress_deadline>("progress-deadline",
                                          "a Deployment without progress for so long says so",
                                          "Kubernetes: 10m", "apps/v1 `progressDeadlineSeconds`"),
        row<&Scenario::paused>("paused", "a Deployment rolls nothing out until somebody resumes it",
                               "Kubernetes: false", "apps/v1 `paused`"),
    };
}

std::vector<Field> cluster_rows() {
    return {
        row<&Scenario::kubernetes>("kubernetes", "whose controllers run the rollout", "1.36",
                                   "a version is a set of rules; see Controllers"),
        unset<&Scenario::feature_gate>("feature-gate",
                                       "a gate of the controllers; unset: the version's default",
                                       "the version's own default"),
        unset<&Scenario::actions>("actions",
                                  "what people do meanwhile: scale, pause, resume, undo, apply, "
                                  "create, select, delete, fail, recover, partition",
                                  "nothing happens to the cluster but the rollout"),
    };
}

std::vector<Field> traffic_rows() {
    return {
        moves(row<&Scenario::rate>("rate", "requests, Poisson",
                                   "assumed: nothing is known of the traffic", "measure your own")),
        unset<&Scenario::load>(
            "load", "instead of the rate: part of what the ready pods can serve",
            "the rate is this share of pods x concurrency / (mean service and think time)"),
        row<&Scenario::shape>("shape", "how the rate changes around its mean", "assumed: constant"),
        path(unset<&Scenario::replay>(
            "replay", "a recorded course of the rate, from its first instant at the command",
            "see Requests")),
        unset<&Scenario::pause>(
            "pause",
            "instead of a rate: users wait for each answer, and so long before the next request",
            "the requests come whether earlier ones are answered or not"),
        row<&Scenario::connections>("connections", "how users hold connections to pods (level 4)",
                                    "assumed: per-request"),
        row<&Scenario::addresses>("addresses",
                                  "where the users' addresses lie, for balancers that hash them",
                                  "assumed: anywhere"),
        row<&Scenario::users>(
            "users", "how many people send the requests", "assumed: 1000",
            "matters for who is hurt or sees both versions, not for what is lost"),
        moves(row<&Scenario::old_version, &PodTemplate::service_time>(
            "service-time", "how long a pod works on a request", "assumed: mean 20ms",
            "most requests are quick, a few slow; measure your own")),
        row<&Scenario::old_version, &PodTemplate::concurrency>(
            "concurrency", "requests that a pod serves at once; 0: no limit", "assumed: 10"),
        row<&Scenario::old_version, &PodTemplate::discipline>(
            "discipline", "who shares a pod's capacity: first come, first served, or all at once",
            "assumed: first-come"),
        row<&Scenario::old_version, &PodTemplate::queue>("queue", "requests that may wait in a pod",
                                                         "assumed: unlimited",
                                                         "no limit that would hide a backlog"),
        row<&Scenario::client_timeout>("client-timeout", "how long a client waits for its answer",
                                       "assumed: 15s", "measure your own"),
    };
}

std::vector<Field> network_rows() {
    return {
        row<&Scenario::network>("network", "what stands between users and pods",
                                "Kubernetes: kube-proxy",
                                "`gateway` where an Ingress, an HTTPRoute or a GRPCRoute of the "
                                "manifests points at the Service"),
        unset<&Scenario::balancer>(
            "balancer", "who gets a request; unset: the network's own",
            "kube-proxy's iptables mode picks at random; round-robin is assumed for a proxy"),
        row<&Scenario::publish_not_ready>(
            "publish-not-ready",
            "the Service lists pods from creation until they are gone, ready or not",
            "Kubernetes: false", "core/v1 `publishNotReadyAddresses`"),
        moves(row<&Scenario::propagation>(
            "propagation", "until the balancer hears that a pod is ready or ends",
            "assumed: median 1s, 1 in 100 over 10s; no public measurement",
            "reports for kube-proxy range from 1 to 3 s in small clusters to 10 to 30 s through "
            "several hops")),
        unset<&Scenario::removal>(
            "removal", "until the balancer hears that a pod ends; unset: as propagation",
            "as propagation; documented and measured values differ by network"),
        unset<&Scenario::layer>("layer",
                                "where a connection ends: at a pod (l4), or at the balancer, which "
                                "chooses for every request (l7); unset: the network's own",
                                "the network's own"),
        row<&Scenario::instances>("instances", "balancers side by side, each with its own view",
                                  "assumed: 1"),
        unset<&Scenario::retries>(
            "retries", "further pods that a failed request is offered to; unset: the network's own",
            "the network's own"),
        unset<&Scenario::retry_on>("retry-on",
                                   "which failures are retried; unset: the network's own",
                                   "the network's own"),
        row<&Scenario::redispatch>("redispatch", "a retry goes to another pod, not to the same one",
                                   "assumed: true"),
        row<&Scenario::wait_for_endpoint>("wait-for-endpoint",
                                          "without an endpoint a request waits at the balancer",
                                          "assumed: false", "activators do, proxies do not"),
        row<&Scenario::affinity>("affinity",
                                 "a user comes back to the same pod, by address or by cookie",
                                 "Kubernetes: none", "a Service's `sessionAffinity`"),
        row<&Scenario::affinity_timeout>(
            "affinity-timeout", "an address is forgotten after so long", "Kubernetes: 10800s",
            "a Service's `sessionAffinityConfig`"),
        row<&Scenario::slow_start>("slow-start", "the part of a new pod grows over so long",
                                   "assumed: 0"),
        row<&Scenario::ejection>("ejection",
                                 "a pod that fails so often in a row is passed over for a while",
                                 "assumed: none", "the numbers are Envoy's defaults"),
        unset<&Scenario::weights>(
            "weights", "of the pods of t = 0, in their order; unset: all alike", "all alike"),
    };
}

std::vector<Field> new_version_rows() {
    return {
        given(row<&Scenario::new_version>("new", "in what the new version differs",
                                          "assumed: in nothing",
                                          "the new version is as the old one")),
        unset<&Scenario::undo_after>("undo-after",
                                     "a person notices a bad release after so long and rolls back",
                                     "nobody notices; `compare` assumes 2m for a bad release"),
    };
}

std::vector<Field> state_rows() {
    return {
        row<&Scenario::volume>("volume", "where visits are counted", "assumed: per-pod",
                               "as with `volumeClaimTemplates`"),
        row<&Scenario::think>("think",
                              "between reading and writing the counter; added to the service time",
                              "assumed: 0", "reading and writing take no time"),
    };
}

std::vector<Field> runs_rows() {
    return {
        row<&Scenario::runs>("runs", "simulated rollouts", "100", "enough for a range of 9 of 10"),
        unset<&Scenario::until>("until",
                                "simulate on until a number is known so well: half its 95% "
                                "interval; --runs is the most",
                                "see how many runs"),
        row<&Scenario::engine>("engine",
                               "how requests are simulated: counted (aggregate), pod after pod, "
                               "one by one, or what is exact and quick",
                               "auto", "see the engines"),
        row<&Scenario::seed>("seed", "of all random numbers; 1:42 begins with run 42 of seed 1",
                             "1", "any number will do"),
        row<&Scenario::observe>("observe", "look at least for so long after the command",
                                "until all has settled", "see the window"),
        unset<&Scenario::visits>("visits", "exactly so many requests (strategy none)",
                                 "see the window"),
    };
}

std::vector<Field> prices_rows() {
    return {
        moves(row<&Scenario::cpu>("cpu", "vCPU that a pod asks for", "assumed: a small web service",
                                  "half a core; a manifest's `resources.requests` outweighs it")),
        moves(row<&Scenario::memory_gb>(
            "memory", "GB of memory that a pod asks for", "assumed: 0.5",
            "half a GB (10^9 bytes); a manifest's `resources.requests` outweighs it")),
        row<&Scenario::prices, &Prices::currency>("currency", "of the prices", "USD",
                                                  "that of OpenCost's prices"),
        moves(row<&Scenario::prices, &Prices::cpu_hour>("cpu-hour", "price of a vCPU for an hour",
                                                        "OpenCost default.json (GCP us-central1)")),
        moves(row<&Scenario::prices, &Prices::memory_hour>(
            "memory-hour", "price of a GB of memory for an hour",
            "OpenCost default.json (GCP us-central1)")),
    };
}

std::vector<Field> make_table() {
    std::vector<Field> table;
    const auto add = [&](std::string_view section, std::vector<Field> rows) {
        for (Field& row : rows) {
            row.section = section;
            table.push_back(std::move(row));
        }
    };
    add("workload", workload_rows());
    add("cluster", cluster_rows());
    add("traffic", traffic_rows());
    add("network", network_rows());
    add_knobs(table);
    add("new version", new_version_rows());
    add("state", state_rows());
    add("runs", runs_rows());
    add("prices", prices_rows());
    return table;
}

}  // namespace

const std::vector<Field>& fields() {
    static const std::vector<Field> table = make_table();
    return table;
}

const Field* find_field(std::string_view word) {
    const auto& table = fields();
    const auto field = std::ranges::find(table, word, &Field::word);
    return field == table.end() ? nullptr : &*field;
}

bool uses(const Scenario& s, std::string_view word) {
    bool found = false;
    for_each_strategy(s.strategies, [&](const auto& strategy) {
        if (strategy.name != s.strategy) return;
        auto copy = strategy;
        copy.knobs([&](std::string_view w, auto&&...) { found |= w == word; });
    });
    return found;
}

}  // namespace stratsim
