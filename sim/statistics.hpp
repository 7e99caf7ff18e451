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

}  // namespace stratsim
