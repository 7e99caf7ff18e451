// How many runs are enough: replications go on until a number is known well enough.
#pragma once

#include "scenarios/settings/number.hpp"
#include "scenarios/settings/units.hpp"

#include <string>
#include <string_view>

namespace stratsim {

/// Runs go on until the interval of a number is narrow enough.
struct Until {
    Number number;
    double half_width = 0;  ///< a part of the number, or in the unit of the JSON
    bool relative = true;
};

template <>
struct Text<Until> {
    static Until parse(std::string_view s);
    static std::string print(const Until& until);
    static std::string form();
};

}  // namespace stratsim
