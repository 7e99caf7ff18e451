#include "scenarios/experiments/experiment.hpp"
#include "scenarios/settings/fields.hpp"
#include "sim/simulate.hpp"
#include "tests/bench/clock.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

// 10,000 pods, a million requests a second, an hour in which every pod is replaced: counted, the
// same at a thousandth of the rate, the same without requests, and a hundredth of it followed one
// by one.

using namespace stratsim;

namespace {

Scenario hour(std::string_view rate) {
    Scenario s;
    s.strategy = "rolling";
    const auto set = [&](std::string_view word, std::string_view value) {
        find_field(word)->set(s, value);
        s.origins[std::string(word)] = {.kind = SourceKind::flag};
    };
    set("pods", "10000");
    set("rate", rate);
    set("concurrency", "0");
    set("max-surge", "35");
    set("max-unavailable", "0");
    set("boot", "12s");
    set("propagation", "500ms");
    set("observe", "1h");
    return s;
}

struct Measured {
    double seconds = 1e9;
    std::uint64_t changes = 0;
    double requests = 0;
};

Measured simulated(const Scenario& s, Engine engine, bool requests, Time stop = never) {
    const auto strategy = strategy_of(s);
    Measured best;
    for (int round = 0; round < (stop == never ? 5 : 1); ++round) {
        Setup setup = setup_of(s, 0);
        setup.engine = engine;
        if (!requests) setup.visitors.rate = 0;
        std::uint64_t changes = 0;
        const Witness tell = [&](Time, const Fact& fact) {
            if (const auto* heard = std::get_if<fact::PodHeard>(&fact))
                changes += heard->state == Heard::ready || heard->state == Heard::terminating;
        };
        std::unique_ptr<World> world;
        const double seconds =
            cpu_seconds_of([&] { world = simulate(setup, controller_of(*strategy), tell, stop); });
        best = {std::min(best.seconds, seconds), changes,
                static_cast<double>(world->traffic().ledger().total)};
    }
    return best;
}

}  // namespace

int main() {
    const Measured counted = simulated(hour("1M/s"), Engine::aggregate, true);
    const Measured thousandth = simulated(hour("1k/s"), Engine::aggregate, true);
    const Measured none = simulated(hour("1M/s"), Engine::request, false);
    constexpr double part = 100;
    const Measured followed =
        simulated(hour("1M/s"), Engine::request, true, command + std::chrono::seconds{36});
    const double traffic = counted.seconds - none.seconds;
    const double single = followed.seconds * part - none.seconds;
    fmt::print("{} endpoint changes, {:.4g} requests\n", counted.changes, counted.requests);
    fmt::print("counted: {:.1f} ms, of it {:.2f} ms for the traffic\n", counted.seconds * 1e3,
               traffic * 1e3);
    fmt::print("a thousandth of the rate: {:.1f} ms, {:.2f} times less\n", thousandth.seconds * 1e3,
               counted.seconds / thousandth.seconds);
    fmt::print(
        "followed: {:.1f} ns a request, {:.0f} s for all; {:.0f} times the traffic part, "
        "{:.0f} times the whole run\n",
        followed.seconds / followed.requests * 1e9, single, single / traffic,
        (single + none.seconds) / counted.seconds);
    return 0;
}
