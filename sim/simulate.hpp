#pragma once

#include "sim/cluster/cluster.hpp"
#include "sim/facts.hpp"
#include "sim/requests/traffic.hpp"
#include "sim/rollout.hpp"
#include "sim/setup.hpp"

#include <functional>
#include <memory>

namespace stratsim {

/// What decides. Called a few hundred times a run.
using Decide = std::function<Desired(const Observed&)>;

/// The simulated world as it stands when the simulation stops.
struct World {
    World(const Setup& setup, const Witness& tell) : cluster(setup, tell), traffic(cluster) {}

    Cluster cluster;
    Traffic traffic;
    RolloutOutcome outcome = RolloutOutcome::stalled;
    Time ended{};    ///< when the rollout ended; its last change if it stalled
    Time settled{};  ///< end of the window
};

/// Runs one replication from the rollout command until all has settled, or until `stop`.
/// Whoever reads `tell`'s facts must outlive the world.
std::unique_ptr<World> simulate(const Setup& setup, const Decide& decide, const Witness& tell,
                                Time stop = never);

}  // namespace stratsim
