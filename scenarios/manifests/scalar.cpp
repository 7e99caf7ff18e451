#include "scenarios/manifests/scalar.hpp"

#include "scenarios/manifests/field_path.hpp"
#include "scenarios/manifests/quantity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

bool is_quantity(std::string_view path) {
    const std::string_view parent = last_of(parent_of(path));
    return parent == "requests" || parent == "limits" || parent == "hard" ||
           last_of(path) == "sizeLimit";
}

}  // namespace

std::string typed_text(const Node& node) {
    const std::string& text = node.text;
    if (node.quoted) return "s:" + text;
    constexpr std::array yes{"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
    constexpr std::array no{"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
    if (std::ranges::find(yes, text) != yes.end()) return "b:true";
    if (std::ranges::find(no, text) != no.end()) return "b:false";
    const bool octal = text.size() > 1 && text.front() == '0' && text.size() < 12 &&
                       std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
    if (octal) return fmt::format("i:{}", std::stoll(text, nullptr, 8));
    if (text.starts_with("0o") && text.size() > 2 && text.size() < 12 &&
        std::ranges::all_of(text.substr(2), [](char c) { return c >= '0' && c <= '7'; }))
        return fmt::format("i:{}", std::stoll(text.substr(2), nullptr, 8));
    const std::string_view digits = std::string_view(text).substr(text.starts_with('+') ? 1 : 0);
    if (!digits.empty() && std::ranges::all_of(digits.substr(digits.starts_with('-') ? 1 : 0),
                                               [](char c) { return c >= '0' && c <= '9'; }))
        return "i:" + std::string(digits);
    return "s:" + text;
}

bool same_scalar(const Node& a, const Node& b, std::string_view path) {
    if (typed_text(a) == typed_text(b)) return true;
    if (!is_quantity(path)) return false;
    const auto one = parse_quantity(a.text);
    const auto other = parse_quantity(b.text);
    // Decimal and binary fractions of the same amount may differ in the last bit.
    return one && other && std::abs(*one - *other) <= 1e-12 * std::max(*one, *other);
}

}  // namespace stratsim
