#pragma once

#include "cli/reports/formats/json_values.hpp"
#include "scenarios/experiments/experiment.hpp"

#include <vector>

namespace stratsim::json {

/// The statistics of every measure over all runs, by its path.
Json spreads(const Experiment& experiment);
/// All that is told of one experiment: `stratsim.run/v1`.
Json run_object(const Experiment& experiment);
/// The same of several.
Json run_objects(const std::vector<Experiment>& experiments);

}  // namespace stratsim::json
