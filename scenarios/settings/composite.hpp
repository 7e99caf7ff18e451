// Settings that are made of several: `after=5,for=30s`, `bursts(factor=5,for=10s)`.
#pragma once

#include "scenarios/settings/units.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// Splits "a=1,b=lognormal(1s,p99=2s)" at the commas outside brackets.
std::vector<std::string_view> split_settings(std::string_view text);

/// One part of a composite setting.
struct Part {
    std::string_view key;
    std::function<void(std::string_view value)> set;
};

/// Reads every `key=value` of the text; throws BadValue for a key that is none of the parts or
/// stands there twice.
void read_parts(std::string_view text, const std::vector<Part>& parts, std::string_view form);

/// What stands in the brackets of `name(...)`; unset if the text is not of that form.
std::optional<std::string_view> inside(std::string_view text, std::string_view name);

}  // namespace stratsim
