// How single values stand in the JSON of a report: full precision, SI seconds, null for what is
// undefined.
#pragma once

#include "scenarios/text/diagnostic.hpp"
#include "sim/time.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>

namespace stratsim::json {

using Json = nlohmann::ordered_json;

/// Whole numbers as integers, so that a count reads as one.
Json number(std::optional<double> value);
/// Seconds, by one division, which rounds once: 12.31, not 12.310000000000002.
Json seconds(Duration d);
/// Seconds since the rollout command.
Json seconds(Time t);
/// `old` or `new`.
Json version(std::size_t revision);
/// `file:line:column`, as compilers write it.
Json place(const Place& at);

}  // namespace stratsim::json
