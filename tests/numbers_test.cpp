#include "cli/reports/words/numbers.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace stratsim;

namespace {

/// A spread whose mean has the given half-width of its 95 % interval, over 100 runs.
Spread spread(double mean, double half, double p5, double p50, double p95) {
    return {.count = 100,
            .mean = mean,
            .sd = half * 10 / student_t(99),
            .p5 = p5,
            .p50 = p50,
            .p95 = p95,
            .max = p95};
}

}  // namespace

TEST_CASE("counts have comma groups, and a letter from a million") {
    CHECK(count_text(0) == "0");
    CHECK(count_text(999) == "999");
    CHECK(count_text(95900) == "95,900");
    CHECK(count_text(999999) == "999,999");
    CHECK(count_text(1234567) == "1.2M");
    CHECK(count_text(12345678) == "12M");
    CHECK(count_text(1234567890) == "1,235M");
    CHECK(count_text(-35) == "-35");
    CHECK(count_text(1234.56, 1) == "1,234.6");
    CHECK(count_text(-0.01, 1) == "0.0");
}

TEST_CASE("durations are written as flags read them") {
    CHECK(duration_text(0) == "0s");
    CHECK(duration_text(0.00012) == "120us");
    CHECK(duration_text(0.0051) == "5.1ms");
    CHECK(duration_text(0.068) == "68ms");
    CHECK(duration_text(0.9996) == "1.0s");
    CHECK(duration_text(5.1) == "5.1s");
    CHECK(duration_text(9.97) == "10s");
    CHECK(duration_text(28.4) == "28s");
    CHECK(duration_text(59.7) == "1m00s");
    CHECK(duration_text(956) == "15m56s");
    CHECK(duration_text(3599.8) == "1h00m");
    CHECK(duration_text(3840) == "1h04m");
    CHECK(duration_text(200000) == "2d08h");
    CHECK(duration_text(-28) == "-28s");
}

TEST_CASE("ends of a range of durations go outward") {
    CHECK(duration_text(17.9, Rounding::down) == "17s");
    CHECK(duration_text(50.1, Rounding::up) == "51s");
    CHECK(duration_text(4.88, Rounding::down) == "4.8s");
    CHECK(duration_text(4.81, Rounding::up) == "4.9s");
    CHECK(duration_text(9.95, Rounding::up) == "10s");
    CHECK(range_text(spread(5, 1, 4.88, 5, 12.2), Unit::seconds) == "4.8s to 13s");
}

TEST_CASE("percentages have two digits below ten and none above") {
    CHECK(percent_text(0) == "0%");
    CHECK(percent_text(0.0017) == "0.17%");
    CHECK(percent_text(0.061) == "6.1%");
    CHECK(percent_text(0.0996) == "10%");
    CHECK(percent_text(0.44) == "44%");
    CHECK(percent_text(1) == "100%");
    CHECK(percent_text(0.99833) == "99.83%");
    CHECK(percent_text(0.999996) != "100%");
}

TEST_CASE("a tiny share is a count, and one of nearly all names what is missing") {
    CHECK(part_text(160, 95900) == "0.17%");
    CHECK(part_text(3, 95900) == "3");
    CHECK(part_text(95740, 95900) == "99.83% (160 not)");
    CHECK(part_text(0, 0) == "-");
}

TEST_CASE("money has its sign first and does not dwell on parts of a cent") {
    CHECK(money_text(0.016, "USD") == "$0.016");
    CHECK(money_text(0.0012, "USD") == "<$0.01");
    CHECK(money_text(-0.0012, "USD") == "-<$0.01");
    CHECK(money_text(0, "USD") == "$0");
    CHECK(money_text(0.38, "USD") == "$0.38");
    CHECK(money_text(1234.5, "USD") == "$1,234.50");
    CHECK(money_text(-2, "EUR") == "-EUR 2.00");
}

TEST_CASE("a mean is rounded to what its interval knows of it") {
    CHECK(lead_text(spread(192.8, 14, 102, 190, 313), Unit::requests) == "190");
    CHECK(lead_text(spread(4523.2, 3, 4500, 4520, 4540), Unit::requests) == "4,520");
    CHECK(lead_text(spread(0.21, 0.06, 0, 0, 1), Unit::requests) == "0.21");
    CHECK(lead_text(spread(2.3, 15, 0, 0, 1), Unit::requests) == "2");
    CHECK(lead_text(spread(28, 4, 17, 27.6, 50), Unit::seconds) == "28s");
}

TEST_CASE("one run's own counts are exact") {
    CHECK(lead_text(
              {.count = 1, .mean = 12345, .p5 = 12345, .p50 = 12345, .p95 = 12345, .max = 12345},
              Unit::requests) == "12,345");
}

TEST_CASE("the dust of sums of seconds is zero") {
    CHECK(lead_text(spread(3e-14, 1e-15, 1e-14, 2e-14, 4e-14), Unit::pod_seconds) == "0");
    CHECK(range_text(spread(3e-14, 1e-15, 1e-14, 2e-14, 4e-14), Unit::pod_seconds) == "0");
}

TEST_CASE("a range reaches outward to half of the mean's last digit") {
    CHECK(range_text(spread(192.8, 14, 102, 190, 313), Unit::requests) == "100 to 315");
    CHECK(range_text(spread(111.2, 1.5, 105.2, 111, 124.4), Unit::pod_seconds) == "105 to 125");
    CHECK(range_text(spread(3257.2, 3, 3201, 3250, 3318), Unit::pod_seconds) == "3,200 to 3,320");
    CHECK(range_text(spread(10, 0, 10, 10, 10), Unit::pods) == "10");
}

TEST_CASE("a range of too few runs is replaced by how many it needs") {
    const Spread few{.count = 5, .mean = 3, .sd = 1, .p5 = 2, .p50 = 3, .p95 = 4, .max = 4};
    CHECK(range_text(few, Unit::requests) == "needs 20 runs");
    CHECK(range_or_nothing(few, Unit::requests).empty());
}

TEST_CASE("an interval of a count does not reach below zero") {
    CHECK(interval_text(spread(192.8, 14, 102, 190, 313), Unit::requests) == "175 to 210");
    CHECK(interval_text(spread(2, 3, 0, 0, 1), Unit::requests) == "0 to 5");
    CHECK(interval_text(spread(28, 4, 17, 27.6, 50), Unit::seconds) == "-");
}

TEST_CASE("the quantile of Student's t agrees with the tables") {
    CHECK(student_t(1) == doctest::Approx(12.7062047364).epsilon(1e-7));
    CHECK(student_t(2) == doctest::Approx(4.3026527297).epsilon(1e-7));
    CHECK(student_t(5) == doctest::Approx(2.5705818356).epsilon(1e-7));
    CHECK(student_t(10) == doctest::Approx(2.2281388520).epsilon(1e-7));
    CHECK(student_t(30) == doctest::Approx(2.0422724563).epsilon(1e-7));
    CHECK(student_t(99) == doctest::Approx(1.9842169516).epsilon(1e-7));
    CHECK(student_t(100) == doctest::Approx(1.9839715185).epsilon(1e-7));
    CHECK(student_t(120) == doctest::Approx(1.9799304051).epsilon(1e-7));
    CHECK(student_t(1000) == doctest::Approx(1.9623390808).epsilon(1e-7));
}

TEST_CASE("the two ways to the quantile of Student's t meet") {
    CHECK(student_t(100) > student_t(101));
    CHECK(student_t(100) - student_t(101) ==
          doctest::Approx(student_t(101) - student_t(102)).epsilon(0.05));
}

TEST_CASE("what was never seen is bounded by the number of runs") {
    CHECK(bound_text(100) == "at most 3.6% of rollouts, 95%");
    CHECK(percent_text(bound_when_none_seen(1000)) == "0.37%");
    CHECK(bound_when_none_seen(1) == doctest::Approx(0.975));
}
