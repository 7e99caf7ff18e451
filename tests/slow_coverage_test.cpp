#include "sim/statistics.hpp"
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
Experiment experiment(std::uint64_t number) {
    Scenario s = scenario("recreate", {{"pods", "4"},
                                       {"rate", "20/s"},
                                       {"boot", "3s"},
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
    // P(Poisson(80) >= 85), exactly, and its median.
    double below = 0;
    double term = std::exp(-lost);
    for (int k = 0; k < 85; ++k) {
        below += term;
        term *= lost / (k + 1);
    }
    const double many = 1 - below;
    constexpr double median = 80;
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
    }
    CHECK(held_mean >= 935);
    CHECK(held_mean <= 965);
    CHECK(held_share >= 935);
    CHECK(held_share <= 965);
    // Counts come in ties: the interval of a quantile holds at least what it promises.
    CHECK(held_median >= 935);
}
