// A number over all runs, as people name it: requests.failed.p95, outcomes.complete.
#pragma once

#include "sim/measure.hpp"
#include "sim/statistics.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

struct Experiment;

/// What is made of the values of all runs.
struct Statistic {
    enum class Kind { mean, deviation, quantile, max };

    Kind kind = Kind::mean;
    int percent = 0;  ///< quantile

    friend bool operator==(const Statistic&, const Statistic&) = default;
};

/// How people call a statistic: `p95`.
std::string word_of(const Statistic& statistic);

/// A measure and a statistic of it, or the share of the runs that ended in a certain way.
struct Number {
    std::string path;
    Statistic statistic{};
    Unit unit = Unit::requests;
};

/// Throws BadValue with the given rule.
Number parse_number(std::string_view text, std::string_view rule);
/// As it is written: `requests.failed`, `requests.failed.p95`.
std::string word_of(const Number& number);

/// Whether a path is a share of the runs that ended in a certain way.
bool is_outcome(std::string_view path);
/// The same, of a way that there is.
bool is_known_outcome(std::string_view path);

/// An amount in the unit of the JSON, plain or with a unit that fits; throws BadValue.
double parse_amount(std::string_view text, const Number& number, std::string_view rule);

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
