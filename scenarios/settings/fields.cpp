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

constexpr int most_pods = 100'000;
constexpr std::uint32_t most_users = 100'000'000;
constexpr std::uint64_t most_runs_given = 1'000'000;

using Complain = std::function<void(std::string, std::string, std::string, std::string)>;

/// What does not fit together on the way of a request.
void complain_of_requests(const Scenario& s, const Complain& complain) {
    const auto contradiction = [&](std::string_view word, std::string message, std::string advice) {
        complain(std::string(word), std::move(message), std::move(advice), "contradiction");
    };
    const auto range = [&](std::string_view word, std::string message, std::string advice) {
        complain(std::string(word), std::move(message), std::move(advice), "range");
    };
    const bool shaped = s.shape.kind != TrafficShape::Kind::constant;
    if (s.replay && shaped) {
        contradiction("replay", "replay and shape both say how the rate changes",
                      "write one of the two");
    }
    if (s.pause && (s.given("rate") || s.load || s.replay || shaped)) {
        contradiction("pause", "users who wait for their answers make the rate themselves",
                      "leave out rate, load, shape and replay, and say how many users there are");
    }
    const Layer layer = s.layer.value_or(preset_of(s.network).network.layer);
    const bool sharing = s.old_version.discipline == Discipline::sharing;
    const bool keeps = s.connections.kind != Connections::per_request && layer == Layer::l4;
    if (sharing && (s.pause || keeps)) {
        contradiction("discipline",
                      "with processor-sharing an answer's time is not known ahead, as users who "
                      "wait or keep connections need it",
                      "write --discipline first-come, or leave out pause and connections");
    }
    if (sharing && s.old_version.concurrency == 0) {
        contradiction("concurrency", "processors that are shared have a number",
                      "write --concurrency 2");
    }
    if (s.instances < 1 || s.instances > 200) {
        range("instances", fmt::format("instances must be 1 to 200, is {}", s.instances),
              "how many balancers there are; 1 if absent");
    }
    if (s.retries && (*s.retries < 0 || *s.retries > 100)) {
        range("retries", fmt::format("retries must be 0 to 100, is {}", *s.retries),
              "how many more pods a failed request is offered to");
    }
    if (s.weights && s.weights->list.size() > static_cast<std::size_t>(std::max(0, s.pods))) {
        range("weights",
              fmt::format("there are {} weights for {} pods", s.weights->list.size(), s.pods),
              "write one for each pod at most");
    }
    if (s.affinity == Affinity::cookie && layer == Layer::l4) {
        contradiction("affinity", "a cookie needs a balancer that reads requests (l7)",
                      "write --affinity client-ip, or a network such as ingress-nginx");
    }
    if (s.affinity != Affinity::none && s.given("balancer")) {
        contradiction("affinity", "affinity and balancer both say who gets a request",
                      "write one of the two");
    }
    if (s.affinity_timeout <= Duration::zero()) {
        range("affinity-timeout", "affinity-timeout must be above 0",
              "how long an address is remembered; 3h if absent");
    }
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

std::vector<Complaint> validate(const Scenario& s) {
    std::vector<Complaint> list;
    const auto complain = [&](std::string word, std::string message, std::string advice,
                              std::string rule = "range") {
        list.push_back({std::move(word), std::move(message), std::move(advice), std::move(rule)});
    };
    const bool from_manifest =
        s.given("pods") && s.origins.find("pods")->second.kind == SourceKind::manifest;
    if (s.pods < (from_manifest ? 0 : 1)) {
        complain("pods", fmt::format("pods must be 1 or more, is {}", s.pods),
                 "how many pods the workload has; 4 if absent");
    }
    if (s.pods > most_pods) {
        complain("pods", fmt::format("pods must be at most {}, is {}", most_pods, s.pods),
                 "write a number that a cluster can hold");
    }
    if (s.users < 1 || s.users > most_users) {
        complain("users", fmt::format("users must be 1 to {}, is {}", most_users, s.users),
                 "how many people send the requests; 1000 if absent");
    }
    if (s.runs < 1 || s.runs > most_runs_given) {
        complain("runs", fmt::format("runs must be 1 to {}, is {}", most_runs_given, s.runs),
                 "how many rollouts are simulated; 100 if absent");
    }
    if (s.old_version.concurrency < 0 || s.old_version.concurrency > 1'000'000) {
        complain("concurrency",
                 fmt::format("concurrency must be 0 to 1000000, is {}", s.old_version.concurrency),
                 "requests that a pod serves at once; 0: no limit");
    }
    if (s.old_version.queue && *s.old_version.queue < 0) {
        complain("queue", fmt::format("queue must be 0 or more, is {}", *s.old_version.queue),
                 "requests that may wait in a pod, or unlimited");
    }
    if (s.load && s.given("rate")) {
        complain("load", "rate and load both say how many requests come", "write one of the two",
                 "contradiction");
    }
    if (s.load && s.old_version.concurrency == 0) {
        complain("load", "load needs a limit to be a part of, and concurrency is 0",
                 "write a rate instead", "contradiction");
    }
    const double rate = requests_per_second(s);
    if (!(rate > 0) || rate > 1e8) {
        complain(s.load ? "load" : "rate", "the rate must be above 0 and at most 100M/s",
                 "how many requests come; 100/s if absent");
    }
    if (s.client_timeout <= Duration::zero()) {
        complain("client-timeout", "client-timeout must be above 0",
                 "how long a client waits; 15s if absent");
    }
    if (s.strategy == "none" && !s.visits && s.observe == Duration::zero()) {
        complain("observe", "to stand still has no end of its own",
                 "write --visits 1000 or --observe 10m", "missing");
    }
    if (s.visits && s.strategy != "none") {
        complain("visits", "a number of visits ends only the strategy none",
                 "write --observe, or the strategy none", "contradiction");
    }
    if (s.visits && *s.visits > 1'000'000'000) {
        complain("visits", "visits must be at most 1000000000", "write fewer");
    }
    if (s.partition < 0) {
        complain("partition", fmt::format("partition must be 0 or more, is {}", s.partition),
                 "the first ordinal that is updated; 0 if absent");
    }
    if (s.progress_deadline < std::chrono::seconds{1}) {
        complain("progress-deadline", "progress-deadline must be 1s or more",
                 "Kubernetes counts whole seconds; 10m if absent");
    }
    if (s.paused && s.kind != WorkloadKind::deployment) {
        complain("paused", "only a Deployment can be paused", "leave paused out", "contradiction");
    }
    if (s.actions && s.strategy != "none") {
        try {
            actions_of(*s.actions, cast_of(s));
        } catch (const BadValue& bad) {
            complain("actions", bad.what(), bad.advice(), bad.rule());
        }
    }
    if (s.actions && s.strategy == "none") {
        complain("actions", "actions need controllers, and nothing rolls out",
                 "choose a strategy other than none", "contradiction");
    }
    complain_of_requests(s, complain);
    const auto& rolling = std::get<Rolling>(s.strategies);
    const bool statefulset = s.kind == WorkloadKind::statefulset;
    if (rolling.max_surge.value == 0 && rolling.max_unavailable.value == 0 &&
        uses(s, "max-surge") && !statefulset) {
        complain("max-surge", "max-surge 0 and max-unavailable 0 leave no room to move",
                 "write --max-surge 1", "contradiction");
    }
    if (rolling.max_surge.relative && rolling.max_surge.value > 100'000'000) {
        complain("max-surge", "max-surge must be at most 10000%", "write a percentage of the pods");
    }
    if (rolling.max_unavailable.relative && rolling.max_unavailable.value > 1'000'000) {
        complain("max-unavailable", "max-unavailable must be at most 100%",
                 "write a percentage of the pods");
    }
    const auto& canary = std::get<Canary>(s.strategies);
    if (canary.analysis_interval <= Duration::zero()) {
        complain("analysis-interval", "analysis-interval must be above 0",
                 "how often errors are looked at");
    }
    if (s.old_version.on_sigterm == OnSigterm::exit && s.given("shutdown") &&
        !s.old_version.shutdown.is_zero() &&
        s.origins.find("shutdown")->second.kind != SourceKind::manifest) {
        complain("shutdown", "a program that exits at SIGTERM has no shutdown time",
                 "leave shutdown out", "contradiction");
    }
    const auto refuse_engine = [&](std::string_view how, const std::optional<std::string>& reason) {
        if (!reason) return;
        complain("engine", fmt::format("{}, which is not exact with {}", how, *reason),
                 "write --engine request, or leave it out", "contradiction");
    };
    if (list.empty() && s.engine == EngineKind::aggregate) {
        refuse_engine("the aggregate engine counts requests without following them",
                      needs_single_requests(s));
    } else if (list.empty() && s.engine == EngineKind::pods) {
        refuse_engine("the engine of pods serves each by itself", couples_pods(s));
    }
    return list;
}

std::vector<Assumption> assumptions(const Scenario& s) {
    std::vector<Assumption> list;
    for (const Field& field : fields()) {
        if (s.given(field.word)) continue;
        if (field.word == "rate" && (s.load || s.pause || s.replay)) continue;
        if (s.strategy == "none" && field.section != "traffic") continue;  // no pod starts or ends
        const bool strategic = uses(s, field.word) && field.source.starts_with("assumed");
        if (!field.moves && !strategic) continue;
        if (field.word == "shutdown" && s.old_version.on_sigterm == OnSigterm::exit) continue;
        list.push_back({field.word, field.get(s), field.source});
    }
    const NetworkPreset& preset = preset_of(s.network);
    if (!preset.not_measured.empty()) {
        list.push_back({"network", std::string(preset.name), std::string(preset.not_measured)});
    }
    return list;
}

}  // namespace stratsim
