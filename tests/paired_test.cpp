#include "scenarios/experiments/paired.hpp"

#include "cli/reports/words/comparison.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/numbers/random.hpp"
#include "tests/only.hpp"
#include "tests/world.hpp"

#include <cmath>
#include <doctest/doctest.h>

// Differences of strategies that met the same visitors. The claims of many at once are held
// against made-up experiments of which it is known whether they differ.

using namespace stratsim;

namespace {

Experiment made_of(const std::vector<double>& lost, const std::string& name = "rolling") {
    Experiment e;
    e.scenario.strategy = name;
    for (const double value : lost) e.runs.push_back(only("requests.failed", value));
    return e;
}

/// Normal numbers, by Box and Muller.
class Normal {
  public:
    explicit Normal(std::uint64_t seed) : random_(seed, 0) {}
    double next() {
        const Block block = random_.block(Concern::request, count_++);
        return std::sqrt(-2 * natural_log(block.uniform(0))) *
               std::cos(6.283185307179586 * block.uniform(1));
    }

  private:
    Randomness random_;
    std::uint64_t count_ = 0;
};

}  // namespace

TEST_CASE("Holm's adjustment of the textbook") {
    // Smallest times 4, next times 3, and so on, never less than the one before.
    const auto adjusted = adjusted_by_holm({0.01, 0.04, 0.03, 0.005});
    CHECK(adjusted[3] == doctest::Approx(0.02));
    CHECK(adjusted[0] == doctest::Approx(0.03));
    CHECK(adjusted[2] == doctest::Approx(0.06));
    CHECK(adjusted[1] == doctest::Approx(0.06));
    CHECK(adjusted_by_holm({0.9, 0.8}) == std::vector<double>{1, 1});
    CHECK(adjusted_by_holm({}).empty());
}

TEST_CASE("the same visitors save the runs that theory says") {
    // Two numbers of deviation 10 with correlation 0.9: the difference has variance 20, not 200.
    Normal normal(1);
    std::vector<double> a;
    std::vector<double> b;
    for (int i = 0; i < 20000; ++i) {
        const double common = normal.next() * std::sqrt(0.9);
        a.push_back(50 + 10 * (common + normal.next() * std::sqrt(0.1)));
        b.push_back(53 + 10 * (common + normal.next() * std::sqrt(0.1)));
    }
    const auto d = paired_difference(made_of(a), made_of(b), "requests.failed");
    REQUIRE(d.has_value());
    CHECK(*d->correlation == doctest::Approx(0.9).epsilon(0.01));
    CHECK(*d->saving == doctest::Approx(10).epsilon(0.1));
    CHECK(d->sd * d->sd == doctest::Approx(20).epsilon(0.1));
    CHECK(d->mean == doctest::Approx(3).epsilon(0.05));
    CHECK(d->is_seen());
}

TEST_CASE("what is the same in every run is no difference, and what is always the same is one") {
    const std::vector<double> lost{5, 9, 2, 7, 7};
    std::vector<double> more;
    for (const double x : lost) more.push_back(x + 2);
    const auto same = paired_difference(made_of(lost), made_of(lost), "requests.failed");
    CHECK(same->mean == 0);
    CHECK(same->p == 1);
    CHECK_FALSE(same->is_seen());
    CHECK_FALSE(same->saving.has_value());
    const auto always = paired_difference(made_of(lost), made_of(more), "requests.failed");
    CHECK(always->interval.low == 2);
    CHECK(always->interval.high == 2);
    CHECK(always->p == 0);
    CHECK(always->is_seen());
    // One run tells nothing.
    CHECK_FALSE(paired_difference(made_of({1}), made_of({9}), "requests.failed")->is_seen());
    CHECK_FALSE(paired_difference(made_of(lost), made_of(lost), "no.such.path").has_value());
}

TEST_CASE("p of a difference is that of Student's t") {
    // Differences 1 2 3 4 5: mean 3, deviation sqrt(2.5), t = 4.2426 with 4 degrees of freedom.
    const auto d =
        paired_difference(made_of({0, 0, 0, 0, 0}), made_of({1, 2, 3, 4, 5}), "requests.failed");
    CHECK(d->p == doctest::Approx(0.013236).epsilon(1e-3));
    CHECK(*d->interval.low == doctest::Approx(3 - 2.776445 * std::sqrt(0.5)).epsilon(1e-6));
    const auto of_six =
        paired_difference(made_of({0, 0, 0, 0, 0}), made_of({1, 2, 3, 4, 5}), "requests.failed", 6);
    // t at 1 - 0.025/6 with 4 degrees of freedom.
    CHECK(*of_six->interval.low == doctest::Approx(3 - 4.851 * std::sqrt(0.5)).epsilon(1e-3));
}

TEST_CASE("of strategies that do not differ, hardly ever any two are told apart") {
    constexpr int comparisons = 1000;
    int wrong = 0;
    int wrong_alone = 0;
    Normal normal(7);
    for (int c = 0; c < comparisons; ++c) {
        std::vector<std::vector<double>> lost(4);
        for (int run = 0; run < 20; ++run) {
            const double common = normal.next();
            for (auto& one : lost) one.push_back(common + normal.next());
        }
        std::vector<Experiment> experiments;
        for (const auto& one : lost) experiments.push_back(made_of(one));
        const auto all = contrasts_of(experiments, {"requests.failed"});
        REQUIRE(all.size() == 6);
        bool any = false;
        bool any_alone = false;
        for (const Contrast& contrast : all) {
            any |= contrast.difference.is_seen();
            any_alone |= contrast.difference.p < 0.05;
            // Words never claim more than Holm's method does.
            if (contrast.difference.is_seen()) CHECK(contrast.p_adjusted <= 0.05 + 1e-12);
        }
        wrong += any;
        wrong_alone += any_alone;
    }
    // 5 % or less, with three standard errors; looking at each alone would go wrong in 20 %.
    CHECK(wrong <= 71);
    CHECK(wrong_alone > 130);
}

TEST_CASE("the table of differences holds the others against the one that loses least") {
    std::vector<Experiment> list;
    for (const char* name : {"recreate", "rolling", "blue-green"})
        list.push_back(
            run_experiment(scenario(name, {{"pods", "4"}, {"rate", "50/s"}, {"runs", "30"}})));
    const auto table = differences_of(list);
    REQUIRE(table.has_value());
    CHECK(table->reference == "blue-green");
    CHECK(table->names == std::vector<std::string>{"recreate", "rolling"});
    const Figure& lost = table->figures.front();
    CHECK(lost.head == "lost");
    CHECK(lost.cells[0].starts_with("+"));
    // The text is no narrower than the interval.
    const auto d =
        paired_difference(list[2], list[0], "requests.failed",
                          contrasts_of(list, {"requests.failed", "downtime.total_s",
                                              "rollout.duration_s", "cost.extra_pod_seconds"})
                              .size());
    const double low = std::stod(lost.cells[0].substr(1));
    CHECK(low <= *d->interval.low);
    CHECK(low > 0.95 * *d->interval.low - 1);
    CHECK_FALSE(differences_of({list[0]}).has_value());
}
