#pragma once

#include "scenarios/settings/scenario.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// What is wrong with a setting only in view of the others.
struct Complaint {
    std::string word;  ///< whose place is shown
    std::string message;
    std::string advice;
    std::string rule;
};

/// All contradictions and values out of range; empty when the scenario can be run.
std::vector<Complaint> validate(const Scenario& scenario);

}  // namespace stratsim
