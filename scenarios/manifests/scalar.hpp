#pragma once

#include "scenarios/text/document.hpp"

#include <string>
#include <string_view>

namespace stratsim {

/// An unquoted scalar by its meaning in YAML 1.1, which kubectl reads: its kind, a colon, its
/// value.
std::string typed_text(const Node& node);
/// Whether two scalars at a path are one value to the API server, as `0.5` and `500m` of a CPU are.
bool same_scalar(const Node& a, const Node& b, std::string_view path);

}  // namespace stratsim
