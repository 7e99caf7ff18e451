#pragma once

#include "cli/reports/formats/json_values.hpp"
#include "cli/reports/report.hpp"
#include "scenarios/experiments/advice.hpp"

namespace stratsim::json {

/// What would mend a rollout, and what its answer hangs on.
Json advice(const Advice& advice);
/// What another version of the manifests makes of every later release.
Json later_releases(const ReleaseChange& change);

}  // namespace stratsim::json
