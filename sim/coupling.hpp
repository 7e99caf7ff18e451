#pragma once

#include "sim/setup.hpp"

#include <optional>
#include <string>

namespace stratsim {

/// Why the requests of this setup have to be served in order of arrival; unset: between two events
/// of the cluster no pod's requests bear on another's, so each pod can be served by itself.
std::optional<std::string> couples_pods(const Setup& setup);

}  // namespace stratsim
