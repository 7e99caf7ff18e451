#pragma once

#include "cli/reports/layout.hpp"
#include "cli/reports/words/comparison_notes.hpp"
#include "cli/reports/words/differences.hpp"
#include "cli/reports/words/figures.hpp"

namespace stratsim {

/// One row a strategy.
void comparison_screen(Page& page, const Result& result);
/// One row a workload.
void workloads_screen(Page& page, const Result& result);

}  // namespace stratsim
