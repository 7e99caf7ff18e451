#pragma once

#include "scenarios/settings/scenario.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

// One description of every setting: flag, scenario key, help, error, assumption and manual are all
// made from this table.

namespace stratsim {

/// One setting.
struct Field {
    std::string word;     ///< `pods`: the flag is --pods, the key is pods
    std::string section;  ///< where help and a scenario group it
    std::string help;
    std::string source;  ///< where the default comes from
    std::string form;    ///< what can be written
    /// Throws BadValue.
    std::function<void(Scenario&, std::string_view)> set;
    std::function<std::string(const Scenario&)> get;
    bool has_default = true;  ///< false: unset unless given
    bool is_path = false;     ///< in a scenario file: relative to that file
    bool moves = false;       ///< an assumption worth naming when it is not given
};

/// All of them, in the order of help.
const std::vector<Field>& fields();

/// The field of a word, or null.
const Field* find_field(std::string_view word);

/// What is wrong with a setting only in view of the others.
struct Complaint {
    std::string word;  ///< whose place is shown
    std::string message;
    std::string advice;
    std::string rule;
};

/// All contradictions and values out of range; empty when the scenario can be run.
std::vector<Complaint> validate(const Scenario& scenario);

/// An assumption behind a result.
struct Assumption {
    std::string name;
    std::string value;
    std::string source;
};

/// The settings that nobody gave and that can move this scenario's result.
std::vector<Assumption> assumptions(const Scenario& scenario);

}  // namespace stratsim
