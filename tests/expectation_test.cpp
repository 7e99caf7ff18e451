#include "scenarios/settings/expectation.hpp"

#include "scenarios/experiments/experiment.hpp"
#include "scenarios/settings/units.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/numbers/random.hpp"
#include "sim/numbers/statistics.hpp"
#include "tests/only.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

using namespace stratsim;

namespace {

/// An experiment of which nothing is known but the requests lost in each run.
Experiment with_lost(const std::vector<double>& lost, const std::string& expected) {
    Experiment e;
    e.scenario.strategy = "rolling";
    e.scenario.expectations = {parse_expectation(expected)};
    for (const double value : lost) {
        e.runs.push_back(only("requests.failed", value));
        e.outcomes.push_back(RolloutOutcome::complete);
    }
    return e;
}

Judgment judged(const std::vector<double>& lost, const std::string& expected) {
    return judge(with_lost(lost, expected)).front();
}

Verdict verdict(const std::vector<double>& lost, const std::string& expected) {
    return judged(lost, expected).verdict;
}

std::vector<double> counting(int n) {
    std::vector<double> values;
    for (int i = 1; i <= n; ++i) values.push_back(i);
    return values;
}

std::string advice_of(const std::string& text) {
    try {
        parse_expectation(text);
    } catch (const BadValue& bad) {
        return bad.advice();
    }
    return "accepted";
}

/// A stream of numbers between 0 and 1, never the ends.
class Numbers {
  public:
    explicit Numbers(std::uint64_t seed)
        : state_(seed * 0xff51afd7ed558ccdU + 0x1d8e4e27c47d124fU) {}
    double next() {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return (static_cast<double>((z ^ (z >> 31U)) >> 11U) + 0.5) / 9007199254740992.0;
    }

  private:
    std::uint64_t state_;
};

}  // namespace

TEST_CASE("Student's t has the quantiles of the tables") {
    CHECK(student_t_quantile(0.975, 9) == doctest::Approx(2.262157162798).epsilon(1e-12));
    CHECK(student_t_quantile(0.975, 29) == doctest::Approx(2.0452296).epsilon(1e-7));
    CHECK(student_t_quantile(0.975, 99) == doctest::Approx(1.984217).epsilon(1e-6));
    CHECK(student_t_quantile(0.975, 1) == doctest::Approx(12.706204736175).epsilon(1e-11));
    CHECK(student_t_quantile(0.975, 1e6) == doctest::Approx(normal_quantile(0.975)).epsilon(1e-5));
    CHECK(student_t_quantile(0.025, 9) == -student_t_quantile(0.975, 9));
}

TEST_CASE("the incomplete beta function agrees with its closed forms") {
    CHECK(incomplete_beta(0.3, 1, 1) == doctest::Approx(0.3).epsilon(1e-13));
    CHECK(incomplete_beta(0.3, 2, 1) == doctest::Approx(0.09).epsilon(1e-13));
    CHECK(incomplete_beta(0.3, 1, 3) == doctest::Approx(1 - 0.343).epsilon(1e-13));
    CHECK(incomplete_beta(0.5, 7, 7) == doctest::Approx(0.5).epsilon(1e-13));
    CHECK(binomial_probability(0, 10, 0.5) == doctest::Approx(1.0 / 1024).epsilon(1e-12));
    CHECK(binomial_probability(9, 10, 0.5) == doctest::Approx(1023.0 / 1024).epsilon(1e-12));
    CHECK(binomial_probability(10, 10, 0.5) == 1);
}

TEST_CASE("quantiles lie between the ranks that the binomial gives") {
    const auto ranks = [](std::size_t n, int percent) {
        const Ranks r = quantile_ranks(n, percent);
        return std::pair{r.low, r.high};
    };
    CHECK(ranks(100, 50) == std::pair<std::size_t, std::size_t>{40, 61});
    CHECK(ranks(100, 90) == std::pair<std::size_t, std::size_t>{84, 96});
    CHECK(ranks(100, 95) == std::pair<std::size_t, std::size_t>{90, 100});
    CHECK(ranks(1000, 99) == std::pair<std::size_t, std::size_t>{983, 997});
    CHECK(ranks(71, 95).second == 0);
    CHECK(ranks(72, 95).second == 72);
    CHECK(ranks(71, 5).first == 0);
    CHECK(ranks(72, 5).first == 1);
    CHECK(runs_for_quantile(95) == 72);
    CHECK(runs_for_quantile(5) == 72);
    CHECK(runs_for_quantile(99) == 368);
}

TEST_CASE("a share has Wilson's interval, and Clopper and Pearson's where none or all are seen") {
    const Interval some = share_interval(75, 200);
    CHECK(*some.low == doctest::Approx(0.3108).epsilon(1e-3));
    CHECK(*some.high == doctest::Approx(0.4438).epsilon(1e-3));
    CHECK(*share_interval(0, 1000).high == doctest::Approx(0.003682).epsilon(1e-3));
    CHECK(*share_interval(100, 100).low == doctest::Approx(0.96378).epsilon(1e-4));
}

TEST_CASE("a deviation's interval holds the true one of normal values about as often as it says") {
    int holds = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        Numbers numbers(seed);
        std::vector<double> values;
        for (int i = 0; i < 60; ++i) values.push_back(3 * normal_quantile(numbers.next()));
        const Interval interval = deviation_interval(values);
        if (*interval.low <= 3 && 3 <= *interval.high) ++holds;
    }
    CHECK(holds > 360);
    CHECK(holds < 396);
}

TEST_CASE("an expectation is a path, a statistic, a sign and a limit") {
    const Expectation e = parse_expectation("  requests.failed.p95<=1 ");
    CHECK(e.text == "requests.failed.p95<=1");
    CHECK(e.path == "requests.failed");
    CHECK(word_of(e.statistic) == "p95");
    CHECK(e.relation == Relation::at_most);
    CHECK(e.limit == 1);
    CHECK(word_of(parse_expectation("requests.failed == 0").statistic) == "mean");
    CHECK(word_of(parse_expectation("downtime.total_s.max < 1").statistic) == "max");
    CHECK(word_of(parse_expectation("downtime.total_s.sd < 1").statistic) == "sd");
    // What looks like a statistic may be part of a name.
    CHECK(parse_expectation("latency_ms.p99 <= 100").path == "latency_ms.p99");
    CHECK(parse_expectation("latency_ms.p99.p50 > 100").path == "latency_ms.p99");
}

TEST_CASE("a limit may have the unit of what it limits") {
    CHECK(parse_expectation("rollout.duration_s <= 5m").limit == 300);
    CHECK(parse_expectation("rollout.duration_s <= 300").limit == 300);
    CHECK(parse_expectation("latency_ms.p99 <= 250ms").limit == 250);
    CHECK(parse_expectation("latency_ms.p99 <= 1s").limit == 1000);
    CHECK(parse_expectation("state.surviving_share >= 99.5%").limit == doctest::Approx(0.995));
    CHECK(parse_expectation("cost.extra_percent < 20%").limit == 20);
    CHECK(advice_of("requests.failed <= 5s") == "write a plain number");
    CHECK(advice_of("state.surviving_share >= much") == "write 1% or 0.01");
    CHECK(advice_of("rollout.duration_s <= fast").starts_with("write 8s"));
}

TEST_CASE("how rollouts end is expected as a share of the runs, or by its word") {
    CHECK(parse_expectation("outcomes.complete == 1").unit == Unit::fraction);
    CHECK(parse_expectation("outcomes.rolled-back <= 5%").limit == doctest::Approx(0.05));
    const Expectation word = parse_expectation("rollout.outcome == complete");
    CHECK(word.path == "outcomes.complete");
    CHECK(word.limit == 1);
    CHECK(advice_of("rollout.outcome == done") ==
          "write rollout.outcome == complete, stalled or rolled-back");
    CHECK(advice_of("outcomes.complete.p95 == 1") == "write outcomes.complete alone");
}

TEST_CASE("a mistake names what to write instead") {
    CHECK(advice_of("requests.faild.p95 <= 1") == "did you mean 'requests.failed.p95'?");
    CHECK(advice_of("request.failed <= 1") == "did you mean 'requests.failed'?");
    CHECK(advice_of("failed <= 1") == "did you mean 'requests.failed'?");
    CHECK(advice_of("outcomes.completed == 1") == "did you mean 'outcomes.complete'?");
    CHECK(advice_of("requests.failed.p95").starts_with("write requests.failed.p95 <= 1"));
    CHECK(advice_of("requests.failed != 1") == "write <=, <, >=, > or ==");
    CHECK(advice_of("<= 1").starts_with("write "));
    CHECK(advice_of("requests.failed <=").starts_with("write "));
    CHECK(advice_of("").starts_with("write "));
}

TEST_CASE("a verdict needs the whole interval on one side") {
    const auto values = counting(100);  // mean 50.5, 95 % within 44.7 and 56.3
    CHECK(verdict(values, "requests.failed <= 60") == Verdict::pass);
    CHECK(verdict(values, "requests.failed <= 52") == Verdict::undecided);
    CHECK(verdict(values, "requests.failed <= 50") == Verdict::undecided);
    CHECK(verdict(values, "requests.failed <= 40") == Verdict::fail);
    CHECK(verdict(values, "requests.failed >= 40") == Verdict::pass);
    CHECK(verdict(values, "requests.failed >= 60") == Verdict::fail);
    CHECK(verdict(values, "requests.failed == 50") == Verdict::undecided);
    CHECK(verdict(values, "requests.failed == 80") == Verdict::fail);
    const Judgment p95 = judged(values, "requests.failed.p95 <= 100");
    CHECK(p95.low == 90);
    CHECK(p95.high == 100);
    CHECK(p95.verdict == Verdict::pass);
    CHECK(verdict(values, "requests.failed.p95 < 100") == Verdict::undecided);
    CHECK(verdict(values, "requests.failed.p95 <= 89") == Verdict::fail);
    CHECK(verdict(values, "requests.failed.max <= 99") == Verdict::fail);
    CHECK(verdict(values, "requests.failed.max <= 100") == Verdict::pass);
}

TEST_CASE("where no two runs differ the verdict is outright") {
    const std::vector<double> none(10, 0.0);
    CHECK(verdict(none, "requests.failed.p95 <= 0") == Verdict::pass);
    CHECK(verdict(none, "requests.failed == 0") == Verdict::pass);
    CHECK(verdict(none, "requests.failed < 0") == Verdict::fail);
    CHECK(verdict(none, "requests.failed.sd <= 0") == Verdict::pass);
    CHECK(verdict(none, "outcomes.complete == 1") == Verdict::pass);
    CHECK(verdict(none, "rollout.outcome == stalled") == Verdict::fail);
    CHECK(verdict({5}, "requests.failed <= 1") == Verdict::undecided);
    CHECK(verdict({}, "requests.failed <= 1") == Verdict::undecided);
}

TEST_CASE("one run that stalls is enough to fail what all must do") {
    Experiment e = with_lost(counting(100), "outcomes.complete == 1");
    e.outcomes[7] = RolloutOutcome::stalled;
    CHECK(judge(e).front().verdict == Verdict::fail);
}

TEST_CASE("a sample too small for a quantile is refused, not guessed") {
    const Judgment small = judged(counting(20), "requests.failed.p95 <= 100");
    CHECK(small.verdict == Verdict::undecided);
    CHECK(!small.high);
    CHECK(small.runs_needed == 72);
}

TEST_CASE("an undecided verdict says how many runs would decide") {
    const Judgment j = judged(counting(100), "requests.failed <= 52");
    REQUIRE(j.runs_needed);
    CHECK(*j.runs_needed > 1000);  // the half-width 5.76 must become 1.5
    CHECK(*j.runs_needed < 2000);
    CHECK(!judged(counting(100), "requests.failed <= 50.5").runs_needed);
}

TEST_CASE("chance fails a good gate in fewer than one of a thousand seeds") {
    constexpr std::uint64_t seeds = 20'000;
    constexpr std::size_t runs = 30;
    std::uint64_t flips = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Numbers numbers(seed);
        std::vector<std::optional<double>> values;
        // The true mean 0 is two standard errors on the good side of the limit.
        for (std::size_t i = 0; i < runs; ++i) values.emplace_back(normal_quantile(numbers.next()));
        const Interval interval = mean_interval(*spread_of(values));
        if (*interval.low > 2 / std::sqrt(static_cast<double>(runs))) ++flips;
    }
    CHECK(flips * 1000 < seeds);
}

TEST_CASE(
    "a rollout two standard errors on the good side of its gate fails for none of 1000 seeds") {
    constexpr std::uint64_t seeds = 1000;
    constexpr std::uint64_t runs = 20;
    Scenario s;
    s.strategy = "rolling";
    s.pods = 2;
    s.rate.per_second = 20;
    s.runs = 5000;
    s.seed = 12345;
    // Lost requests are skewed and whole, as real numbers are and normal ones are not.
    const Spread truth = *run_experiment(s, 1).spread("requests.failed");
    s.runs = runs;
    s.expectations = {parse_expectation("requests.failed <= 1")};
    s.expectations.front().limit = truth.mean + 2 * truth.sd / std::sqrt(static_cast<double>(runs));
    std::size_t passes = 0;
    std::size_t failures = 0;
    for (s.seed.number = 1; s.seed.number <= seeds; ++s.seed.number) {
        const Verdict verdict = run_experiment(s, 1).judgments.front().verdict;
        passes += verdict == Verdict::pass ? 1 : 0;
        failures += verdict == Verdict::fail ? 1 : 0;
    }
    CHECK(failures == 0);
    CHECK(passes > seeds / 4);  // else it only never decides
}
