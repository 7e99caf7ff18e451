#pragma once

#include "sim/numbers/elementary.hpp"
#include "sim/numbers/random.hpp"
#include "sim/share.hpp"
#include "sim/time.hpp"

#include <cstdint>

// What the four words of a request's block decide:
//
//   0  the gap before it      1  high: the user, low: whether the version errs
//   3  the service time       2  the balancer's choice (high half first), low: the router's

namespace stratsim {

/// Until the next request of a Poisson process, in seconds of its rate.
inline Duration gap(const Block& draws, double rate) {
    return from_seconds(-natural_log(draws.uniform(0)) / rate);
}

/// Whether an answer is an error, by a random word.
inline bool errs(std::uint32_t random, Share errors) {
    if (errors == nothing) return false;
    return static_cast<double>(random) * 0x1p-32 < errors.fraction();
}

}  // namespace stratsim
