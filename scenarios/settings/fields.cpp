#include "scenarios/settings/fields.hpp"

#include "scenarios/settings/cold_start.hpp"
#include "scenarios/settings/readiness.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <type_traits>

namespace stratsim {

namespace {

/// Collects the table; `at` leads from a scenario to the setting's value.
class Table {
  public:
    Table& section(std::string name) {
        section_ = std::move(name);
        return *this;
    }

    template <class At>
    Field& add(std::string_view word, At at, std::string_view help, std::string_view source) {
        using Value = std::remove_cvref_t<decltype(at(std::declval<Scenario&>()))>;
        return list.emplace_back(
            Field{.word = std::string(word),
                  .section = section_,
                  .help = std::string(help),
                  .source = std::string(source),
                  .form = Text<Value>::form(),
                  .set = [at](Scenario& s, std::string_view t) { at(s) = Text<Value>::parse(t); },
                  .get =
                      [at](const Scenario& s) {
                          return Text<Value>::print(at(const_cast<Scenario&>(s)));
                      }});
    }

    /// A setting that is unset unless somebody gives it.
    template <class At>
    Field& add_optional(std::string_view word, At at, std::string_view help) {
        using Value =
            typename std::remove_cvref_t<decltype(at(std::declval<Scenario&>()))>::value_type;
        Field& field = list.emplace_back();
        field = {.word = std::string(word),
                 .section = section_,
                 .help = std::string(help),
                 .source = "",
                 .form = Text<Value>::form(),
                 .set = [at](Scenario& s, std::string_view t) { at(s) = Text<Value>::parse(t); },
                 .get =
                     [at](const Scenario& s) {
                         const auto& value = at(const_cast<Scenario&>(s));
                         return value ? Text<Value>::print(*value) : std::string();
                     }};
        field.has_default = false;
        return field;
    }

    /// A setting that is no member but is made of several: `take` and `give` convert it.
    template <class Take, class Give>
    Field& add_view(std::string_view word, Take take, Give give, std::string_view help,
                    std::string_view source) {
        using Value = decltype(take(std::declval<const Scenario&>()));
        return list.emplace_back(Field{
            .word = std::string(word),
            .section = section_,
            .help = std::string(help),
            .source = std::string(source),
            .form = Text<Value>::form(),
            .set = [give](Scenario& s, std::string_view t) { give(s, Text<Value>::parse(t)); },
            .get = [take](const Scenario& s) { return Text<Value>::print(take(s)); }});
    }

    /// A strategy's own settings; one word may belong to several strategies and sets them all.
    void add_knobs() {
        for_each_strategy(prototype_, [&](auto& strategy) {
            section_ = std::string(strategy.name);
            strategy.knobs([&](std::string_view word, auto& value, std::string_view help,
                               std::string_view source) {
                using Value = std::remove_cvref_t<decltype(value)>;
                const std::string name(word);
                const auto same = [&](const Field& f) { return f.word == name; };
                if (std::ranges::any_of(list, same)) return;
                list.push_back({.word = name,
                                .section = section_,
                                .help = std::string(help),
                                .source = std::string(source),
                                .form = Text<Value>::form(),
                                .set =
                                    [name](Scenario& s, std::string_view text) {
                                        set_knob<Value>(s.strategies, name,
                                                        Text<Value>::parse(text));
                                    },
                                .get =
                                    [name](const Scenario& s) {
                                        return get_knob<Value>(s.strategies, name);
                                    }});
            });
        });
    }

    std::vector<Field> list;

  private:
    template <class Value>
    static void set_knob(Strategies& strategies, std::string_view name, const Value& value) {
        for_each_strategy(strategies, [&](auto& strategy) {
            strategy.knobs([&](std::string_view word, auto& member, auto&&...) {
                if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Value>) {
                    if (word == name) member = value;
                }
            });
        });
    }

    template <class Value>
    static std::string get_knob(Strategies strategies, std::string_view name) {
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

    std::string section_;
    Strategies prototype_;
};

std::vector<Field> make_table() {
    Table t;
    t.section("workload");
    t.add(
        "pods", [](Scenario & s) -> auto& { return s.pods; }, "how many pods (replicas)",
        "assumed: 4");
    t.add(
        "kind", [](Scenario & s) -> auto& { return s.kind; }, "what owns the pods",
        "assumed: deployment");
    t.add(
        "pod-management", [](Scenario & s) -> auto& { return s.pod_management; },
        "how a StatefulSet makes and scales its pods", "Kubernetes: OrderedReady");
    t.add(
         "boot", [](Scenario & s) -> auto& { return s.old_version.boot; },
         "from container start until the program listens", "assumed: median 8s, 1 in 100 over 40s")
        .moves = true;
    t.add_view(
        "readiness", [](const Scenario& s) { return readiness_of(s.old_version); },
        [](Scenario& s, const Readiness& r) { set_readiness(s.old_version, r); },
        "when a pod counts as ready: when it listens, with its container, or by a probe",
        "assumed: when it listens; Kubernetes, for manifests: none, or the probe's own");
    t.add_optional(
        "startup", [](Scenario & s) -> auto& { return s.old_version.startup; },
        "a startup probe, which holds the readiness back and restarts what is too slow");
    t.add_view(
        "cold-start", [](const Scenario& s) { return cold_start_of(s.old_version); },
        [](Scenario& s, const ColdStart& c) { set_cold_start(s.old_version, c); },
        "how much slower a fresh pod answers, and how that fades", "assumed: none");
    t.add(
        "pre-stop", [](Scenario & s) -> auto& { return s.old_version.pre_stop; },
        "sleep between the deletion and SIGTERM", "Kubernetes: none");
    t.add(
         "on-sigterm", [](Scenario & s) -> auto& { return s.old_version.on_sigterm; },
         "what the program does when told to end", "assumed: what most web servers do")
        .moves = true;
    t.add(
         "shutdown", [](Scenario & s) -> auto& { return s.old_version.shutdown; },
         "from SIGTERM until the process ends by itself",
         "assumed: a program that only closes its sockets")
        .moves = true;
    t.add(
        "grace", [](Scenario & s) -> auto& { return s.old_version.grace; },
        "from the deletion until SIGKILL", "Kubernetes: 30s");
    t.add(
        "min-ready", [](Scenario & s) -> auto& { return s.min_ready; },
        "a pod counts as available after being ready for so long", "Kubernetes: 0");
    t.add(
        "partition", [](Scenario & s) -> auto& { return s.partition; },
        "ordinals of a StatefulSet below it stay at the old version", "Kubernetes: 0");
    t.add(
        "on-delete", [](Scenario & s) -> auto& { return s.on_delete; },
        "a StatefulSet's pod is updated when somebody deletes it", "Kubernetes: RollingUpdate");
    t.add(
        "progress-deadline", [](Scenario & s) -> auto& { return s.progress_deadline; },
        "a Deployment without progress for so long says so", "Kubernetes: 10m");
    t.add(
        "paused", [](Scenario & s) -> auto& { return s.paused; },
        "a Deployment rolls nothing out until somebody resumes it", "Kubernetes: false");

    t.section("cluster");
    t.add(
        "kubernetes", [](Scenario & s) -> auto& { return s.kubernetes; },
        "whose controllers run the rollout", "1.36");
    t.add_optional(
        "feature-gate", [](Scenario & s) -> auto& { return s.feature_gate; },
        "a gate of the controllers; unset: the version's default");
    t.add_optional(
        "actions", [](Scenario & s) -> auto& { return s.actions; },
        "what people do meanwhile: scale, pause, resume, undo, apply, create, select, delete, "
        "fail, recover, partition");

    t.section("traffic");
    t.add(
         "rate", [](Scenario & s) -> auto& { return s.rate; }, "requests, Poisson",
         "assumed: nothing is known of the traffic")
        .moves = true;
    t.add_optional(
        "load", [](Scenario & s) -> auto& { return s.load; },
        "instead of the rate: part of what the ready pods can serve");
    t.add(
        "shape", [](Scenario & s) -> auto& { return s.shape; },
        "how the rate changes around its mean", "assumed: constant");
    t.add_optional(
         "replay", [](Scenario & s) -> auto& { return s.replay; },
         "a recorded course of the rate, from its first instant at the command")
        .is_path = true;
    t.add_optional(
        "pause", [](Scenario & s) -> auto& { return s.pause; },
        "instead of a rate: users wait for each answer, and so long before the next request");
    t.add(
        "connections", [](Scenario & s) -> auto& { return s.connections; },
        "how users hold connections to pods (level 4)", "assumed: per-request");
    t.add(
        "addresses", [](Scenario & s) -> auto& { return s.addresses; },
        "where the users' addresses lie, for balancers that hash them", "assumed: anywhere");
    t.add(
        "users", [](Scenario & s) -> auto& { return s.users; }, "how many people send the requests",
        "assumed: 1000");
    t.add(
         "service-time", [](Scenario & s) -> auto& { return s.old_version.service_time; },
         "how long a pod works on a request", "assumed: mean 20ms")
        .moves = true;
    t.add(
        "concurrency", [](Scenario & s) -> auto& { return s.old_version.concurrency; },
        "requests that a pod serves at once; 0: no limit", "assumed: 10");
    t.add(
        "discipline", [](Scenario & s) -> auto& { return s.old_version.discipline; },
        "who shares a pod's capacity: first come, first served, or all at once",
        "assumed: first-come");
    t.add(
        "queue", [](Scenario & s) -> auto& { return s.old_version.queue; },
        "requests that may wait in a pod", "assumed: unlimited");
    t.add(
        "client-timeout", [](Scenario & s) -> auto& { return s.client_timeout; },
        "how long a client waits for its answer", "assumed: 15s");

    t.section("network");
    t.add(
        "network", [](Scenario & s) -> auto& { return s.network; },
        "what stands between users and pods", "Kubernetes: kube-proxy");
    t.add_optional(
        "balancer", [](Scenario & s) -> auto& { return s.balancer; },
        "who gets a request; unset: the network's own");
    t.add(
        "publish-not-ready", [](Scenario & s) -> auto& { return s.publish_not_ready; },
        "the Service lists pods from creation until they are gone, ready or not",
        "Kubernetes: false");
    t.add(
         "propagation", [](Scenario & s) -> auto& { return s.propagation; },
         "until the balancer hears that a pod is ready or ends",
         "assumed: median 1s, 1 in 100 over 10s; no public measurement")
        .moves = true;

    t.add_optional(
        "removal", [](Scenario & s) -> auto& { return s.removal; },
        "until the balancer hears that a pod ends; unset: as propagation");
    t.add_optional(
        "layer", [](Scenario & s) -> auto& { return s.layer; },
        "where a connection ends: at a pod (l4), or at the balancer, which chooses for every "
        "request (l7); unset: the network's own");
    t.add(
        "instances", [](Scenario & s) -> auto& { return s.instances; },
        "balancers side by side, each with its own view", "assumed: 1");
    t.add_optional(
        "retries", [](Scenario & s) -> auto& { return s.retries; },
        "further pods that a failed request is offered to; unset: the network's own");
    t.add_optional(
        "retry-on", [](Scenario & s) -> auto& { return s.retry_on; },
        "which failures are retried; unset: the network's own");
    t.add(
        "redispatch", [](Scenario & s) -> auto& { return s.redispatch; },
        "a retry goes to another pod, not to the same one", "assumed: true");
    t.add(
        "wait-for-endpoint", [](Scenario & s) -> auto& { return s.wait_for_endpoint; },
        "without an endpoint a request waits at the balancer", "assumed: false");
    t.add(
        "affinity", [](Scenario & s) -> auto& { return s.affinity; },
        "a user comes back to the same pod, by address or by cookie", "Kubernetes: none");
    t.add(
        "affinity-timeout", [](Scenario & s) -> auto& { return s.affinity_timeout; },
        "an address is forgotten after so long", "Kubernetes: 10800s");
    t.add(
        "slow-start", [](Scenario & s) -> auto& { return s.slow_start; },
        "the part of a new pod grows over so long", "assumed: 0");
    t.add(
        "ejection", [](Scenario & s) -> auto& { return s.ejection; },
        "a pod that fails so often in a row is passed over for a while", "assumed: none");
    t.add_optional(
        "weights", [](Scenario & s) -> auto& { return s.weights; },
        "of the pods of t = 0, in their order; unset: all alike");

    t.add_knobs();

    t.section("new version");
    Field& fresh = t.add(
        "new", [](Scenario & s) -> auto& { return s.new_version; },
        "in what the new version differs", "assumed: in nothing");
    fresh.has_default = false;
    t.add_optional(
        "undo-after", [](Scenario & s) -> auto& { return s.undo_after; },
        "a person notices a bad release after so long and rolls back");

    t.section("state");
    t.add(
        "volume", [](Scenario & s) -> auto& { return s.volume; }, "where visits are counted",
        "assumed: per-pod");
    t.add(
        "think", [](Scenario & s) -> auto& { return s.think; },
        "between reading and writing the counter; added to the service time", "assumed: 0");

    t.section("runs");
    t.add(
        "runs", [](Scenario & s) -> auto& { return s.runs; }, "simulated rollouts", "100");
    t.add_optional(
        "until", [](Scenario & s) -> auto& { return s.until; },
        "simulate on until a number is known so well: half its 95% interval; --runs is the most");
    t.add(
        "engine", [](Scenario & s) -> auto& { return s.engine; },
        "how requests are simulated: counted (aggregate), pod after pod, one by one, or what is "
        "exact and quick",
        "auto");
    t.add(
        "seed", [](Scenario & s) -> auto& { return s.seed; },
        "of all random numbers; 1:42 begins with run 42 of seed 1", "1");
    t.add(
        "observe", [](Scenario & s) -> auto& { return s.observe; },
        "look at least for so long after the command", "until all has settled");
    t.add_optional(
        "visits", [](Scenario & s) -> auto& { return s.visits; },
        "exactly so many requests (strategy none)");

    t.section("prices");
    t.add(
         "cpu", [](Scenario & s) -> auto& { return s.cpu; }, "vCPU that a pod asks for",
         "assumed: a small web service")
        .moves = true;
    t.add(
         "memory", [](Scenario & s) -> auto& { return s.memory_gb; },
         "GB of memory that a pod asks for", "assumed: 0.5")
        .moves = true;
    t.add(
        "currency", [](Scenario & s) -> auto& { return s.prices.currency; }, "of the prices",
        "USD");
    t.add(
         "cpu-hour", [](Scenario & s) -> auto& { return s.prices.cpu_hour; },
         "price of a vCPU for an hour", "OpenCost default.json (GCP us-central1)")
        .moves = true;
    t.add(
         "memory-hour", [](Scenario & s) -> auto& { return s.prices.memory_hour; },
         "price of a GB of memory for an hour", "OpenCost default.json (GCP us-central1)")
        .moves = true;
    return std::move(t.list);
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
