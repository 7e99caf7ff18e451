#pragma once

#include "sim/measure.hpp"

namespace stratsim {

/// A run of which one number is known.
inline Measures only(std::string_view path, double value) {
    Measures run;
    for (const Measure& known : known_measures)
        run.add(known.path, known.path == path ? std::optional(value) : std::nullopt);
    return run;
}

}  // namespace stratsim
