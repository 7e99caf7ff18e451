#pragma once

#include "cli/reports/report.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// What the numbers of a comparison do not say by themselves, one a line.
std::vector<std::string> comparison_notes(const Result& result);

/// The same of several workloads.
std::vector<std::string> workload_notes(const Result& result);

}  // namespace stratsim
