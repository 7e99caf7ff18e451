#pragma once

#include "scenarios/experiments/experiment.hpp"

#include <string>

namespace stratsim::html {

/// The visits of each pod beside those that chance alone would give it. Empty without visits.
/// `at` is where the experiment stands in the JSON report.
std::string visits_chart(const Experiment& experiment, const std::string& at,
                         const std::string& id);

/// `Pods differ as much as chance makes them: by 1.1%, chance alone gives 1.0%.`
std::string visits_finding(const Experiment& experiment);

}  // namespace stratsim::html
