#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "scenarios/settings/fields.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace stratsim {

/// A scenario as the command line would make it: `scenario("rolling", {{"pods", "10"}})`.
inline Scenario scenario(
    std::string strategy,
    std::initializer_list<std::pair<std::string_view, std::string_view>> settings) {
    Scenario s;
    s.strategy = std::move(strategy);
    s.origins["strategy"] = {.kind = SourceKind::flag};
    for (const auto& [word, value] : settings) {
        const Field* field = find_field(word);
        if (field == nullptr) throw std::invalid_argument("no such setting: " + std::string(word));
        field->set(s, value);
        s.origins[std::string(word)] = {.kind = SourceKind::flag};
    }
    return s;
}

/// The same, run.
inline Experiment run(
    std::string strategy,
    std::initializer_list<std::pair<std::string_view, std::string_view>> settings) {
    return run_experiment(scenario(std::move(strategy), settings));
}

}  // namespace stratsim
