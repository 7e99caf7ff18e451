// What a rollout is expected to do: a number of the report, and the limit it must keep.
#pragma once

#include "scenarios/diagnostic.hpp"
#include "scenarios/number.hpp"
#include "sim/measure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// `fail` only when the whole interval is beyond the limit, so that chance alone fails nobody.
enum class Verdict { pass, fail, undecided };
std::string_view name_of(Verdict verdict);

/// What the runs say of an expectation.
struct Judgment {
    Expectation expectation;
    std::optional<double> value{};  ///< unset: defined in no run
    std::optional<double> low{};
    std::optional<double> high{};
    Verdict verdict = Verdict::undecided;
    std::size_t runs = 0;                 ///< in which the number is defined
    std::optional<double> runs_needed{};  ///< undecided: about so many would decide
};

struct Experiment;

/// Judges all expectations of the experiment's scenario.
std::vector<Judgment> judge(const Experiment& experiment);

}  // namespace stratsim
