#pragma once

#include "sim/cluster/cluster.hpp"

#include <vector>

namespace stratsim {

/// A pod as the EndpointSlices of the Service show it.
struct Endpoint {
    PodId pod{};
    bool ready = false;    ///< takes new connections
    bool serving = false;  ///< its readiness, also while it terminates
    bool terminating = false;
};

/// What the EndpointSlices hold at this instant, in the order the pods were made: every pod that
/// the Service selects and that is not gone (Kubernetes 1.36, endpointslice/utils.go,
/// podToEndpoint). The slices follow the pods within some 30 ms; until somebody has heard of them
/// is `propagation`.
std::vector<Endpoint> endpoints(const Cluster& cluster);

}  // namespace stratsim
