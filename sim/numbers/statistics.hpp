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

/// Mean and deviation of values as they come, by Welford: no cancellation, nothing kept.
class RunningMean {
  public:
    void add(double value);
    std::size_t count() const { return count_; }
    double mean() const { return mean_; }
    double sd() const;
    /// Its count, mean and deviation; no quantile is known.
    Spread spread() const { return {.count = count_, .mean = mean_, .sd = sd()}; }

  private:
    std::size_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;
};

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

/// P(|T| >= |t|) of Student's t.
double student_t_two_sided(double t, double degrees_of_freedom);

/// Of the mean, by Student's t; unset ends for fewer than two runs. One of `of` that shall hold all
/// at once with the same confidence is wider (Bonferroni).
Interval mean_interval(const Spread& spread, std::size_t of = 1);
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
