#pragma once

#include "scenarios/experiments/experiment.hpp"

#include <string>

namespace stratsim::html {

/// The life of every pod of the run with the printed seed, a row each.
std::string pods_chart(const Experiment& experiment, const std::string& id);

/// `Old pods stay listed for 1.6s after they stop listening, on average.`
std::string pods_finding(const Experiment& experiment);

}  // namespace stratsim::html
