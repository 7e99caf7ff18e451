#include "scenarios/experiments/paired.hpp"
#include "sim/numbers/statistics.hpp"
#include "tests/world.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

// What an interval promises: over many experiments the truth, which is known here, lies in 95 of
// 100 of them. A thousand of them tell a promise that is kept from one of 93 or 97.

using namespace stratsim;

namespace {

constexpr std::uint64_t experiments = 1000;

/// Recreate with fixed times: 4 pods end after 1 s, and 3 s later all four are up and listed. In
/// the 4 s between, each of 20 requests a second is lost: Poisson with mean 80.
Experiment experiment(std::uint64_t number, const std::string& boot = "3s") {
    Scenario s = scenario("recreate", {{"pods", "4"},
                                       {"rate", "20/s"},
                                       {"boot", boot},
                                       {"shutdown", "1s"},
                                       {"propagation", "0s"},
                                       {"service-time", "1ms"},
                                       {"concurrency", "0"},
                                       {"runs", "100"}});
    s.seed = 1000 + number;
    return run_experiment(s);
}

}  // namespace

TEST_CASE("of a thousand intervals 935 to 965 hold the truth") {
    constexpr double lost = 80;
    std::size_t held_mean = 0;
    std::size_t held_share = 0;
    std::size_t held_median = 0;
    std::size_t held_p95 = 0;
    std::size_t held_difference = 0;
    // Of Poisson(80), exactly: P(X >= 85), the median, and the least k with P(X <= k) >= 95 %.
    double below = 0;
    double term = std::exp(-lost);
    double many = 0;
    double p95 = 0;
    for (int k = 0; below < 0.95; ++k) {
        if (k == 85) many = 1 - below;
        below += term;
        term *= lost / (k + 1);
        p95 = k;
    }
    constexpr double median = 80;
    constexpr double less = -20;  // lost by a boot that takes a second less
    for (std::uint64_t i = 0; i < experiments; ++i) {
        const Experiment e = experiment(i);
        const auto spread = e.spread("requests.failed");
        REQUIRE(spread.has_value());
        const Interval mean = mean_interval(*spread);
        held_mean += *mean.low <= lost && lost <= *mean.high;
        std::vector<double> sorted;
        std::size_t bad = 0;
        for (const Measures& run : e.runs) {
            sorted.push_back(*run["requests.failed"]);
            bad += *run["requests.failed"] >= 85;
        }
        const Interval share = share_interval(bad, e.runs.size());
        held_share += *share.low <= many && many <= *share.high;
        std::ranges::sort(sorted);
        const Ranks ranks = quantile_ranks(sorted.size(), 50);
        held_median += sorted[ranks.low - 1] <= median && median <= sorted[ranks.high - 1];
        const Ranks high = quantile_ranks(sorted.size(), 95);
        REQUIRE(high.low > 0);
        REQUIRE(high.high > 0);
        held_p95 += sorted[high.low - 1] <= p95 && p95 <= sorted[high.high - 1];
        const auto difference = paired_difference(e, experiment(i, "2s"), "requests.failed");
        REQUIRE(difference.has_value());
        held_difference += *difference->interval.low <= less && less <= *difference->interval.high;
    }
    CHECK(held_mean >= 935);
    CHECK(held_mean <= 965);
    CHECK(held_share >= 935);
    CHECK(held_share <= 965);
    CHECK(held_difference >= 935);
    CHECK(held_difference <= 965);
    // Counts come in ties: the interval of a quantile holds at least what it promises.
    CHECK(held_median >= 935);
    CHECK(held_p95 >= 935);
}
