// How the rate of requests changes with time, as a person writes it.
#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/arrivals.hpp"

namespace stratsim {

/// A course of the rate around its mean.
struct TrafficShape {
    enum class Kind { constant, day, bursts };
    Kind kind = Kind::constant;
    double factor = 1;  ///< day: the peak over the mean; bursts: the rate in one over the mean
    Duration period = std::chrono::hours{24};  ///< day: its length; bursts: one every
    Duration length{};                         ///< bursts: of one
    Duration begin{};                          ///< day: what time it is at the command

    friend bool operator==(const TrafficShape&, const TrafficShape&) = default;
};

Arrivals arrivals_of(const TrafficShape& shape);

template <>
struct Text<TrafficShape> {
    static TrafficShape parse(std::string_view s);
    static std::string print(const TrafficShape& shape);
    static std::string form();
};

}  // namespace stratsim
