#include "sim/numbers/random.hpp"

#include "sim/numbers/distribution.hpp"
#include "sim/numbers/elementary.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace stratsim;

TEST_CASE("Philox4x64-10 gives the known answers of its authors") {
    // Random123, tests/kat_vectors.
    const auto zeros = philox({0, 0, 0, 0}, {0, 0}).words;
    CHECK(zeros[0] == 0x16554d9eca36314cULL);
    CHECK(zeros[1] == 0xdb20fe9d672d0fdcULL);
    CHECK(zeros[2] == 0xd7e772cee186176bULL);
    CHECK(zeros[3] == 0x7e68b68aec7ba23bULL);
    const auto ones = philox({~0ULL, ~0ULL, ~0ULL, ~0ULL}, {~0ULL, ~0ULL}).words;
    CHECK(ones[0] == 0x87b092c3013fe90bULL);
    CHECK(ones[3] == 0xa09caebf594f0ba0ULL);
    const auto pi = philox({0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL, 0xa4093822299f31d0ULL,
                            0x082efa98ec4e6c89ULL},
                           {0x452821e638d01377ULL, 0xbe5466cf34e90c6cULL})
                        .words;
    CHECK(pi[0] == 0xa528f45403e61d95ULL);
    CHECK(pi[1] == 0x38c72dbd566e9788ULL);
    CHECK(pi[2] == 0xa5a1610e72fd18b5ULL);
    CHECK(pi[3] == 0x57bd43b5e52b7fe6ULL);
}

TEST_CASE("logarithm and exponential agree with the C library to the last digits") {
    for (int i = -300; i <= 300; ++i) {
        const double x = std::pow(1.07, i) * 1.000123;
        CHECK(natural_log(x) == doctest::Approx(std::log(x)).epsilon(4e-16));
        const double y = i * 0.37;
        CHECK(exponential(y) == doctest::Approx(std::exp(y)).epsilon(1e-15));
    }
    CHECK(natural_log(1.0) == 0.0);
    CHECK(exponential(0.0) == 1.0);
    CHECK(exponential(-1000) == 0.0);
    CHECK(std::isinf(natural_log(0.0)));
}

TEST_CASE("the normal quantile undoes the normal distribution") {
    for (double p : {1e-12, 1e-6, 0.001, 0.024, 0.3, 0.5, 0.77, 0.99, 0.999999}) {
        CHECK(0.5 * std::erfc(-normal_quantile(p) / std::sqrt(2.0)) ==
              doctest::Approx(p).epsilon(1e-12));
    }
    CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-14));
    CHECK(normal_probability(1.959963984540054) == doctest::Approx(0.975).epsilon(1e-12));
    CHECK(normal_probability(-3.0) == doctest::Approx(0.0013498980316300946).epsilon(1e-11));
}

TEST_CASE("the tail of chi-square is the textbook's") {
    CHECK(chi_square_tail(3.841458820694124, 1) == doctest::Approx(0.05).epsilon(1e-10));
    CHECK(chi_square_tail(16.918977604620448, 9) == doctest::Approx(0.05).epsilon(1e-10));
    CHECK(chi_square_tail(100, 99) == doctest::Approx(0.4534).epsilon(1e-3));
    CHECK(chi_square_tail(0, 3) == 1.0);
    CHECK(std::exp(log_gamma(5.0)) == doctest::Approx(24.0).epsilon(1e-13));
    CHECK(log_gamma(0.5) ==
          doctest::Approx(std::log(std::sqrt(3.14159265358979324))).epsilon(1e-13));
}

TEST_CASE("a drawn duration has the median, percentile and mean that it names") {
    using std::chrono::milliseconds;
    const auto lognormal = Distribution::lognormal(milliseconds{14}, milliseconds{100});
    CHECK(to_seconds(lognormal.quantile(0.5)) == doctest::Approx(0.014).epsilon(1e-6));
    CHECK(to_seconds(lognormal.quantile(0.99)) == doctest::Approx(0.100).epsilon(1e-6));
    CHECK(lognormal.mean_seconds() == doctest::Approx(0.0200).epsilon(0.01));
    const auto exponential = Distribution::exponential(milliseconds{20});
    CHECK(to_seconds(exponential.quantile(1 - std::exp(-1.0))) ==
          doctest::Approx(0.020).epsilon(1e-6));
    const auto uniform = Distribution::uniform(milliseconds{20}, milliseconds{40});
    CHECK(uniform.quantile(0.25) == milliseconds{25});
    CHECK(Distribution::fixed(milliseconds{5}).quantile(0.1) == milliseconds{5});
}

TEST_CASE("a number depends on its key alone, not on what was drawn before") {
    const Randomness one(7, 3);
    const auto first = one.block(Concern::boot, 5, 1).words;
    (void)one.block(Concern::request, 1);
    CHECK(one.block(Concern::boot, 5, 1).words == first);
    CHECK(Randomness(7, 4).block(Concern::boot, 5, 1).words != first);
    CHECK(Randomness(8, 3).block(Concern::boot, 5, 1).words != first);
    CHECK(one.block(Concern::shutdown, 5, 1).words != first);
    CHECK(one.block(Concern::boot, 6, 1).words != first);
}
