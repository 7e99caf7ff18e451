#pragma once

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <thread>
#include <vector>

/// Values of independent replications.
struct Sample {
    std::vector<double> values;

    double mean() const {
        double sum = 0;
        for (const double v : values) sum += v;
        return sum / static_cast<double>(values.size());
    }
    double variance() const {
        const double m = mean();
        double sum = 0;
        for (const double v : values) sum += (v - m) * (v - m);
        return values.size() < 2 ? 0 : sum / static_cast<double>(values.size() - 1);
    }
    double error() const { return std::sqrt(variance() / static_cast<double>(values.size())); }
    double quantile(double q) const {
        std::vector<double> sorted = values;
        const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(sorted.size()));
        std::ranges::nth_element(sorted, sorted.begin() + at);
        return sorted[static_cast<std::size_t>(at)];
    }
};

/// Calls run(i) for i below `count` on two threads; each i writes its own results.
template <class Run>
void in_parallel(std::size_t count, Run&& run) {
    const std::size_t workers = 2;
    std::vector<std::thread> threads;
    for (std::size_t w = 0; w < workers; ++w) {
        threads.emplace_back([&, w] {
            for (std::size_t i = w; i < count; i += workers) run(i);
        });
    }
    for (std::thread& thread : threads) thread.join();
}

/// What one case found wrong; empty: it passes.
class Findings {
  public:
    void expect(bool holds, std::string_view what, double got, double wanted, double allowed) {
        ++checks_;
        if (holds) return;
        list_ += fmt::format("\n    {}: {:.6g}, expected {:.6g} within {:.3g}", what, got, wanted,
                             allowed);
    }
    void near(std::string_view what, double got, double wanted, double allowed) {
        expect(std::abs(got - wanted) <= allowed, what, got, wanted, allowed);
    }
    /// The common rule: four standard errors and a relative bias.
    void sampled(std::string_view what, const Sample& sample, double wanted, double bias = 0.005) {
        near(what, sample.mean(), wanted, 4 * sample.error() + bias * std::abs(wanted));
    }
    void unknown(std::string_view what) {
        ++checks_;
        list_ += fmt::format("\n    unknown: {}", what);
    }
    bool good() const { return checks_ > 0 && list_.empty(); }
    const std::string& list() const { return list_; }

  private:
    int checks_ = 0;
    std::string list_;
};
