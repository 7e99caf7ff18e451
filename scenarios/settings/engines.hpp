#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/setup.hpp"

#include <functional>
#include <optional>
#include <string>

namespace stratsim {

struct Scenario;

/// Which engine a person asked for.
enum class EngineKind { automatic, aggregate, pods, request };

template <>
struct Text<EngineKind> {
    static EngineKind parse(std::string_view s);
    static std::string print(const EngineKind& kind);
    static std::string form();
};

/// The engine that an experiment used, and why.
struct EngineChoice {
    Engine engine = Engine::request;
    std::string why;
};

std::string name_of(Engine engine);
EngineKind kind_of(Engine engine);
/// Where it is left open, the one that can do everything.
Engine engine_of(EngineKind kind);

/// Why this scenario cannot be counted but has to be followed request by request; unset: it can.
std::optional<std::string> needs_single_requests(const Scenario& scenario);
/// Why its requests cannot be served pod after pod; unset: they can.
std::optional<std::string> couples_pods(const Scenario& scenario);

/// More requests than this are counted, where that is exact and nothing else was asked for: one by
/// one they would take about a minute.
inline constexpr double most_single_requests = 1e9;

/// `expected` tells how many requests all runs have together, and whether somebody asks for what
/// only single requests tell; it is not called where the answer does not matter.
struct Demand {
    double requests = 0;
    bool asks_for_users = false;
};
EngineChoice engine_for(const Scenario& scenario, const std::function<Demand()>& demand);

}  // namespace stratsim
