// One run of a scenario, simulated: the one place where the program calls the engine, so that every
// report is about the same world.
#pragma once

#include "scenarios/settings/scenario.hpp"
#include "sim/simulate.hpp"

#include <memory>

namespace stratsim {

/// What somebody needs to see of a run, beside its facts. None of it changes what happens in it.
struct View {
    bool records = false;   ///< of each request; they are then followed one by one
    bool latencies = true;  ///< of counted requests
    Time stop = never;      ///< the world as it stands then
};

/// Simulates run `run` of the scenario: 0 is the one with the printed seed. The witness must
/// outlive the world.
std::unique_ptr<World> replay(const Scenario& scenario, std::uint64_t run, const Witness& witness,
                              const View& view = {});

}  // namespace stratsim
