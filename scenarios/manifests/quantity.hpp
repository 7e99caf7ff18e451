// Kubernetes' notation for amounts of CPU and memory.
#pragma once

#include <optional>
#include <string_view>

namespace stratsim {

/// What a quantity such as 250m, 0.5, 2e3 or 64Mi stands for; unset if it is none. Negative ones,
/// which no request can be, are none either.
std::optional<double> parse_quantity(std::string_view text);

}  // namespace stratsim
