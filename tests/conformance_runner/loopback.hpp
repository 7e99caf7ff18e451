#pragma once

#include "tests/conformance_runner/verdicts.hpp"

#include <nlohmann/json.hpp>

namespace stratsim::conformance {

/// Failed requests over all rollouts.
struct Totals {
    double measured = 0;
    double predicted = 0;
};

/// Holds one rollout of a SUMMARY file against its prediction. `repetitions`: the same case's raw
/// repetitions, or null.
void judge_rollout(Findings& found, const nlohmann::json& summary,
                   const nlohmann::json* repetitions, Totals& totals);

/// Holds one record of an "A*" file against its prediction.
void judge_visits(Findings& found, const nlohmann::json& record);

}  // namespace stratsim::conformance
