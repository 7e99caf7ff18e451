// What a rollout is expected to do: a number of the report, and the limit it must keep.
#pragma once

#include "scenarios/settings/number.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/measure.hpp"

#include <string>
#include <string_view>

namespace stratsim {

enum class Relation { at_most, below, at_least, above, equal };

/// `requests.failed.p95 <= 1`, understood.
struct Expectation {
    std::string text;  ///< as it was written
    std::string path;  ///< of a measure, or outcomes.complete and its like: a share of the runs
    Statistic statistic;
    Relation relation = Relation::at_most;
    double limit = 0;  ///< in the unit of the JSON
    Unit unit = Unit::requests;
    Place place{};  ///< line 0: a flag
};

/// Throws BadValue.
Expectation parse_expectation(std::string_view text);

/// How people call a relation: `<=`.
std::string word_of(Relation relation);

}  // namespace stratsim
