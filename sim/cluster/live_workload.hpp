#pragma once

#include "sim/conditions.hpp"
#include "sim/rollout.hpp"
#include "sim/time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stratsim {

/// A Deployment or a StatefulSet, as its spec and its status stand.
struct LiveWorkload {
    bool exists = true;
    int replicas = 0;
    std::size_t target = 0;    ///< the revision of its template
    std::size_t current = 0;   ///< the revision that last was complete
    std::size_t previous = 0;  ///< the target before
    bool back = false;         ///< the target had been complete before it was put again
    bool paused = false;
    int partition = 0;
    std::vector<std::size_t> sets;  ///< revisions whose sets exist, in order of creation
    int last_number = 0;  ///< of its revisions (annotation deployment.kubernetes.io/revision)
    Bounds bounds;
    DeploymentStatus api;
    RolloutProgress progress;      ///< of its rollout, as the strategy says
    std::uint32_t generation = 0;  ///< grows when another template becomes the target
    Time next_check = never;
};

}  // namespace stratsim
