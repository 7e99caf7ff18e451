#include "sim/simulate.hpp"

namespace stratsim {

std::unique_ptr<World> simulate(const Setup& setup, const Controller& controller,
                                const Witness& tell, Time stop) {
    auto world = std::make_unique<World>(setup, controller, tell);
    if (stop == never) {
        world->settle();
    } else {
        world->end_at(stop);
    }
    return world;
}

}  // namespace stratsim
