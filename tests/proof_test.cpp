#include "tests/world.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <string>

// The closed forms: each case is a sentence of arithmetic that the simulator has to come to.

using namespace stratsim;

namespace {

double value(const Experiment& x, std::string_view path) {
    const auto v = x.measures()[path];
    REQUIRE_MESSAGE(v.has_value(), std::string(path));
    return *v;
}

double lowest(const Experiment& x, std::string_view path) {
    double low = 1e300;
    for (const Measures& run : x.runs) low = std::min(low, run[path].value());
    return low;
}

double highest(const Experiment& x, std::string_view path) {
    return x.spread(path).value().max;
}

struct Mean {
    double mean;
    double standard_error;
};

Mean mean_of(const Experiment& x, std::string_view path) {
    const Spread s = x.spread(path).value();
    return {s.mean, s.sd / std::sqrt(static_cast<double>(s.count))};
}

}  // namespace

TEST_CASE("recreate is down for exit + boot + propagation") {
    const auto x = run("recreate", {{"pods", "4"},
                                    {"boot", "5s"},
                                    {"shutdown", "2s"},
                                    {"propagation", "1s"},
                                    {"network", "direct"},
                                    {"runs", "20"}});
    CHECK(lowest(x, "downtime.total_s") == 8.0);
    CHECK(highest(x, "downtime.total_s") == 8.0);
    CHECK(value(x, "rollout.duration_s") == 7.0);
    CHECK(value(x, "downtime.worst_fraction") == 1.0);
}

TEST_CASE("a pre-stop lengthens recreate by what propagation does not cover") {
    const auto x = run("recreate", {{"pods", "4"},
                                    {"boot", "5s"},
                                    {"shutdown", "2s"},
                                    {"propagation", "1s"},
                                    {"network", "direct"},
                                    {"pre-stop", "3s"},
                                    {"runs", "20"}});
    CHECK(lowest(x, "downtime.total_s") == 10.0);  // 3 + 2 + 5 + 1 - min(1, 3)
    CHECK(highest(x, "downtime.total_s") == 10.0);
}

TEST_CASE("kube-proxy falls back to pods that terminate but serve") {
    const auto seconds = [](const char* network) {
        return value(run("recreate", {{"boot", "5s"},
                                      {"shutdown", "2s"},
                                      {"propagation", "1s"},
                                      {"pre-stop", "3s"},
                                      {"network", network},
                                      {"runs", "1"}}),
                     "downtime.total_s");
    };
    CHECK(seconds("direct") == 10.0);
    CHECK(seconds("kube-proxy") == 8.0);  // the pre-stop is no outage any more
}

TEST_CASE("rolling by one with a long enough pre-stop takes a wave a pod and loses nothing") {
    const auto x = run("rolling", {{"pods", "10"},
                                   {"max-surge", "1"},
                                   {"max-unavailable", "0"},
                                   {"boot", "5s"},
                                   {"propagation", "500ms"},
                                   {"network", "direct"},
                                   {"pre-stop", "2s"},
                                   {"runs", "20"}});
    CHECK(value(x, "rollout.duration_s") == 50.0);
    CHECK(highest(x, "pods.peak") == 11);
    CHECK(lowest(x, "pods.min_available") == 10);
    CHECK(highest(x, "requests.failed") == 0);
    CHECK(x.runs_with(RolloutOutcome::complete) == 20);
}

TEST_CASE("percentages that round to nothing leave one pod unavailable") {
    const auto x = run("rolling", {{"pods", "3"},
                                   {"max-surge", "0%"},
                                   {"max-unavailable", "25%"},
                                   {"boot", "5s"},
                                   {"runs", "1"}});
    CHECK(value(x, "pods.min_available") == 2);
    CHECK(value(x, "pods.peak") == 3);
}

TEST_CASE("blue-green loses nothing, doubles the pods, and costs the overlap") {
    const auto x = run("blue-green", {{"pods", "10"}, {"propagation", "500ms"}, {"runs", "50"}});
    CHECK(highest(x, "requests.failed") == 0);
    CHECK(highest(x, "pods.peak") == 20);
    CHECK(lowest(x, "pods.peak") == 20);
    // Both versions stand from the command until the old ones are gone: boot, 30 s, shutdown.
    const double overlap = value(x, "rollout.duration_s") + 1.0;
    CHECK(value(x, "cost.extra_pod_seconds") == doctest::Approx(10 * overlap).epsilon(1e-9));
    CHECK(value(x, "cost.extra") ==
          doctest::Approx(value(x, "cost.extra_pod_seconds") * x.scenario.cost_per_pod_second())
              .epsilon(1e-9));
}

TEST_CASE("standing still, chance alone makes the squared CV of visits n - 1 over N") {
    struct Case {
        const char* pods;
        const char* visits;
    };
    for (const Case& c : {Case{"3", "100"}, {"4", "1000"}, {"10", "1000"}}) {
        const auto x =
            run("none",
                {{"pods", c.pods}, {"visits", c.visits}, {"balancer", "random"}, {"runs", "200"}});
        double sum = 0;
        double squares = 0;
        for (const Measures& m : x.runs) {
            const double cv = m["visits.divergence.cv"].value();
            sum += cv * cv;
            squares += cv * cv * cv * cv;
        }
        const double mean = sum / 200;
        const double error = std::sqrt((squares / 200 - mean * mean) / 199);
        const double expected = (std::stod(c.pods) - 1) / std::stod(c.visits);
        INFO(c.pods, " pods, ", c.visits, " visits: ", mean, " beside ", expected);
        CHECK(std::abs(mean - expected) <= 4 * error);
        CHECK(value(x, "visits.total") == std::stod(c.visits));
        CHECK_FALSE(x.outcome.has_value());
    }
}

TEST_CASE("round-robin keeps the pods within one visit of each other") {
    const auto x = run(
        "none", {{"pods", "4"}, {"visits", "1002"}, {"balancer", "round-robin"}, {"runs", "20"}});
    const auto visits = [](const PodLife& pod) { return pod.visits; };
    const auto [least, most] = std::ranges::minmax(x.detail.pods, {}, visits);
    CHECK(most.visits - least.visits <= 1);
    CHECK(value(x, "visits.duplicates") == 751);  // N - ceil(N / n)
}

TEST_CASE("with own volumes the duplicates are all visits but the fullest pod's") {
    for (const char* balancer : {"random", "round-robin", "sticky", "least-connections"}) {
        const auto x =
            run("none", {{"pods", "3"}, {"visits", "2000"}, {"balancer", balancer}, {"runs", "5"}});
        std::uint64_t most = 0;
        for (const PodLife& pod : x.detail.pods) most = std::max(most, pod.visits);
        CHECK(value(x, "visits.duplicates") == 2000.0 - static_cast<double>(most));
        CHECK(value(x, "visits.lost_updates") == 0);
    }
}

TEST_CASE("one sticky user sees no duplicate and no number go back") {
    const auto x = run("none", {{"pods", "4"},
                                {"visits", "1000"},
                                {"balancer", "sticky"},
                                {"users", "1"},
                                {"runs", "10"}});
    CHECK(highest(x, "visits.duplicates") == 0);
    CHECK(highest(x, "visits.backward_reads") == 0);
}

TEST_CASE("a shared volume with a lock and an external store lose and repeat nothing") {
    for (const char* volume : {"shared-locked", "external"}) {
        const auto x =
            run("none", {{"volume", volume}, {"visits", "2000"}, {"think", "5ms"}, {"runs", "20"}});
        CHECK(highest(x, "visits.duplicates") == 0);
        CHECK(highest(x, "visits.lost_updates") == 0);
        CHECK(value(x, "visits.total") == 2000);
    }
}

TEST_CASE("a shared volume without a lock loses rd over 1 + rd of the updates") {
    struct Case {
        const char* rate;
        const char* think;
        double x;
    };
    for (const Case& c :
         {Case{"50/s", "10ms", 0.5}, {"10/s", "5ms", 0.05}, {"100/s", "50ms", 5.0}}) {
        const auto x = run("none", {{"volume", "shared"},
                                    {"visits", "5000"},
                                    {"rate", c.rate},
                                    {"think", c.think},
                                    {"concurrency", "0"},
                                    {"runs", "60"}});
        const Mean lost = mean_of(x, "visits.lost_updates");
        const double expected = c.x / (1 + c.x);
        INFO(c.rate, " ", c.think, ": ", lost.mean / 5000, " beside ", expected);
        // The last generation is cut off by the end: at most one visit of 5000.
        CHECK(std::abs(lost.mean / 5000 - expected) <= 4 * lost.standard_error / 5000 + 1.0 / 5000);
        CHECK(mean_of(x, "visits.duplicates").mean == doctest::Approx(lost.mean));
    }
}

TEST_CASE("a canary by pods is never finer than a pod, a router is") {
    const auto by_pods =
        run("canary",
            {{"pods", "10"}, {"steps", "1%"}, {"split", "pods"}, {"hold", "10s"}, {"runs", "2"}});
    REQUIRE_FALSE(by_pods.detail.timeline.steps.empty());
    CHECK(by_pods.detail.timeline.steps.front().asked == doctest::Approx(0.01));
    CHECK(by_pods.detail.timeline.steps.front().delivered == doctest::Approx(0.10));
    const auto routed = run(
        "canary",
        {{"pods", "10"}, {"steps", "1%"}, {"split", "router"}, {"hold", "600s"}, {"runs", "2"}});
    CHECK(routed.detail.timeline.steps.front().delivered == doctest::Approx(0.01));
    const auto exact =
        run("canary", {{"pods", "100"}, {"steps", "1%"}, {"hold", "10s"}, {"runs", "1"}});
    CHECK(exact.detail.timeline.steps.front().delivered == doctest::Approx(0.01));
}

TEST_CASE("a router's weight is the share of requests that the new version gets") {
    const auto x = run("canary", {{"pods", "10"},
                                  {"steps", "20%"},
                                  {"split", "router"},
                                  {"hold", "1h"},
                                  {"propagation", "0"},
                                  {"keep-old", "1s"},
                                  {"boot", "0"},
                                  {"rate", "50/s"},
                                  {"runs", "4"}});
    // One hour at 20 %, then one second at 100 %.
    const double all = value(x, "requests.total");
    const double share = value(x, "requests.by_version.new") / all;
    CHECK(std::abs(share - 0.2) < 4 * std::sqrt(0.2 * 0.8 / all) + 60.0 / 3600 * 0.05);
}

TEST_CASE("rolling a version that never becomes ready stalls and hurts nobody when pods end well") {
    const auto x = run("rolling", {{"pods", "10"},
                                   {"new", "ready=never"},
                                   {"pre-stop", "40s"},
                                   {"grace", "60s"},
                                   {"propagation", "lognormal(1s,p99=10s)"},
                                   {"runs", "20"}});
    CHECK(x.runs_with(RolloutOutcome::stalled) == 20);
    CHECK(lowest(x, "pods.min_available") == 8);  // n - U
    CHECK(highest(x, "requests.failed") == 0);
    CHECK_FALSE(x.measures()["rollout.duration_s"].has_value());
}

TEST_CASE("every strategy finds its way back from a version that fails") {
    for (const char* strategy : {"recreate", "rolling", "blue-green", "canary"}) {
        for (const char* bad : {"errors=20%", "ready=never"}) {
            for (const char* kind : {"deployment", "statefulset"}) {
                const auto x = run(strategy, {{"pods", "4"},
                                              {"new", bad},
                                              {"kind", kind},
                                              {"pod-management", "Parallel"},
                                              {"undo-after", "2m"},
                                              {"hold", "1m"},
                                              {"runs", "3"}});
                INFO(strategy, " ", bad, " ", kind);
                CHECK(x.runs_with(RolloutOutcome::rolled_back) == 3);
                CHECK(value(x, "rollback.restored_s") >= value(x, "rollback.detected_s"));
                CHECK(value(x, "compatibility.writes_stranded_by_rollback") ==
                      value(x, "requests.by_version.new") - value(x, "exposure.errors_new"));
            }
        }
    }
}

TEST_CASE(
    "an OrderedReady StatefulSet does not find its way back from a version that never is ready") {
    const auto x = run("rolling", {{"pods", "3"},
                                   {"new", "ready=never"},
                                   {"kind", "statefulset"},
                                   {"undo-after", "2m"},
                                   {"runs", "3"}});
    CHECK(x.runs_with(RolloutOutcome::stalled) == 3);
}

TEST_CASE("blue-green with QA takes a bad release back before a user meets it") {
    const auto x = run("blue-green", {{"new", "errors=5%"}, {"qa", "1/s"}, {"runs", "50"}});
    CHECK(x.runs_with(RolloutOutcome::rolled_back) >= 45);
    CHECK(value(x, "exposure.qa_requests") > 200);
    for (std::size_t i = 0; i < x.runs.size(); ++i) {
        if (x.outcomes[i] == RolloutOutcome::rolled_back)
            CHECK(x.runs[i]["exposure.users_new"] == 0.0);
    }
}

TEST_CASE("requests at a pod without room fail at once and late answers count as time-outs") {
    const auto full = run("none", {{"pods", "1"},
                                   {"visits", "2000"},
                                   {"concurrency", "1"},
                                   {"queue", "0"},
                                   {"rate", "100/s"},
                                   {"service-time", "exp(20ms)"},
                                   {"runs", "40"}});
    // Erlang B with one server and 2 Erlang: 2/3 are turned away.
    const Mean lost = mean_of(full, "requests.failed_by_cause.overload");
    CHECK(std::abs(lost.mean / 2000 - 2.0 / 3.0) <= 4 * lost.standard_error / 2000 + 1.0 / 2000);
    const auto late = run("none", {{"pods", "1"},
                                   {"visits", "500"},
                                   {"concurrency", "1"},
                                   {"client-timeout", "1s"},
                                   {"rate", "100/s"},
                                   {"service-time", "50ms"},
                                   {"runs", "3"}});
    CHECK(value(late, "requests.failed_by_cause.timeout") > 400);
}

TEST_CASE("every request is a success or has one cause, for every strategy and mechanism") {
    for (const char* strategy : {"recreate", "rolling", "blue-green", "canary"}) {
        for (const char* sigterm : {"exit", "drain", "serve", "ignore"}) {
            for (const char* volume :
                 {"per-pod", "shared", "shared-locked", "external", "ephemeral"}) {
                const auto x = run(strategy, {{"on-sigterm", sigterm},
                                              {"volume", volume},
                                              {"think", "2ms"},
                                              {"hold", "5s"},
                                              {"queue", "3"},
                                              {"concurrency", "2"},
                                              {"rate", "300/s"},
                                              {"service-time", "exp(30ms)"},
                                              {"client-timeout", "100ms"},
                                              {"new", "errors=2%"},
                                              {"error-limit", "50%"},
                                              {"runs", "3"}});
                for (const Measures& m : x.runs) {
                    double failed = 0;
                    for (const std::string_view cause : outcome_names) {
                        failed += m["requests.failed_by_cause." + std::string(cause)].value();
                    }
                    CHECK(failed == m["requests.failed"]);
                    CHECK(m["requests.succeeded"].value() + failed == m["requests.total"]);
                    CHECK(m["requests.by_version.old"].value() +
                              m["requests.by_version.new"].value() ==
                          m["requests.succeeded"].value() +
                              m["requests.failed_by_cause.version-error"].value());
                }
            }
        }
    }
}

TEST_CASE("the same seed gives the same numbers for one thread and for many") {
    for (const char* strategy : {"recreate", "rolling", "blue-green", "canary"}) {
        const Scenario s =
            scenario(strategy, {{"runs", "12"}, {"hold", "10s"}, {"new", "errors=1%"}});
        const Experiment one = run_experiment(s, 1);
        const Experiment three = run_experiment(s, 3);
        for (std::size_t i = 0; i < one.runs.size(); ++i) {
            for (std::size_t j = 0; j < one.runs[i].list().size(); ++j) {
                CHECK(one.runs[i].list()[j].value == three.runs[i].list()[j].value);
            }
        }
    }
}

TEST_CASE("all strategies face the same visitors") {
    // The same number of requests comes in the first seconds, whatever the strategy does with them.
    const auto bins = [](const char* strategy) {
        const auto x = run(strategy, {{"hold", "10s"}, {"boot", "20s"}, {"runs", "1"}});
        REQUIRE(x.detail.bins.bins().size() > 100);
        std::vector<std::uint64_t> first;
        for (std::size_t i = 0; i < 100; ++i) first.push_back(x.detail.bins.bins()[i].requests);
        return first;
    };
    CHECK(bins("recreate") == bins("rolling"));
    CHECK(bins("rolling") == bins("canary"));
    CHECK(bins("rolling") == bins("blue-green"));
}

TEST_CASE("visits that fell by chance are called so, through a rollout as well") {
    // A uniform p over 100 runs has the mean 0.5 and a standard error of 0.029.
    for (const char* strategy : {"rolling", "canary", "blue-green"}) {
        const Experiment e = run(strategy, {{"pods", "6"}, {"hold", "5s"}, {"propagation", "2s"}});
        CAPTURE(strategy);
        CHECK(std::abs(e.spread("visits.divergence.chi_square_p").value().mean - 0.5) < 4 * 0.029);
    }
    // And visits in turn are too even for chance.
    const Experiment even =
        run("rolling", {{"pods", "6"}, {"propagation", "2s"}, {"balancer", "round-robin"}});
    CHECK(even.spread("visits.divergence.chi_square_p").value().mean > 0.9);
}
