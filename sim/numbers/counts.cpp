#include "sim/numbers/counts.hpp"

#include "sim/contract.hpp"
#include "sim/numbers/elementary.hpp"

#include <algorithm>
#include <cmath>

namespace stratsim {

namespace {

constexpr double ln_two_pi = 1.8378770664093454836;
constexpr double inverted_below = 10;

/// As many uniform numbers as a rejection takes, out of one block.
class Uniforms {
  public:
    explicit Uniforms(const Block& block) : block_(block) {}
    double next() {
        const std::uint64_t word =
            used_ < 4 ? block_.words[used_] : mixed(block_.words[used_ % 4], used_);
        ++used_;
        return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53;
    }

  private:
    const Block& block_;
    std::uint64_t used_ = 0;
};

/// ln(n!) - (n + 1/2) ln n + n - ln(2 pi) / 2.
double stirling_rest(double n) {
    if (n < 16) return log_gamma(n + 1) - (n + 0.5) * natural_log(n) + n - ln_two_pi / 2;
    const double square = n * n;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / (1680 * square)) / square) / square) / n;
}

/// x ln(x / mean) + mean - x, without cancellation where the two are close (Loader's bd0).
double deviance(double x, double mean) {
    const double apart = x - mean;
    if (std::abs(apart) >= 0.1 * (x + mean)) return x * natural_log(x / mean) - apart;
    const double v = apart / (x + mean);
    double sum = apart * v;
    double power = 2 * x * v;
    for (int i = 1; i < 1000; ++i) {
        power *= v * v;
        const double next = sum + power / (2 * i + 1);
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

/// ln(1 - p).
double log_of_rest(double p) {
    if (p > 1e-4) return natural_log(1 - p);
    return -p * (1 + p * (0.5 + p * (1.0 / 3 + p * (0.25 + p * 0.2))));
}

std::uint64_t poisson_by_inversion(double mean, double u) {
    double part = exponential(-mean);
    double sum = part;
    std::uint64_t k = 0;
    while (u > sum && k < 1000) {
        part *= mean / static_cast<double>(++k);
        sum += part;
    }
    return k;
}

std::uint64_t binomial_by_inversion(double n, double p, double u) {
    const double odds = p / (1 - p);
    double part = exponential(n * log_of_rest(p));
    double sum = part;
    double k = 0;
    while (u > sum && k < n && k < 1000) {
        part *= odds * (n - k) / (k + 1);
        ++k;
        sum += part;
    }
    return static_cast<std::uint64_t>(k);
}

/// BTRS: 0 < p <= 1/2.
std::uint64_t binomial_by_rejection(double n, double p, Uniforms uniforms) {
    const double spread = std::sqrt(n * p * (1 - p));
    const double b = 1.15 + 2.53 * spread;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double c = n * p + 0.5;
    const double alpha = (2.83 + 5.1 / b) * spread;
    const double sure = 0.92 - 4.2 / b;
    for (;;) {
        const double u = uniforms.next() - 0.5;
        const double v = uniforms.next();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + c);
        if (us >= 0.07 && v <= sure) return static_cast<std::uint64_t>(k);
        if (k < 0 || k > n) continue;
        const double at_mode = log_binomial(std::floor((n + 1) * p), n, p);
        if (natural_log(v * alpha / (a / (us * us) + b)) <= log_binomial(k, n, p) - at_mode)
            return static_cast<std::uint64_t>(k);
    }
}

}  // namespace

double log_poisson(double k, double mean) {
    if (k == 0) return -mean;
    return -stirling_rest(k) - deviance(k, mean) - 0.5 * (ln_two_pi + natural_log(k));
}

double log_binomial(double k, double n, double p) {
    if (k == 0) return n * log_of_rest(p);
    if (k == n) return n * natural_log(p);
    const double rest = n - k;
    return stirling_rest(n) - stirling_rest(k) - stirling_rest(rest) - deviance(k, n * p) -
           deviance(rest, n * (1 - p)) - 0.5 * (ln_two_pi + natural_log(k) + natural_log(rest / n));
}

std::uint64_t poisson(double mean, const Block& draws) {
    expects(mean >= 0 && mean <= 1e15, "a Poisson number needs a mean of 0 to 1e15");
    if (mean == 0) return 0;
    Uniforms uniforms(draws);
    if (mean < inverted_below) return poisson_by_inversion(mean, uniforms.next());
    const double root = std::sqrt(mean);
    const double b = 0.931 + 2.53 * root;
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double sure = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        const double u = uniforms.next() - 0.5;
        const double v = uniforms.next();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= sure) return static_cast<std::uint64_t>(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (natural_log(v * inverse_alpha / (a / (us * us) + b)) <= log_poisson(k, mean))
            return static_cast<std::uint64_t>(k);
    }
}

std::uint64_t binomial(std::uint64_t n, double p, const Block& draws) {
    if (n == 0 || !(p > 0)) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p, draws);
    const auto trials = static_cast<double>(n);
    Uniforms uniforms(draws);
    if (trials * p < inverted_below) return binomial_by_inversion(trials, p, uniforms.next());
    return binomial_by_rejection(trials, p, uniforms);
}

}  // namespace stratsim
