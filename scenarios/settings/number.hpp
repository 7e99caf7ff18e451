// A number over all runs, as people name it: requests.failed.p95, outcomes.complete.
#pragma once

#include "sim/measure.hpp"

#include <string>
#include <string_view>

namespace stratsim {

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

}  // namespace stratsim
