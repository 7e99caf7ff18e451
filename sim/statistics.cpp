#include "sim/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace stratsim {

namespace {

/// The order statistic of rank ceil(percent n / 100).
double order_statistic(const std::vector<double>& sorted, std::size_t percent) {
    const std::size_t rank = (percent * sorted.size() + 99) / 100;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

std::optional<Spread> spread_of(const std::vector<std::optional<double>>& values) {
    std::vector<double> known;
    for (const auto& value : values) {
        if (value) known.push_back(*value);
    }
    if (known.empty()) return std::nullopt;
    Spread spread;
    spread.count = known.size();
    double m2 = 0;
    std::size_t n = 0;
    for (const double x : known) {  // Welford: no cancellation
        ++n;
        const double delta = x - spread.mean;
        spread.mean += delta / static_cast<double>(n);
        m2 += delta * (x - spread.mean);
    }
    if (n > 1) spread.sd = std::sqrt(m2 / static_cast<double>(n - 1));
    std::ranges::sort(known);
    spread.p5 = order_statistic(known, 5);
    spread.p50 = order_statistic(known, 50);
    spread.p95 = order_statistic(known, 95);
    spread.max = known.back();
    return spread;
}

}  // namespace stratsim
