#pragma once

#include "sim/world.hpp"

#include <memory>

namespace stratsim {

/// Runs one replication from the rollout command until all has settled, or until `stop`.
/// Whoever reads `tell`'s facts must outlive the world.
std::unique_ptr<World> simulate(const Setup& setup, const Controller& controller,
                                const Witness& tell, Time stop = never);

}  // namespace stratsim
