#pragma once

#include "tests/conformance_runner/tally.hpp"

#include <filesystem>

namespace stratsim::conformance {

/// computed_*.json and the named tables of unit_tables.json, row by row.
Tally kubernetes_rows(const std::filesystem::path& dir);
/// settled.json, case by case, with traces/ID.json where names and their order matter.
Tally kubernetes_cases(const std::filesystem::path& dir);

}  // namespace stratsim::conformance
