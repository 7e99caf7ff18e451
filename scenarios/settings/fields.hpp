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
    std::string note;    ///< what else a manual says of that
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

/// Whether the scenario's strategy has a setting of its own that is called so.
bool uses(const Scenario& scenario, std::string_view word);

}  // namespace stratsim
