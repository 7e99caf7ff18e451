#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace stratsim {

/// A number in full, null for what is unset: JSON has no other word for it.
inline nlohmann::ordered_json json_number(std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return nullptr;
    return *value;
}

}  // namespace stratsim
