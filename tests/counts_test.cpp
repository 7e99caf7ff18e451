#include "sim/numbers/counts.hpp"

#include "sim/numbers/elementary.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <vector>

using namespace stratsim;

namespace {

constexpr std::uint64_t draws = 200'000;

/// Chi-square of the draws against the exact probabilities, in classes of at least 20 expected.
double p_of(const std::function<std::uint64_t(const Block&)>& draw,
            const std::function<double(double)>& log_probability, double from, double to) {
    const auto first = static_cast<std::uint64_t>(from);
    const auto last = static_cast<std::uint64_t>(to);
    std::vector<double> seen(last - first + 2);
    const Randomness random(11, 0);
    for (std::uint64_t i = 0; i < draws; ++i) {
        const std::uint64_t k = draw(random.block(Concern::aggregate_bin, 0, i));
        seen[k < first ? 0 : std::min(k - first, last - first + 1)] += 1;
    }
    double chi = 0;
    double expected = 0;
    double got = 0;
    double left = static_cast<double>(draws);
    double left_seen = left;
    int classes = 0;
    for (std::uint64_t i = 0; i + 1 < seen.size(); ++i) {
        expected +=
            static_cast<double>(draws) * std::exp(log_probability(static_cast<double>(first + i)));
        got += seen[i];
        if (expected < 20) continue;
        chi += (got - expected) * (got - expected) / expected;
        left -= expected;
        left_seen -= got;
        ++classes;
        expected = got = 0;
    }
    if (left > 5) {
        chi += (left_seen - left) * (left_seen - left) / left;
        ++classes;
    }
    return chi_square_tail(chi, classes - 1);
}

struct Moments {
    double mean = 0;
    double variance = 0;
};

Moments moments(const std::function<std::uint64_t(const Block&)>& draw, double about) {
    const Randomness random(12, 0);
    double sum = 0;
    double squares = 0;
    for (std::uint64_t i = 0; i < draws; ++i) {
        const double x =
            static_cast<double>(draw(random.block(Concern::aggregate_bin, 0, i))) - about;
        sum += x;
        squares += x * x;
    }
    const double n = static_cast<double>(draws);
    return {about + sum / n, (squares - sum * sum / n) / (n - 1)};
}

}  // namespace

TEST_CASE("probabilities of counts are the textbook's") {
    CHECK(std::exp(log_poisson(3, 2.5)) == doctest::Approx(0.21376301724973642).epsilon(1e-12));
    CHECK(std::exp(log_poisson(0, 2.5)) == doctest::Approx(std::exp(-2.5)).epsilon(1e-14));
    CHECK(std::exp(log_binomial(3, 10, 0.3)) == doctest::Approx(0.266827932).epsilon(1e-12));
    CHECK(std::exp(log_binomial(0, 10, 0.3)) == doctest::Approx(0.0282475249).epsilon(1e-12));
    // Where differences of logarithms of factorials have no digits left.
    CHECK(log_poisson(3.6e9, 3.6e9) ==
          doctest::Approx(-0.5 * std::log(2 * M_PI * 3.6e9)).epsilon(1e-9));
}

TEST_CASE("Poisson numbers have the Poisson distribution") {
    for (const double mean : {0.01, 0.7, 3.0, 9.9, 10.1, 37.0, 800.0}) {
        CAPTURE(mean);
        const double wide = 7 * std::sqrt(mean) + 10;
        CHECK(p_of([&](const Block& b) { return poisson(mean, b); },
                   [&](double k) { return log_poisson(k, mean); }, std::max(0.0, mean - wide),
                   mean + wide) > 1e-4);
    }
}

TEST_CASE("binomial numbers have the binomial distribution") {
    struct Case {
        std::uint64_t n;
        double p;
    };
    for (const Case& c : {Case{5, 0.5}, Case{100, 0.01}, Case{100, 0.93}, Case{1000, 0.3},
                          Case{1'000'000, 1e-4}, Case{3'600'000'000, 1e-8}}) {
        CAPTURE(c.n);
        CAPTURE(c.p);
        const double n = static_cast<double>(c.n);
        const double wide = 7 * std::sqrt(n * c.p * (1 - c.p)) + 10;
        CHECK(p_of([&](const Block& b) { return binomial(c.n, c.p, b); },
                   [&](double k) { return log_binomial(k, n, c.p); }, std::max(0.0, n * c.p - wide),
                   std::min(n, n * c.p + wide)) > 1e-4);
    }
    const Block any{{1, 2, 3, 4}};
    CHECK(binomial(7, 0, any) == 0);
    CHECK(binomial(7, 1, any) == 7);
    CHECK(binomial(0, 0.5, any) == 0);
}

TEST_CASE("large counts keep mean and dispersion") {
    for (const double mean : {1e4, 3.6e9, 1e13}) {
        CAPTURE(mean);
        const Moments m = moments([&](const Block& b) { return poisson(mean, b); }, mean);
        CHECK(std::abs(m.mean - mean) < 4.5 * std::sqrt(mean / static_cast<double>(draws)));
        CHECK(m.variance / mean == doctest::Approx(1).epsilon(0.016));  // 5 standard errors
    }
    constexpr std::uint64_t n = 3'600'000'000;
    const double variance = static_cast<double>(n) * 0.3 * 0.7;
    const Moments m = moments([](const Block& b) { return binomial(n, 0.3, b); }, 1.08e9);
    CHECK(std::abs(m.mean - 1.08e9) < 4.5 * std::sqrt(variance / static_cast<double>(draws)));
    CHECK(m.variance / variance == doctest::Approx(1).epsilon(0.016));
}

TEST_CASE("the test of distributions finds a wrong one") {
    CHECK(p_of([](const Block& b) { return poisson(37.3, b); },
               [](double k) { return log_poisson(k, 37.0); }, 0, 90) < 1e-6);
    CHECK(p_of([](const Block& b) { return binomial(370, 0.1, b); },
               [](double k) { return log_poisson(k, 37.0); }, 0, 90) < 1e-6);
}

TEST_CASE("a count is the number that its block names") {
    // Of every compiler: the algorithm uses no function of the C library that may differ.
    const Randomness random(1, 2);
    CHECK(poisson(3, random.block(Concern::aggregate_bin, 4)) == 5);
    CHECK(poisson(3.6e9, random.block(Concern::aggregate_bin, 5)) == 3599950614);
    CHECK(binomial(1000, 0.3, random.block(Concern::aggregate_bin, 6)) == 303);
}
