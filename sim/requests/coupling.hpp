#pragma once

#include "sim/setup.hpp"

#include <optional>
#include <string>

namespace stratsim {

/// Why one request's fate bears on where another goes, or on how it ends, beyond the queue of the
/// pod that both meet; unset: it does not.
std::optional<std::string> couples_requests(const Setup& setup);

/// Why the requests of this setup have to be served in order of arrival; unset: between two events
/// of the cluster no pod's requests bear on another's, so each pod can be served by itself.
std::optional<std::string> couples_pods(const Setup& setup);

}  // namespace stratsim
