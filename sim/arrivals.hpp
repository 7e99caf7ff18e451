#pragma once

#include "sim/time.hpp"

#include <cstddef>
#include <vector>

namespace stratsim {

/// How the rate of requests changes with time: steps of equal length, each with a factor to the
/// mean rate; or, replayed, the very instants.
struct Arrivals {
    std::vector<double> factors;  ///< empty: constant
    Duration step = std::chrono::seconds{1};
    bool repeats = false;        ///< begins again after the last step; else the last one lasts
    std::vector<Time> replayed;  ///< instants after the command; instead of everything else

    bool constant() const { return factors.empty() && replayed.empty(); }
    double factor_at(Time at) const;
    /// Requests of [from, to), in units of those that come in a second at the mean rate.
    double amount(Time from, Time to) const;
    /// When `budget` requests at the mean rate `rate` have come, counted from `from`: a Poisson
    /// process of changing rate is one of constant rate on a clock that runs unevenly.
    Time after(Time from, double budget, double rate) const;

    friend bool operator==(const Arrivals&, const Arrivals&) = default;
};

/// A day whose rate follows a sine in 24 steps, lowest at its begin; `peak` over mean, 1 to 2. It
/// is `begin` past its begin at the command.
Arrivals day_curve(double peak, Duration period = std::chrono::hours{24}, Duration begin = {});
/// Bursts of `factor` times the rate for `length`, one every `every`; the mean stays.
Arrivals bursts(double factor, Duration length, Duration every);

}  // namespace stratsim
