#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stratsim {

/// A field as RFC 4180 has it: quoted where it must be.
std::string csv_field(std::string_view text);
/// The shortest text that reads back the same; whole numbers as such, nothing for what is unset.
std::string csv_number(std::optional<double> value);

}  // namespace stratsim
