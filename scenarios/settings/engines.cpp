#include "scenarios/settings/engines.hpp"

#include "scenarios/settings/scenario.hpp"
#include "sim/requests/aggregate.hpp"
#include "sim/requests/coupling.hpp"

#include <array>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr std::array<std::pair<std::string_view, EngineKind>, 4> words{
    {{"auto", EngineKind::automatic},
     {"aggregate", EngineKind::aggregate},
     {"pods", EngineKind::pods},
     {"request", EngineKind::request}}};

/// From here on the pods do not fit into the caches, and serving them one by one is quicker.
constexpr int many_pods = 256;

/// Every request is followed: in which order?
EngineChoice follow(const Scenario& s, std::string why) {
    if (s.pods < many_pods || couples_pods(s)) return {Engine::request, std::move(why)};
    return {Engine::pods, std::move(why) + "; of so many pods each is served by itself"};
}

}  // namespace

EngineKind Text<EngineKind>::parse(std::string_view s) {
    for (const auto& [word, kind] : words) {
        if (s == word) return kind;
    }
    throw BadValue(fmt::format("'{}' is none of {}", s.substr(0, 40), form()),
                   "write one of " + form(), "choice");
}

std::string Text<EngineKind>::print(const EngineKind& kind) {
    for (const auto& [word, candidate] : words) {
        if (candidate == kind) return std::string(word);
    }
    return "";
}

std::string Text<EngineKind>::form() {
    return "auto|aggregate|pods|request";
}

std::string name_of(Engine engine) {
    return Text<EngineKind>::print(kind_of(engine));
}

EngineKind kind_of(Engine engine) {
    return engine == Engine::aggregate ? EngineKind::aggregate
           : engine == Engine::pods    ? EngineKind::pods
                                       : EngineKind::request;
}

Engine engine_of(EngineKind kind) {
    return kind == EngineKind::aggregate ? Engine::aggregate
           : kind == EngineKind::pods    ? Engine::pods
                                         : Engine::request;
}

std::optional<std::string> needs_single_requests(const Scenario& scenario) {
    if (scenario.load) return "a load that is a part of what the pods can serve";
    return needs_single_requests(setup_of(scenario, 0));
}

std::optional<std::string> couples_pods(const Scenario& scenario) {
    return couples_pods(setup_of(scenario, 0));
}

EngineChoice engine_for(const Scenario& s, const std::function<Demand()>& demand) {
    if (s.engine != EngineKind::automatic) return {engine_of(s.engine), "asked for"};
    if (const auto reason = needs_single_requests(s))
        return follow(s, "counting would not be exact with " + *reason);
    const Demand all = demand();
    if (all.requests <= most_single_requests)
        return follow(s, "single requests also tell what each user met");
    if (all.asks_for_users) return follow(s, "an expectation asks what only single requests tell");
    return {Engine::aggregate,
            fmt::format("counting is exact here, and {:.1g} requests are too many to follow",
                        all.requests)};
}

}  // namespace stratsim
