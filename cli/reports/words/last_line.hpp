// How many runs stand behind a result, and of which seed: the last line of a report.
#pragma once

#include "scenarios/experiments/experiment.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// `100 runs, seed 1.`
std::string last_line(const Scenario& scenario);
/// How many runs, of which seed, and how well the number is known that they went on for.
std::string runs_line(const std::vector<Experiment>& experiments);
/// The same, and how to see the worst run again where there is one experiment.
std::string last_line(const std::vector<Experiment>& experiments);

}  // namespace stratsim
