// What the runs of an experiment say of a number.
#pragma once

#include "scenarios/settings/number.hpp"
#include "sim/numbers/statistics.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace stratsim {

struct Experiment;

/// What the runs say of a number.
struct Estimate {
    std::optional<double> value{};  ///< unset: defined in no run
    Interval interval{};            ///< in which the true one lies, 95 %
    std::size_t runs = 0;           ///< in which the number is defined
};

/// Each kind of number has its own interval: Student's t for a mean, Wilson's for a share, order
/// statistics for a quantile, the jackknife for a deviation. The largest value is that of these
/// runs: no sample bounds the worst of all rollouts.
Estimate estimate(const Number& number, const Experiment& experiment);

/// The number in each run in which it is defined; of an outcome 1 and 0.
std::vector<double> values_of(const Experiment& experiment, std::string_view path);

}  // namespace stratsim
