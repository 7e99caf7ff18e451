#pragma once

#include "sim/share.hpp"

namespace stratsim {

/// How far a rolling update may stray from the replicas, in pods.
struct Fenceposts {
    int surge = 0;
    int unavailable = 0;
};

/// Surge rounds up, unavailable rounds down and is at most the replicas; when both come to 0,
/// unavailable becomes 1 (Kubernetes, deployment/util ResolveFenceposts).
Fenceposts resolve_fenceposts(PodCount surge, PodCount unavailable, int replicas);

}  // namespace stratsim
