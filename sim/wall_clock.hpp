#pragma once

#include "sim/time.hpp"

namespace stratsim {

/// The API stores instants as whole seconds: `now` cut to the second, on a wall clock that shows
/// `phase` past a whole second at the rollout command.
inline Time stored_second(Time now, Duration phase) {
    return Time{std::chrono::floor<std::chrono::seconds>(now.time_since_epoch() + phase) - phase};
}

}  // namespace stratsim
