#include "scenarios/experiments/replay.hpp"

namespace stratsim {

std::unique_ptr<World> replay(const Scenario& scenario, std::uint64_t run, const Witness& witness,
                              const View& view) {
    Setup setup = setup_of(scenario, run);
    if (view.records) {
        setup.keep_records = true;
        setup.engine = Engine::request;
    }
    setup.draw_latencies = view.latencies;
    return simulate(setup, control_of(scenario), witness, view.stop);
}

}  // namespace stratsim
