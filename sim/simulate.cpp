#include "sim/simulate.hpp"

namespace stratsim {

std::unique_ptr<World> simulate(const Setup& setup, const Decide& decide, const Witness& tell,
                                Time stop) {
    auto world = std::make_unique<World>(setup, decide, tell);
    if (stop == never) {
        world->settle();
    } else {
        world->end_at(stop);
    }
    return world;
}

}  // namespace stratsim
