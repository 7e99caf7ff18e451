#pragma once

#include "scenarios/settings/scenario.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// An assumption behind a result.
struct Assumption {
    std::string name;
    std::string value;
    std::string source;
};

/// The settings that nobody gave and that can move this scenario's result.
std::vector<Assumption> assumptions(const Scenario& scenario);

}  // namespace stratsim
