#pragma once

#include "cli/reports/layout.hpp"

namespace stratsim {

/// What every release of each workload does to users, and what would mend it.
void plan_screen(Page& page, const Result& result);

}  // namespace stratsim
