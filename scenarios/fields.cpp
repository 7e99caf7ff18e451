#include "scenarios/fields.hpp"

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

    t.section("cluster");
    t.add(
        "kubernetes", [](Scenario & s) -> auto& { return s.kubernetes; },
        "whose controllers run the rollout", "1.36");
    t.add_optional(
        "feature-gate", [](Scenario & s) -> auto& { return s.feature_gate; },
        "a gate of the controllers; unset: the version's default");
    t.add_optional(
        "actions", [](Scenario & s) -> auto& { return s.actions; },
        "what people do meanwhile: scale, pause, resume, undo, apply, delete, fail, recover, "
        "partition");

    t.section("traffic");
    t.add(
         "rate", [](Scenario & s) -> auto& { return s.rate; }, "requests, Poisson",
         "assumed: nothing is known of the traffic")
        .moves = true;
    t.add_optional(
        "load", [](Scenario & s) -> auto& { return s.load; },
        "instead of the rate: part of what the ready pods can serve");
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
         "propagation", [](Scenario & s) -> auto& { return s.propagation; },
         "until the balancer hears that a pod is ready or ends",
         "assumed: median 1s, 1 in 100 over 10s; no public measurement")
        .moves = true;

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
    t.add(
        "engine", [](Scenario & s) -> auto& { return s.engine; },
        "how requests are simulated: counted (aggregate), one by one, or what is exact and quick",
        "auto");
    t.add(
        "seed", [](Scenario & s) -> auto& { return s.seed; }, "of all random numbers", "1");
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
constexpr std::uint64_t most_runs = 1'000'000;

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
    if (s.runs < 1 || s.runs > most_runs) {
        complain("runs", fmt::format("runs must be 1 to {}, is {}", most_runs, s.runs),
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
    if (s.actions && s.strategy == "none") {
        complain("actions", "actions need controllers, and nothing rolls out",
                 "choose a strategy other than none", "contradiction");
    }
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
    if (list.empty() && s.engine == EngineKind::aggregate) {
        if (const auto reason = needs_single_requests(s)) {
            complain("engine",
                     fmt::format("the aggregate engine counts requests without following them, "
                                 "which is not exact with {}",
                                 *reason),
                     "write --engine request, or leave it out", "contradiction");
        }
    }
    return list;
}

std::vector<Assumption> assumptions(const Scenario& s) {
    std::vector<Assumption> list;
    for (const Field& field : fields()) {
        if (s.given(field.word)) continue;
        if (field.word == "rate" && s.load) continue;
        if (s.strategy == "none" && field.section != "traffic") continue;  // no pod starts or ends
        const bool strategic = uses(s, field.word) && field.source.starts_with("assumed");
        if (!field.moves && !strategic) continue;
        if (field.word == "shutdown" && s.old_version.on_sigterm == OnSigterm::exit) continue;
        list.push_back({field.word, field.get(s), field.source});
    }
    return list;
}

}  // namespace stratsim
