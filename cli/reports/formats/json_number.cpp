#include "cli/reports/formats/json_number.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace stratsim {

nlohmann::ordered_json json_number(std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return nullptr;
    return *value;
}

}  // namespace stratsim
