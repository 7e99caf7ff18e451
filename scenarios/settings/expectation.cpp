#include "scenarios/settings/expectation.hpp"

#include "scenarios/settings/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace stratsim {

namespace {

constexpr std::string_view expect_rule = "expect";
constexpr std::string_view expectation_form =
    "write requests.failed.p95 <= 1, or rollout.duration_s <= 5m";

[[noreturn]] void not_an_expectation(const std::string& message,
                                     std::string advice = std::string(expectation_form)) {
    throw BadValue(message, std::move(advice), std::string(expect_rule));
}

/// The three parts of the text.
struct Inequality {
    std::string_view path;
    Relation relation;
    std::string_view limit;
};

Inequality inequality_of(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Relation>, 5> signs{
        {{"<=", Relation::at_most},
         {">=", Relation::at_least},
         {"==", Relation::equal},
         {"<", Relation::below},
         {">", Relation::above}}};
    const auto at = text.find_first_of("<>=!");
    if (at == std::string_view::npos)
        not_an_expectation(fmt::format("{} compares nothing", quote(text)));
    for (const auto& [sign, relation] : signs) {
        if (text.substr(at, sign.size()) != sign) continue;
        const Inequality parts{trimmed(text.substr(0, at)), relation,
                               trimmed(text.substr(at + sign.size()))};
        if (parts.path.empty()) not_an_expectation(fmt::format("{} names no number", quote(text)));
        if (parts.limit.empty()) not_an_expectation(fmt::format("{} has no limit", quote(text)));
        return parts;
    }
    not_an_expectation(fmt::format("{} has an unknown sign", quote(text)),
                       "write <=, <, >=, > or ==");
}

}  // namespace

std::string word_of(Relation relation) {
    switch (relation) {
        case Relation::at_most:
            return "<=";
        case Relation::below:
            return "<";
        case Relation::at_least:
            return ">=";
        case Relation::above:
            return ">";
        case Relation::equal:
            return "==";
    }
    return "";
}

Expectation parse_expectation(std::string_view text) {
    const Inequality parts = inequality_of(text);
    Expectation expectation;
    expectation.text = std::string(trimmed(text));
    expectation.relation = parts.relation;
    if (parts.path == "rollout.outcome") {  // the one word among the numbers
        expectation.path = fmt::format("outcomes.{}", parts.limit);
        if (parts.relation != Relation::equal || !is_known_outcome(expectation.path)) {
            not_an_expectation(fmt::format("{} is no outcome", quote(parts.limit)),
                               "write rollout.outcome == complete, stalled or rolled-back");
        }
        expectation.unit = Unit::fraction;
        expectation.limit = 1;
        return expectation;
    }
    const Number number = parse_number(parts.path, expect_rule);
    expectation.path = number.path;
    expectation.statistic = number.statistic;
    expectation.unit = number.unit;
    expectation.limit = parse_amount(parts.limit, number, expect_rule);
    return expectation;
}

}  // namespace stratsim
