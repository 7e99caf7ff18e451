#include "scenarios/settings/validate.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/requests/aggregate.hpp"
#include "sim/requests/coupling.hpp"
#include "sim/simulate.hpp"
#include "tests/fuzzed_setup.hpp"
#include "tests/same_world.hpp"
#include "tests/world.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>

// Counting is held against following: two samples of runs, a number of each, and the question
// whether the two come from one distribution. Seeds are fixed, and each comparison is red by chance
// once in ten thousand.

using namespace stratsim;

namespace {

using Settings = std::vector<std::pair<std::string_view, std::string_view>>;

Scenario made(std::string_view strategy, const Settings& settings) {
    Scenario s = scenario(std::string(strategy), {});
    for (const auto& [word, value] : settings) {
        find_field(word)->set(s, value);
        s.origins[std::string(word)] = {.kind = SourceKind::flag};
    }
    return s;
}

Experiment with_engine(std::string_view strategy, const Settings& settings, std::string_view engine,
                       std::string_view seed) {
    Scenario s = made(strategy, settings);
    find_field("engine")->set(s, engine);
    find_field("seed")->set(s, seed);
    return run_experiment(s);
}

std::vector<double> sample(const Experiment& e, std::string_view path) {
    std::vector<double> values;
    for (const Measures& m : e.runs) {
        if (const auto value = m[path]) values.push_back(*value);
    }
    return values;
}

double mean_of(const std::vector<double>& x) {
    double sum = 0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
}

double variance_of(const std::vector<double>& x) {
    const double mean = mean_of(x);
    double sum = 0;
    for (const double v : x) sum += (v - mean) * (v - mean);
    return sum / static_cast<double>(x.size() - 1);
}

/// p of two samples having one distribution: chi-square over classes that hold as many each.
double same_distribution(std::vector<double> a, std::vector<double> b, std::size_t classes = 12) {
    std::vector<double> all = a;
    all.insert(all.end(), b.begin(), b.end());
    std::ranges::sort(all);
    std::vector<double> bounds;
    for (std::size_t i = 1; i < classes; ++i) bounds.push_back(all[i * all.size() / classes]);
    bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    const auto counts = [&](const std::vector<double>& x) {
        std::vector<double> n(bounds.size() + 1);
        for (const double v : x) {
            ++n[static_cast<std::size_t>(std::ranges::upper_bound(bounds, v) - bounds.begin())];
        }
        return n;
    };
    const auto in_a = counts(a);
    const auto in_b = counts(b);
    double chi = 0;
    int used = 0;
    for (std::size_t i = 0; i < in_a.size(); ++i) {
        const double sum = in_a[i] + in_b[i];
        if (sum == 0) continue;
        const double part = static_cast<double>(a.size()) / static_cast<double>(all.size());
        const double expected = sum * part;
        chi += (in_a[i] - expected) * (in_a[i] - expected) / (sum * part * (1 - part));
        ++used;
    }
    return used < 2 ? 1.0 : chi_square_tail(chi, used - 1);
}

/// The means differ by less than `margin` of the first, with 99 % confidence (two one-sided tests).
bool equivalent(const std::vector<double>& a, const std::vector<double>& b, double margin) {
    const double error = std::sqrt(variance_of(a) / static_cast<double>(a.size()) +
                                   variance_of(b) / static_cast<double>(b.size()));
    return std::abs(mean_of(a) - mean_of(b)) + 2.326 * error < margin * mean_of(a);
}

constexpr double by_chance = 1e-4;

}  // namespace

TEST_CASE("counting and following give the same numbers in distribution") {
    struct Case {
        std::string_view strategy;
        Settings settings;
        std::vector<std::string_view> paths;
    };
    const std::vector<Case> cases{
        {"rolling",
         {{"pods", "6"},
          {"rate", "60/s"},
          {"runs", "1500"},
          {"concurrency", "0"},
          {"max-unavailable", "50%"},
          {"client-timeout", "10m"},
          {"service-time", "lognormal(200ms,p99=2s)"}},
         {"requests.total", "requests.succeeded", "requests.failed", "rollout.duration_s",
          "requests.failed_by_cause.refused", "requests.by_version.old", "requests.worst_second",
          "latency_ms.p50", "latency_ms.p99", "visits.divergence.cv",
          "visits.divergence.chi_square_p", "visits.divergence.max_over_mean"}},
        {"recreate",
         {{"pods", "4"},
          {"rate", "40/s"},
          {"runs", "1500"},
          {"concurrency", "0"},
          {"on-sigterm", "exit"},
          {"client-timeout", "10m"},
          {"service-time", "exp(300ms)"}},
         {"requests.failed", "requests.failed_by_cause.killed",
          "requests.failed_by_cause.no-endpoint", "requests.failed_by_cause.refused",
          "requests.by_version.new", "requests.worst_second", "latency_ms.by_version.new.p95"}},
        {"recreate",
         {{"pods", "3"},
          {"rate", "10/s"},
          {"runs", "1500"},
          {"concurrency", "0"},
          {"shutdown", "0s"},
          {"grace", "3s"},
          {"propagation", "100ms"},
          {"boot", "2s"},
          {"client-timeout", "10m"},
          {"service-time", "exp(1s)"}},
         {"rollout.duration_s", "requests.failed_by_cause.killed", "requests.failed",
          "downtime.total_s", "requests.succeeded"}},
        {"canary",
         {{"pods", "5"},
          {"rate", "30/s"},
          {"runs", "1000"},
          {"concurrency", "0"},
          {"hold", "20s"},
          {"analysis-interval", "5s"},
          {"new", "errors=4%"},
          {"error-limit", "3%"}},
         {"requests.failed", "requests.failed_by_cause.version-error", "rollback.detected_s",
          "exposure.requests_new", "exposure.errors_new", "rollback.failed", "rollout.settled_s"}},
        {"blue-green",
         {{"pods", "4"},
          {"rate", "50/s"},
          {"runs", "1000"},
          {"concurrency", "0"},
          {"on-sigterm", "serve"},
          {"service-time", "uniform(100ms,900ms)"}},
         {"requests.total", "requests.failed", "requests.by_version.new", "rollout.duration_s",
          "pods.pod_seconds", "latency_ms.p95"}},
    };
    for (const Case& c : cases) {
        const Experiment counted = with_engine(c.strategy, c.settings, "aggregate", "1");
        const Experiment followed = with_engine(c.strategy, c.settings, "request", "2");
        CHECK(counted.engine.engine == Engine::aggregate);
        for (const std::string_view path : c.paths) {
            CAPTURE(c.strategy);
            CAPTURE(path);
            const auto a = sample(counted, path);
            const auto b = sample(followed, path);
            REQUIRE(!a.empty());
            REQUIRE(!b.empty());
            INFO("means " << mean_of(a) << " " << mean_of(b));
            CHECK(same_distribution(a, b) > by_chance);
            const auto defined = [](const std::vector<double>& x, const Experiment& e) {
                return static_cast<double>(x.size()) / static_cast<double>(e.runs.size());
            };
            CHECK(defined(a, counted) == doctest::Approx(defined(b, followed)).epsilon(0.08));
        }
    }
}

TEST_CASE("counting and following agree in the mean, beyond doubt") {
    const Settings settings{{"pods", "6"},        {"rate", "100/s"}, {"runs", "4000"},
                            {"concurrency", "0"}, {"boot", "5s"},    {"propagation", "1s"}};
    const Experiment counted = with_engine("rolling", settings, "aggregate", "3");
    const Experiment followed = with_engine("rolling", settings, "request", "4");
    CHECK(equivalent(sample(counted, "requests.total"), sample(followed, "requests.total"), 0.005));
    CHECK(
        equivalent(sample(counted, "requests.failed"), sample(followed, "requests.failed"), 0.02));
}

TEST_CASE("the cluster lives the same life, counted or followed") {
    // No pod waits for requests: what is drawn for the cluster depends on nothing else.
    const Settings settings{{"pods", "8"}, {"runs", "20"}, {"concurrency", "0"}};
    for (const std::string_view strategy : {"recreate", "rolling", "blue-green"}) {
        const Experiment counted = with_engine(strategy, settings, "aggregate", "5");
        const Experiment followed = with_engine(strategy, settings, "request", "5");
        for (std::size_t i = 0; i < counted.runs.size(); ++i) {
            for (const std::string_view path : {"rollout.duration_s", "downtime.total_s",
                                                "pods.pod_seconds", "compatibility.mixed_s"}) {
                CAPTURE(strategy);
                CAPTURE(path);
                CHECK(counted.runs[i][path] == followed.runs[i][path]);
            }
        }
    }
}

TEST_CASE("the comparison of engines finds a wrong model") {
    // Round-robin gives each pod its turn, so the pods differ less than by chance.
    const Settings by_chance_settings{{"pods", "6"}, {"runs", "400"}, {"concurrency", "0"}};
    const Settings in_turn{
        {"pods", "6"}, {"runs", "400"}, {"concurrency", "0"}, {"balancer", "round-robin"}};
    const Experiment counted = with_engine("rolling", by_chance_settings, "aggregate", "1");
    const Experiment followed = with_engine("rolling", in_turn, "request", "2");
    CHECK(same_distribution(sample(counted, "visits.divergence.cv"),
                            sample(followed, "visits.divergence.cv")) < 1e-9);
    // More requests.
    const Settings more{{"pods", "6"}, {"runs", "400"}, {"concurrency", "0"}, {"rate", "130/s"}};
    const Experiment busier = with_engine("rolling", more, "request", "2");
    CHECK(same_distribution(sample(counted, "requests.failed"), sample(busier, "requests.failed")) <
          1e-3);
    CHECK_FALSE(
        equivalent(sample(counted, "requests.total"), sample(busier, "requests.total"), 0.03));
}

TEST_CASE("counted requests add up, in the bins, the versions and the pods") {
    const Scenario s = scenario("canary", {{"pods", "7"},
                                           {"rate", "500/s"},
                                           {"concurrency", "0"},
                                           {"new", "errors=2%"},
                                           {"error-limit", "10%"},
                                           {"hold", "30s"},
                                           {"on-sigterm", "exit"},
                                           {"engine", "aggregate"}});
    const auto strategy = strategy_of(s);
    for (std::uint64_t run = 0; run < 20; ++run) {
        const Setup setup = setup_of(s, run);
        const Witness nobody = [](Time, const Fact&) {};
        const auto world = simulate(setup, controller_of(*strategy), nobody);
        const Ledger& ledger = world->traffic().ledger();
        CHECK(ledger.total == ledger.succeeded + ledger.failures());
        std::uint64_t in_bins = 0;
        std::uint64_t lost = 0;
        for (const auto& bin : ledger.bins.bins()) {
            in_bins += bin.requests;
            lost += bin.lost;
        }
        CHECK(in_bins == ledger.total);
        CHECK(lost == ledger.failures());
        std::uint64_t sent = 0;
        std::uint64_t visits = 0;
        std::array<std::uint64_t, outcomes + 1> by_pod{};
        for (const Pod& pod : world->cluster().pods()) {
            sent += pod.tally.sent;
            visits += pod.visits;
            for (std::size_t i = 0; i < by_pod.size(); ++i) by_pod[i] += pod.tally.by_outcome[i];
        }
        CHECK(visits == ledger.succeeded);
        CHECK(sent == ledger.total - ledger.failed[static_cast<std::size_t>(Outcome::no_endpoint)]);
        CHECK(ledger.by_version[0].sent + ledger.by_version[1].sent == sent);
        CHECK(by_pod[static_cast<std::size_t>(Outcome::killed)] ==
              ledger.failed[static_cast<std::size_t>(Outcome::killed)]);
        CHECK(by_pod[static_cast<std::size_t>(Outcome::version_error)] ==
              ledger.failed[static_cast<std::size_t>(Outcome::version_error)]);
        CHECK(ledger.latency[0].total() + ledger.latency[1].total() == ledger.succeeded);
    }
}

TEST_CASE("what counting cannot answer is refused, with the reason") {
    struct Case {
        Settings settings;
        std::string_view reason;
    };
    const std::vector<Case> cases{
        {{{"concurrency", "10"}}, "serve so many requests"},
        {{{"balancer", "round-robin"}}, "by chance"},
        {{{"balancer", "random-of-two"}}, "by chance"},
        {{{"balancer", "sticky"}}, "stay with their pod"},
        {{{"network", "envoy"}}, "by chance"},
        {{{"network", "haproxy"}, {"balancer", "random"}}, "retries"},
        {{{"volume", "shared"}}, "share"},
        {{{"think", "10ms"}}, "think"},
        {{{"load", "50%"}}, "load"},
        {{{"service-time", "20s"}}, "timeout"},
    };
    for (const Case& c : cases) {
        Scenario s = made("rolling", c.settings);
        CHECK(validate(s).empty());
        CHECK(run_experiment([&] {
                  Scenario small = s;
                  small.runs = 1;
                  return small;
              }())
                  .engine.engine == Engine::request);
        s.engine = EngineKind::aggregate;
        const auto complaints = validate(s);
        REQUIRE(complaints.size() == 1);
        CHECK(complaints.front().word == "engine");
        CHECK(complaints.front().message.find(c.reason) != std::string::npos);
    }
    Scenario fixed = scenario("none", {{"visits", "100"}, {"engine", "aggregate"}});
    CHECK(validate(fixed).size() == 1);
}

namespace {

/// One of the fuzzed setups, without what makes one pod's requests bear on another's.
Setup uncoupled(std::uint64_t config) {
    Setup s = fuzzed(config);
    s.visitors.closed = false;
    s.visitors.connections = Connections::per_request;
    s.visitors.think = {};
    s.visitors.rate *= 20;
    Network& network = s.network;
    network.affinity.reset();
    network.balancer = BalancerKind::random;
    network.weights.clear();
    network.instances = 1;
    network.retries = 0;
    network.eject_after = 0;
    network.slow_start = {};
    if (s.volume != VolumeKind::ephemeral) s.volume = VolumeKind::per_pod;
    for (PodTemplate& made_of : s.revisions) {
        made_of.discipline = Discipline::first_come;
        made_of.ready_when = ReadyWhen::started;
        made_of.readiness.reset();
    }
    return s;
}

std::unique_ptr<World> simulated_by(Engine engine, Setup setup) {
    setup.engine = engine;
    const Witness nobody = [](Time, const Fact&) {};
    const Scenario s = scenario("rolling", {});
    const auto strategy = strategy_of(s);
    return simulate(setup, controller_of(*strategy), nobody, command + std::chrono::seconds{30});
}

}  // namespace

TEST_CASE("pods served by themselves give what serving in order of arrival gives, to the request") {
    std::uint64_t lost = 0;
    std::uint64_t overloaded = 0;
    for (std::uint64_t config = 0; config < 60; ++config) {
        CAPTURE(config);
        const Setup setup = uncoupled(config);
        REQUIRE(!couples_pods(setup));
        const auto by_pod = simulated_by(Engine::pods, setup);
        const auto in_order = simulated_by(Engine::request, setup);
        const Ledger& a = by_pod->traffic().ledger();
        check_same(*by_pod, *in_order);
        lost += a.failures();
        overloaded += a.failed[static_cast<std::size_t>(Outcome::overload)];
    }
    CHECK(lost > 10'000);
    CHECK(overloaded > 1'000);
}

TEST_CASE("pods are not served by themselves where one's requests bear on another's") {
    struct Case {
        Settings settings;
        std::string_view reason;
    };
    const std::vector<Case> cases{
        {{{"balancer", "round-robin"}}, "by chance"},
        {{{"balancer", "random-of-two"}}, "by chance"},
        {{{"balancer", "sticky"}}, "stay with their pod"},
        {{{"network", "haproxy"}, {"balancer", "random"}}, "retries"},
        {{{"volume", "shared"}}, "share"},
        {{{"think", "10ms"}}, "think"},
    };
    for (const Case& c : cases) {
        Scenario s = made("rolling", c.settings);
        s.engine = EngineKind::pods;
        const auto complaints = validate(s);
        REQUIRE(complaints.size() == 1);
        CHECK(complaints.front().word == "engine");
        CHECK(complaints.front().message.find(c.reason) != std::string::npos);
        find_field("pods")->set(s, "300");
        s.engine = EngineKind::automatic;
        CHECK(engine_for(s, [] { return Demand{1e5, false}; }).engine == Engine::request);
    }
    Scenario many = made("rolling", {{"pods", "300"}, {"concurrency", "4"}});
    CHECK(validate(many).empty());
    CHECK(engine_for(many, [] { return Demand{1e5, false}; }).engine == Engine::pods);
    find_field("pods")->set(many, "20");
    CHECK(engine_for(many, [] { return Demand{1e5, false}; }).engine == Engine::request);
}

TEST_CASE("the engine is chosen by what is exact and by how much there is to do") {
    const auto engine = [](const Settings& settings) {
        Scenario s = made("rolling", settings);
        s.runs = 2;
        return run_experiment(s).engine;
    };
    CHECK(engine({{"concurrency", "0"}}).engine == Engine::request);
    CHECK(engine({{"concurrency", "0"}, {"rate", "50M/s"}}).engine == Engine::aggregate);
    CHECK(engine({{"concurrency", "0"}, {"engine", "request"}}).why == "asked for");
    // An expectation of users needs users.
    Scenario asks = scenario("rolling", {{"concurrency", "0"}, {"rate", "50M/s"}, {"runs", "1"}});
    asks.expectations.push_back(parse_expectation("exposure.users_hurt <= 5"));
    const EngineChoice choice = engine_for(asks, [] { return Demand{1e10, true}; });
    CHECK(choice.engine == Engine::request);
}

TEST_CASE("what users met is unknown when requests are counted, and is not called zero") {
    const Experiment e = run("rolling", {{"engine", "aggregate"}, {"runs", "2"}});
    for (const std::string_view path :
         {"exposure.users_new", "exposure.users_hurt", "compatibility.users_saw_both",
          "compatibility.version_flips", "visits.duplicates", "visits.backward_reads"})
        CHECK_FALSE(e.measures()[path].has_value());
    CHECK(e.measures()["requests.total"].has_value());
}

TEST_CASE("counting takes no notice of the number of requests") {
    const auto total = [](std::string_view rate) {
        const Experiment e =
            run("rolling", {{"engine", "aggregate"}, {"runs", "1"}, {"rate", rate}});
        return *e.measures()["requests.total"] / *e.measures()["rollout.settled_s"];
    };
    CHECK(total("100M/s") == doctest::Approx(1e8).epsilon(1e-4));
    CHECK(total("1k/s") == doctest::Approx(1e3).epsilon(0.05));
}
