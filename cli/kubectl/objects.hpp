#pragma once

#include "cli/kubectl/cluster_at.hpp"

#include <string>

namespace stratsim {

/// The workload as `kubectl get -o json` prints it: spec, and the status with its conditions. Times
/// are those of a clock that shows 1970-01-01T00:00:00Z at the rollout command.
std::string workload_json(const ClusterAt& view);

}  // namespace stratsim
