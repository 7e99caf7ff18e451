// Dotted paths of fields, list items without their brackets.
#pragma once

#include <string_view>

namespace stratsim {

/// The field itself.
std::string_view last_of(std::string_view path);
/// The path of what holds it; empty at the top.
std::string_view parent_of(std::string_view path);
/// Whether a path ends in these fields; one that begins with `Probe.` is of any probe.
bool ends_with_path(std::string_view path, std::string_view ending);

}  // namespace stratsim
