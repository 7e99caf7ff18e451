// Whether a pre-stop hook is a sleep, and how long.
#pragma once

#include "sim/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stratsim {

/// How long the command of an exec hook sleeps: `sleep 15`, or a shell with a script that begins
/// so. Unset if it is no sleep, or if something else that may take time comes first.
std::optional<Duration> sleep_of_command(const std::vector<std::string>& words);

}  // namespace stratsim
