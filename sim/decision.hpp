#pragma once

#include "sim/time.hpp"

namespace stratsim {

/// What a strategy, an actor or a judge answers: what it wants, what it remembers until it is asked
/// again, and when it wants to be asked at the latest. What it answers depends on its arguments
/// alone, and a memory is a value that compares.
template <class What, class Memory>
struct Decision {
    What what;
    Memory memory;
    Time look_again = never;
};

/// The memory of whoever remembers nothing.
struct NoMemory {
    friend bool operator==(const NoMemory&, const NoMemory&) = default;
};

}  // namespace stratsim
