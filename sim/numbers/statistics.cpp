#include "sim/numbers/statistics.hpp"

#include "sim/numbers/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stratsim {

namespace {

constexpr double tail = (1 - confidence) / 2;

/// The continued fraction of the incomplete beta function by Lentz's method.
double beta_fraction(double x, double a, double b) {
    constexpr double tiny = 1e-300;
    const auto guarded = [](double value) { return std::abs(value) < tiny ? tiny : value; };
    double c = 1;
    double d = 1 / guarded(1 - (a + b) * x / (a + 1));
    double h = d;
    for (int i = 1; i < 100000; ++i) {
        const double m = i;
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / guarded(1 + even * d);
        c = guarded(1 + even / c);
        h *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / guarded(1 + odd * d);
        c = guarded(1 + odd / c);
        const double step = d * c;
        h *= step;
        if (std::abs(step - 1) < 1e-15) break;
    }
    return h;
}

/// I_x(a, b), with 1 - x given as well: near 1 the difference would have no digits left.
double beta_share(double x, double rest, double a, double b) {
    if (x <= 0) return 0;
    if (rest <= 0) return 1;
    const double front = exponential(log_gamma(a + b) - log_gamma(a) - log_gamma(b) +
                                     a * natural_log(x) + b * natural_log(rest));
    // Each of the two fractions is fast on its own side of the mean.
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(rest, b, a) / b;
}

/// P(T > t), t >= 0.
double student_tail(double t, double df) {
    const double square = t * t;
    return 0.5 * beta_share(df / (df + square), square / (df + square), df / 2, 0.5);
}

}  // namespace

double incomplete_beta(double x, double a, double b) {
    return beta_share(x, 1 - x, a, b);
}

double student_t_quantile(double p, double df) {
    if (p < 0.5) return -student_t_quantile(1 - p, df);
    double low = 0;
    double high = 1;
    while (student_tail(high, df) > 1 - p && high < 1e300) {
        low = high;
        high *= 2;
    }
    for (int i = 0; i < 200 && low < high; ++i) {
        const double middle = low + (high - low) / 2;
        if (middle == low || middle == high) break;
        (student_tail(middle, df) > 1 - p ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

double binomial_probability(std::size_t k, std::size_t n, double p) {
    if (k >= n) return 1;
    return beta_share(1 - p, p, static_cast<double>(n - k), static_cast<double>(k + 1));
}

double quantile_of(const std::vector<double>& sorted, int percent) {
    const std::size_t rank = (static_cast<std::size_t>(percent) * sorted.size() + 99) / 100;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

void RunningMean::add(double value) {
    ++count_;
    const double delta = value - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ += delta * (value - mean_);
}

double RunningMean::sd() const {
    return count_ > 1 ? std::sqrt(squares_ / static_cast<double>(count_ - 1)) : 0;
}

double student_t_two_sided(double t, double df) {
    return 2 * student_tail(std::abs(t), df);
}

Interval mean_interval(const Spread& spread, std::size_t of) {
    if (spread.count < 2) return {};
    const auto n = static_cast<double>(spread.count);
    const double half =
        student_t_quantile(1 - tail / static_cast<double>(of), n - 1) * spread.sd / std::sqrt(n);
    return {spread.mean - half, spread.mean + half};
}

Interval share_interval(std::size_t k, std::size_t n) {
    if (n == 0) return {};
    const auto runs = static_cast<double>(n);
    const double exact = exponential(natural_log(tail) / runs);
    if (k == 0) return {0.0, 1 - exact};
    if (k == n) return {exact, 1.0};
    const double z = normal_quantile(1 - tail);
    const double share = static_cast<double>(k) / runs;
    const double scale = 1 + z * z / runs;
    const double middle = (share + z * z / (2 * runs)) / scale;
    const double half =
        z * std::sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs)) / scale;
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Interval deviation_interval(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    if (values.size() < 3) return {};
    double mean = 0;
    for (const double x : values) mean += x / n;
    double squares = 0;
    for (const double x : values) squares += (x - mean) * (x - mean);
    if (!(squares > 0)) return {};
    const double whole = natural_log(squares / (n - 1));
    std::vector<std::optional<double>> pseudo;
    for (const double x : values) {
        const double without = squares - (x - mean) * (x - mean) * n / (n - 1);
        if (!(without > squares * 1e-12)) return {};  // all the spread is one run's
        pseudo.emplace_back(n * whole - (n - 1) * natural_log(without / (n - 2)));
    }
    const Interval log = mean_interval(*spread_of(pseudo));
    return {exponential(*log.low / 2), exponential(*log.high / 2)};
}

Ranks quantile_ranks(std::size_t n, int percent) {
    const double q = percent / 100.0;
    Ranks ranks;
    // The value of rank r is above the quantile when fewer than r of n values are below it.
    const auto first_beyond = [&](double probability) {
        std::size_t low = 0;
        std::size_t high = n;
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            (binomial_probability(middle, n, q) > probability ? high : low) =
                binomial_probability(middle, n, q) > probability ? middle : middle + 1;
        }
        return low;  // the least k with P(X <= k) above the probability
    };
    ranks.low = first_beyond(tail);
    std::size_t high = first_beyond(1 - tail);
    if (high < n) ranks.high = high + 1;
    return ranks;
}

std::size_t runs_for_quantile(int percent) {
    const double q = std::max(percent, 100 - percent) / 100.0;
    return static_cast<std::size_t>(std::ceil(natural_log(tail) / natural_log(q)));
}

std::optional<Spread> spread_of(const std::vector<std::optional<double>>& values) {
    std::vector<double> known;
    for (const auto& value : values) {
        if (value) known.push_back(*value);
    }
    if (known.empty()) return std::nullopt;
    RunningMean running;
    for (const double x : known) running.add(x);
    Spread spread = running.spread();
    std::ranges::sort(known);
    spread.p5 = quantile_of(known, 5);
    spread.p50 = quantile_of(known, 50);
    spread.p95 = quantile_of(known, 95);
    spread.max = known.back();
    return spread;
}

}  // namespace stratsim
