#include "scenarios/settings/until.hpp"
#include "sim/numbers/random.hpp"
#include "sim/numbers/statistics.hpp"
#include "tests/world.hpp"

#include <atomic>
#include <cmath>
#include <doctest/doctest.h>

// How many runs are enough, what is left of an experiment that is stopped, and how one of its runs
// is seen again.

using namespace stratsim;

namespace {

std::string until_advice(const std::string& text) {
    try {
        Text<Until>::parse(text);
    } catch (const BadValue& bad) {
        return bad.advice();
    }
    return "accepted";
}

/// Recreate loses Poisson(80) requests: see the test of coverage.
Scenario losing() {
    return scenario("recreate", {{"pods", "4"},
                                 {"rate", "20/s"},
                                 {"boot", "3s"},
                                 {"shutdown", "1s"},
                                 {"propagation", "0s"},
                                 {"service-time", "1ms"},
                                 {"concurrency", "0"}});
}

Experiment until(Scenario s, std::string_view target, unsigned threads = 0) {
    s.until = Text<Until>::parse(target);
    return run_experiment(s, threads);
}

std::vector<double> lost(const Experiment& e) {
    return values_of(e, "requests.failed");
}

}  // namespace

TEST_CASE("a target of precision is read, printed, and refused with advice") {
    const Until relative = Text<Until>::parse("requests.failed.p95=5%");
    CHECK(relative.relative);
    CHECK(relative.half_width == doctest::Approx(0.05));
    CHECK(Text<Until>::print(relative) == "requests.failed.p95=5%");
    const Until absolute = Text<Until>::parse("downtime.total_s=500ms");
    CHECK_FALSE(absolute.relative);
    CHECK(absolute.half_width == doctest::Approx(0.5));
    CHECK(Text<Until>::print(absolute) == "downtime.total_s=0.5");
    CHECK(until_advice("requests.failed") == "write requests.failed=5%");
    CHECK(until_advice("requests.faild=5%") == "did you mean 'requests.failed'?");
    CHECK(until_advice("requests.failed=0%") == "write a half-width above 0, such as 5%");
    CHECK(until_advice("requests.failed.max=5%") ==
          "write a mean or a quantile: requests.failed.p95=5%");
    CHECK(until_advice("requests.failed=often") == "write a plain number");
}

TEST_CASE("runs go on until the number is known, and no further than the next look") {
    const Experiment e = until(losing(), "requests.failed=1%");
    REQUIRE(e.precision.has_value());
    CHECK(e.precision->reached);
    CHECK(*e.precision->relative <= 0.01);
    std::size_t look = first_look;
    std::size_t before = 0;
    while (look < e.runs.size()) {
        before = look;
        look = next_look(look);
    }
    CHECK(look == e.runs.size());
    // At the look before it was not enough.
    Experiment shorter = e;
    shorter.runs.resize(before);
    CHECK_FALSE(precision_of(*e.scenario.until, shorter).reached);
    // n = (t s / h)^2 with the true deviation: sqrt(80), h = 0.8.
    const double needed = 1.96 * 1.96 * 80 / (0.8 * 0.8);
    CHECK(static_cast<double>(e.runs.size()) > needed / 1.5);
    CHECK(static_cast<double>(e.runs.size()) < needed * 1.9);
}

TEST_CASE("the number of runs does not depend on the threads") {
    const Experiment one = until(losing(), "requests.failed=2%", 1);
    const Experiment three = until(losing(), "requests.failed=2%", 3);
    CHECK(lost(one) == lost(three));
}

TEST_CASE("an absolute target, and a number that is zero in every run") {
    const Experiment wide = until(losing(), "requests.failed=5");
    CHECK(wide.runs.size() == first_look);
    CHECK(*wide.precision->half_width < 5);
    // Nothing is ever lost: at most 5 % of rollouts may still lose something once 1 - 0.025^(1/n)
    // is below it, from 72 runs on.
    Scenario safe = scenario("blue-green", {{"pods", "2"}, {"rate", "5/s"}, {"boot", "2s"}});
    safe.old_version.pre_stop = std::chrono::minutes{2};
    safe.old_version.grace = std::chrono::minutes{3};
    const Experiment none = until(safe, "requests.failed=5%");
    CHECK(none.spread("requests.failed")->max == 0);
    CHECK(none.precision->zero);
    CHECK(none.precision->reached);
    CHECK(none.runs.size() == 100);  // 30, 45, 67, 100
    CHECK(until(safe, "requests.failed=1").runs.size() == first_look);
}

TEST_CASE("a number of runs that is given is the most") {
    Scenario s = losing();
    s.runs = 40;
    s.origins["runs"] = {.kind = SourceKind::flag};
    const Experiment e = until(s, "requests.failed=0.01%");
    CHECK(e.runs.size() == 40);
    CHECK_FALSE(e.precision->reached);
}

TEST_CASE("what is finished when an experiment is stopped is its beginning") {
    Scenario s = losing();
    s.runs = 60;
    const Experiment whole = run_experiment(s);
    for (const unsigned threads : {1U, 3U}) {
        std::atomic<bool> stop{false};
        Execution execution(threads);
        execution.stop = &stop;
        execution.watch = [&](const Standing& standing) { stop = standing.done >= 20; };
        const Experiment part = run_experiment(s, execution);
        CHECK(part.interrupted);
        REQUIRE(part.runs.size() >= 18);
        REQUIRE(part.runs.size() < 30);
        const auto begin = lost(whole);
        CHECK(lost(part) ==
              std::vector<double>(begin.begin(),
                                  begin.begin() + static_cast<std::ptrdiff_t>(part.runs.size())));
    }
    std::atomic<bool> at_once{true};
    Execution execution;
    execution.stop = &at_once;
    CHECK_THROWS_AS(run_experiment(s, execution), Interrupted);
}

TEST_CASE("who watches sees every run once, and the interval shrink") {
    Scenario s = losing();
    s.runs = 50;
    Execution execution(3);
    std::vector<std::size_t> done;
    std::vector<double> widths;
    execution.watch = [&](const Standing& standing) {
        done.push_back(standing.done);
        CHECK(standing.planned == 50);
        if (standing.half_width) widths.push_back(*standing.half_width);
    };
    run_experiment(s, execution);
    REQUIRE(done.size() == 50);
    for (std::size_t i = 0; i < done.size(); ++i) CHECK(done[i] == i + 1);
    CHECK(widths.back() < widths.front());
}

TEST_CASE("any run is seen again by its own seed") {
    Scenario s = scenario("rolling", {{"pods", "4"}, {"rate", "30/s"}, {"runs", "20"}});
    const Experiment all = run_experiment(s);
    const auto worst = worst_run(all, "requests.failed");
    REQUIRE(worst.has_value());
    for (const std::size_t run : {*worst, std::size_t{7}}) {
        find_field("seed")->set(s, "1:" + std::to_string(run));
        s.runs = 1;
        const Experiment again = run_experiment(s);
        for (const Measure& m : all.runs[run].list()) {
            CAPTURE(m.path);
            CHECK(again.measures()[m.path] == m.value);
        }
    }
    CHECK(find_field("seed")->get(s) == "1:7");
    CHECK(Text<Seed>::parse("12") == Seed(12));
    CHECK_THROWS_AS(Text<Seed>::parse("1:x"), BadValue);
}

TEST_CASE("each kind of number has its own interval, or none where the runs cannot carry it") {
    Experiment e = run_experiment(scenario("recreate", {{"pods", "2"}, {"runs", "30"}}));
    const auto number = [](const char* text) { return parse_number(text, "column"); };
    const Estimate mean = estimate(number("requests.failed"), e);
    const Interval t = mean_interval(*e.spread("requests.failed"));
    CHECK(mean.interval.low == t.low);
    CHECK(mean.interval.high == t.high);
    const Estimate share = estimate(number("outcomes.complete"), e);
    CHECK(share.value == 1.0);
    CHECK(share.interval.low == share_interval(30, 30).low);  // not 1: 30 runs are not all
    // The middle of 30 lies between the 10th and the 21st; a p95 needs 72 for an upper end.
    auto sorted = values_of(e, "requests.failed");
    std::ranges::sort(sorted);
    const Estimate median = estimate(number("requests.failed.p50"), e);
    CHECK(median.interval.low == sorted[9]);
    CHECK(median.interval.high == sorted[20]);
    CHECK_FALSE(estimate(number("requests.failed.p95"), e).interval.high.has_value());
}
