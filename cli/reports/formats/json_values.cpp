#include "cli/reports/formats/json_values.hpp"

#include <cmath>
#include <cstdint>
#include <fmt/format.h>

namespace stratsim::json {

Json number(std::optional<double> value) {
    constexpr double exactly_whole = 9007199254740992.0;
    if (!value || !std::isfinite(*value)) return nullptr;
    if (*value == std::floor(*value) && std::abs(*value) < exactly_whole) {
        return static_cast<std::int64_t>(*value);
    }
    return *value;
}

Json seconds(Duration d) {
    return number(static_cast<double>(d.count()) / 1e9);
}
Json seconds(Time t) {
    return seconds(t.time_since_epoch());
}

Json version(std::size_t revision) {
    return revision == 0 ? "old" : "new";
}

Json place(const Place& at) {
    if (at.line == 0) return nullptr;
    return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

}  // namespace stratsim::json
