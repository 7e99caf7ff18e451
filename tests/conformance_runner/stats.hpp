#pragma once

#include "tests/conformance_runner/verdicts.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

/// Judges the answers of the project's own statistics: parameters and expected numbers of one case.
using StatsCheck = std::function<void(Findings& found, const nlohmann::json& parameters,
                                      const nlohmann::json& expected)>;

/// The check for the case of that name; null: there is none.
const StatsCheck* stats_check_for(const std::string& name);

/// Whether the case is about choosing the best of several by a budget, which the project does not
/// do.
bool is_selection(const std::string& name);
