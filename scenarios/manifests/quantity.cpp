#include "scenarios/manifests/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace stratsim {

namespace {

// K is not Kubernetes' but people's; there is no other way to read it.
constexpr std::array<std::pair<std::string_view, double>, 17> suffixes{{{"", 1},
                                                                        {"n", 1e-9},
                                                                        {"u", 1e-6},
                                                                        {"m", 1e-3},
                                                                        {"k", 1e3},
                                                                        {"K", 1e3},
                                                                        {"M", 1e6},
                                                                        {"G", 1e9},
                                                                        {"T", 1e12},
                                                                        {"P", 1e15},
                                                                        {"E", 1e18},
                                                                        {"Ki", 0x1p10},
                                                                        {"Mi", 0x1p20},
                                                                        {"Gi", 0x1p30},
                                                                        {"Ti", 0x1p40},
                                                                        {"Pi", 0x1p50},
                                                                        {"Ei", 0x1p60}}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::optional<double> parse_quantity(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return std::nullopt;
    // "1e3" is a number with an exponent, but "1E" is an exa: only digits make an exponent.
    double value = 0;
    const char* const last = text.data() + text.size();
    const auto general = std::from_chars(text.data(), last, value);
    if (general.ec == std::errc{} && general.ptr == last) return value;
    const auto fixed = std::from_chars(text.data(), last, value, std::chars_format::fixed);
    if (fixed.ec != std::errc{} || !std::isfinite(value)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(fixed.ptr - text.data()));
    for (const auto& [suffix, factor] : suffixes) {
        if (text == suffix) return value * factor;
    }
    return std::nullopt;
}

}  // namespace stratsim
