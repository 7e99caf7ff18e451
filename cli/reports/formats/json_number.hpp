#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace stratsim {

/// A number in full, null for what is unset: JSON has no other word for it.
nlohmann::ordered_json json_number(std::optional<double> value);

}  // namespace stratsim
