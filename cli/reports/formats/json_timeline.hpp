#pragma once

#include "cli/reports/formats/json_values.hpp"
#include "scenarios/experiments/experiment.hpp"

namespace stratsim::json {

/// What happened in the run that is told in full, one object a fact, in order of time.
Json timeline(const Experiment& experiment);

}  // namespace stratsim::json
