#pragma once

#include "sim/measure.hpp"
#include "sim/simulate.hpp"

namespace stratsim {

/// What became of the requests, and how long the answers took.
struct Requests {
    static void rows(Measures& measures, const World& world);
    static void latency_rows(Measures& measures, const World& world);
};

}  // namespace stratsim
