#pragma once

#include "scenarios/experiments/experiment.hpp"

#include <optional>
#include <string>

namespace stratsim::html {

/// A tick for each run along a line: what the number of a tile hides.
std::string strip(const Experiment& experiment, std::string_view path);

/// How many runs had which value, with p5, p50, p95 and the worst run. Empty where all are equal.
std::string runs_chart(const Experiment& experiment, std::string_view path,
                       const std::string& label, const std::string& id);

/// `1 rollout in 20 loses more than 315 requests`.
std::string runs_finding(const Experiment& experiment);

}  // namespace stratsim::html
