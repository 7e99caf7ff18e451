#include "scenarios/settings/until.hpp"

#include <fmt/format.h>

namespace stratsim {

Until Text<Until>::parse(std::string_view s) {
    constexpr std::string_view rule = "until";
    const auto equals = s.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == s.size()) {
        throw BadValue(fmt::format("{} names no number and its half-width", quote(s)),
                       "write requests.failed=5%", std::string(rule));
    }
    Until until{.number = parse_number(s.substr(0, equals), rule)};
    const std::string_view amount = s.substr(equals + 1);
    until.relative = amount.ends_with('%');
    const Number part{.path = until.number.path, .unit = Unit::fraction};
    until.half_width = until.relative ? parse_amount(amount, part, rule)
                                      : parse_amount(amount, until.number, rule);
    if (until.number.statistic.kind == Statistic::Kind::max) {
        throw BadValue("no number of runs makes the largest value known",
                       "write a mean or a quantile: requests.failed.p95=5%", std::string(rule));
    }
    if (!(until.half_width > 0)) {
        throw BadValue(fmt::format("{} can never be reached", quote(amount)),
                       "write a half-width above 0, such as 5%", std::string(rule));
    }
    return until;
}

std::string Text<Until>::print(const Until& until) {
    return until.relative ? fmt::format("{}={}%", word_of(until.number), until.half_width * 100)
                          : fmt::format("{}={}", word_of(until.number), until.half_width);
}

std::string Text<Until>::form() {
    return "NUMBER=HALF-WIDTH: requests.failed=5% of it, downtime.total_s=0.5";
}

}  // namespace stratsim
