#pragma once

#include "cli/reports/layout.hpp"

namespace stratsim {

/// What every release of each workload does to users, and what would mend it.
void plan_screen(Page& page, const Result& result);

/// `1 of 2 workloads loses requests at every release: web, 190 each time.`
Rich plan_verdict(const Result& result);
/// What a fix makes of a rollout: `loses 2, none in 96 of 100 runs; +150 pod-seconds`.
std::string fix_effect(const Experiment& now, const Experiment& after);
/// How far a setting may go: `propagation p99 below 13s`, `rate below 2x`.
std::string hold_limit(const Scenario& scenario, const Hold& hold);
/// What the releases of a month lose, and how much of the budget that is.
std::string monthly_budget(const Result& result, const Experiment& experiment);

}  // namespace stratsim
