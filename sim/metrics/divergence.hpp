#pragma once

#include "sim/measure.hpp"
#include "sim/simulate.hpp"

namespace stratsim {

/// How unevenly the visits fell on the pods, beside what chance alone would do, and what the
/// visitors saw of it.
struct Divergence {
    static void rows(Measures& measures, const World& world);
};

}  // namespace stratsim
