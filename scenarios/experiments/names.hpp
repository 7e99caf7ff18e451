#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "scenarios/settings/scenario.hpp"
#include "sim/cluster/cluster.hpp"

#include <string>

namespace stratsim {

/// The name of a revision's replica set, as Kubernetes makes it: workload and template hash.
std::string replica_set_name(const Scenario& scenario, std::size_t revision);

/// The Service that selects the pods; without one in the files it is called like the workload.
std::string service_name(const Scenario& scenario);

/// The name of the Service's EndpointSlice: the Service's, and a suffix.
std::string slice_name(const Scenario& scenario);

/// The name of a pod: `web-6d5f9c7b8d-x2lqk`, or `demo-0` in a StatefulSet.
std::string pod_name(const Scenario& scenario, const Pod& pod);
std::string pod_name(const Scenario& scenario, const PodLife& pod);

}  // namespace stratsim
