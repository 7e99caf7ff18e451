#include "scenarios/engines.hpp"

#include "scenarios/scenario.hpp"
#include "sim/aggregate.hpp"

#include <array>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr std::array<std::pair<std::string_view, EngineKind>, 3> words{
    {{"auto", EngineKind::automatic},
     {"aggregate", EngineKind::aggregate},
     {"request", EngineKind::request}}};

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
    return "auto|aggregate|request";
}

std::string_view name_of(Engine engine) {
    return engine == Engine::aggregate ? "aggregate" : "request";
}

std::optional<std::string> needs_single_requests(const Scenario& scenario) {
    if (scenario.load) return "a load that is a part of what the pods can serve";
    return needs_single_requests(setup_of(scenario, 0));
}

EngineChoice engine_for(const Scenario& s, const std::function<Demand()>& demand) {
    if (s.engine == EngineKind::request) return {Engine::request, "asked for"};
    if (s.engine == EngineKind::aggregate) return {Engine::aggregate, "asked for"};
    if (const auto reason = needs_single_requests(s))
        return {Engine::request, "counting would not be exact with " + *reason};
    const Demand all = demand();
    if (all.requests <= most_single_requests)
        return {Engine::request, "single requests also tell what each user met"};
    if (all.asks_for_users)
        return {Engine::request, "an expectation asks what only single requests tell"};
    return {Engine::aggregate,
            fmt::format("counting is exact here, and {:.1g} requests are too many to follow",
                        all.requests)};
}

}  // namespace stratsim
