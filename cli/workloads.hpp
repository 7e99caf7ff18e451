// The workloads that a command is about.
#pragma once

#include "scenarios/manifests/inputs.hpp"
#include "scenarios/settings/scenario.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// The workloads of a command that simulates one of them; several are a mistake of the user.
Scenario only_workload(const Inputs& inputs, std::string_view asker);

/// The workloads that an update changes, or all if there are not two versions.
std::vector<Scenario> changing(const Inputs& inputs);

/// The sentence for an update that replaces no pod of any workload.
std::string no_change_text(const Inputs& inputs);

/// Every setting of every workload, its value and where that comes from.
std::string resolved_text(const Inputs& inputs);

/// Sees to it that the scenario names a strategy and can be run.
void require_runnable(const Scenario& scenario);

}  // namespace stratsim
