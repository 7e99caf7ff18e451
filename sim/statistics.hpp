#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace stratsim {

/// What a number does over the runs in which it is defined.
struct Spread {
    std::size_t count = 0;
    double mean = 0;
    double sd = 0;  ///< of the sample; 0 for one run
    double p5 = 0;
    double p50 = 0;
    double p95 = 0;
    double max = 0;
};

/// Unset values do not count; unset when none is left. Quantiles are order statistics: the value of
/// rank ceil(q n).
std::optional<Spread> spread_of(const std::vector<std::optional<double>>& values);

/// How sure every interval is.
inline constexpr double confidence = 0.95;

/// Where a true value lies, 95 % sure; an end that the sample cannot tell is unset.
struct Interval {
    std::optional<double> low{};
    std::optional<double> high{};
};

/// Regularised incomplete beta function I_x(a, b), 0 <= x <= 1.
double incomplete_beta(double x, double a, double b);
/// Quantile of Student's t, 0 < p < 1.
double student_t_quantile(double p, double degrees_of_freedom);
/// P(X <= k) of a binomial variable.
double binomial_probability(std::size_t k, std::size_t n, double p);

/// Of the mean, by Student's t; unset ends for fewer than two runs.
Interval mean_interval(const Spread& spread);
/// Of a share, Wilson's; 0 and `n` of `n` have the exact end of Clopper and Pearson.
Interval share_interval(std::size_t k, std::size_t n);
/// Of the standard deviation, by the jackknife of its logarithm: no law of the values is assumed.
Interval deviation_interval(const std::vector<double>& values);

/// The order statistics (from 1) that hold a quantile between them; 0: none of the sample does.
struct Ranks {
    std::size_t low = 0;
    std::size_t high = 0;
};
Ranks quantile_ranks(std::size_t n, int percent);
/// From how many runs on the sample has an order statistic on both sides.
std::size_t runs_for_quantile(int percent);
/// The order statistic of rank ceil(percent n / 100) of sorted values; never of none.
double quantile_of(const std::vector<double>& sorted, int percent);

}  // namespace stratsim
