#include "scenarios/settings/number.hpp"

#include "scenarios/settings/units.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr std::string_view outcome_prefix = "outcomes.";

std::optional<Statistic> statistic_of(std::string_view word) {
    if (word == "mean") return Statistic{};
    if (word == "sd") return Statistic{.kind = Statistic::Kind::deviation};
    if (word == "max") return Statistic{.kind = Statistic::Kind::max};
    int percent = 0;
    const char* end = word.data() + word.size();
    if (word.size() < 2 || word.front() != 'p') return std::nullopt;
    const auto [rest, error] = std::from_chars(word.data() + 1, end, percent);
    if (error != std::errc{} || rest != end || percent < 1 || percent > 99) return std::nullopt;
    return Statistic{.kind = Statistic::Kind::quantile, .percent = percent};
}

/// Of a number or an outcome; unset: none is called so.
std::optional<Unit> known_unit(std::string_view path) {
    if (const auto column = column_of(path)) return known_measures[*column].unit;
    for (const std::string_view name : rollout_outcome_names) {
        if (path == std::string(outcome_prefix) + std::string(name)) return Unit::fraction;
    }
    return std::nullopt;
}

[[noreturn]] void unknown_path(std::string_view path, std::string_view rule) {
    std::vector<std::string> known;
    for (const Measure& measure : known_measures) known.emplace_back(measure.path);
    for (const std::string_view name : rollout_outcome_names)
        known.push_back(std::string(outcome_prefix) + std::string(name));
    const auto dot = path.rfind('.');
    std::string close = nearest(path, known);
    if (dot != std::string_view::npos && statistic_of(path.substr(dot + 1))) {
        const std::string without = nearest(path.substr(0, dot), known);
        if (!without.empty()) close = without + std::string(path.substr(dot));
    }
    if (close.empty()) {  // the last word alone may tell: `failed` of requests.failed
        for (const std::string& word : known) {
            if (close.empty() && word.ends_with(fmt::format(".{}", path))) close = word;
        }
    }
    throw BadValue(fmt::format("no number is called {}", quote(path)),
                   close.empty() ? "write a path of the JSON's spread, such as requests.failed"
                                 : fmt::format("did you mean '{}'?", close),
                   std::string(rule));
}

}  // namespace

bool is_known_outcome(std::string_view path) {
    return is_outcome(path) && known_unit(path);
}

bool is_outcome(std::string_view path) {
    return path.starts_with(outcome_prefix);
}

std::string word_of(const Statistic& statistic) {
    switch (statistic.kind) {
        case Statistic::Kind::mean:
            return "mean";
        case Statistic::Kind::deviation:
            return "sd";
        case Statistic::Kind::quantile:
            return fmt::format("p{}", statistic.percent);
        case Statistic::Kind::max:
            return "max";
    }
    return "";
}

std::string word_of(const Number& number) {
    if (number.statistic == Statistic{}) return number.path;
    return number.path + "." + word_of(number.statistic);
}

Number parse_number(std::string_view text, std::string_view rule) {
    Number number{.path = std::string(text)};
    auto unit = known_unit(text);
    const auto dot = text.rfind('.');
    if (!unit && dot != std::string_view::npos) {
        if (const auto statistic = statistic_of(text.substr(dot + 1))) {
            number.statistic = *statistic;
            number.path = std::string(text.substr(0, dot));
            unit = known_unit(number.path);
        }
    }
    if (!unit) unknown_path(text, rule);
    if (is_outcome(number.path) && number.statistic != Statistic{}) {
        throw BadValue(fmt::format("{} is a share of the runs and has no {}", number.path,
                                   word_of(number.statistic)),
                       fmt::format("write {} alone", number.path), std::string(rule));
    }
    number.unit = *unit;
    return number;
}

double parse_amount(std::string_view text, const Number& number, std::string_view rule) {
    const Unit unit = number.unit;
    double plain = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, plain);
    if (error == std::errc{} && rest == end && std::isfinite(plain)) return plain;
    switch (unit) {
        case Unit::seconds:
            return to_seconds(Text<Duration>::parse(text));
        case Unit::milliseconds:
            return to_seconds(Text<Duration>::parse(text)) * 1000;
        case Unit::fraction:
            if (text.ends_with('%'))
                return parse_amount(text.substr(0, text.size() - 1), number, rule) / 100;
            break;
        case Unit::percent:
            if (text.ends_with('%'))
                return parse_amount(text.substr(0, text.size() - 1), number, rule);
            break;
        default:
            break;
    }
    throw BadValue(fmt::format("{} is no limit for {}", quote(text), word_of(number)),
                   unit == Unit::fraction || unit == Unit::percent ? "write 1% or 0.01"
                                                                   : "write a plain number",
                   std::string(rule));
}

}  // namespace stratsim
