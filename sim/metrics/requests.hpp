#pragma once

#include "sim/measure.hpp"
#include "sim/simulate.hpp"

namespace stratsim {

/// What became of the requests, and how long the answers took.
struct Requests {
    /// The measure of the requests that a cause lost: `requests.lost_by.still-listed`.
    static std::string_view path_of(Cause cause);

    static void rows(Measures& measures, const World& world);
    static void latency_rows(Measures& measures, const World& world);
};

}  // namespace stratsim
