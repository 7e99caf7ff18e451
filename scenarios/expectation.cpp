#include "scenarios/expectation.hpp"

#include "scenarios/experiment.hpp"
#include "scenarios/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace stratsim {

namespace {

constexpr std::string_view outcome_prefix = "outcomes.";
constexpr std::array<RolloutOutcome, 3> all_outcomes{
    RolloutOutcome::complete, RolloutOutcome::stalled, RolloutOutcome::rolled_back};

constexpr std::string_view form = "write requests.failed.p95 <= 1, or rollout.duration_s <= 5m";
constexpr std::string_view rule = "expect";

[[noreturn]] void refuse(const std::string& message, std::string advice = std::string(form)) {
    throw BadValue(message, std::move(advice), std::string(rule));
}

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
}

/// The three parts of the text.
struct Parts {
    std::string_view path;
    Relation relation;
    std::string_view limit;
};

Parts parts_of(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Relation>, 5> signs{
        {{"<=", Relation::at_most},
         {">=", Relation::at_least},
         {"==", Relation::equal},
         {"<", Relation::below},
         {">", Relation::above}}};
    const auto at = text.find_first_of("<>=!");
    if (at == std::string_view::npos) refuse(fmt::format("{} compares nothing", quote(text)));
    for (const auto& [sign, relation] : signs) {
        if (text.substr(at, sign.size()) != sign) continue;
        const Parts parts{trimmed(text.substr(0, at)), relation,
                          trimmed(text.substr(at + sign.size()))};
        if (parts.path.empty()) refuse(fmt::format("{} names no number", quote(text)));
        if (parts.limit.empty()) refuse(fmt::format("{} has no limit", quote(text)));
        return parts;
    }
    refuse(fmt::format("{} has an unknown sign", quote(text)), "write <=, <, >=, > or ==");
}

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

std::optional<Unit> unit_of(std::string_view path) {
    for (const Measure& measure : known_measures()) {
        if (measure.path == path) return measure.unit;
    }
    for (const RolloutOutcome outcome : all_outcomes) {
        if (path == std::string(outcome_prefix) + std::string(name_of(outcome)))
            return Unit::fraction;
    }
    return std::nullopt;
}

[[noreturn]] void unknown_path(std::string_view path) {
    std::vector<std::string> known;
    for (const Measure& measure : known_measures()) known.emplace_back(measure.path);
    for (const RolloutOutcome outcome : all_outcomes)
        known.push_back(std::string(outcome_prefix) + std::string(name_of(outcome)));
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
    refuse(fmt::format("no number is called {}", quote(path)),
           close.empty() ? "write a path of the JSON's spread, such as requests.failed"
                         : fmt::format("did you mean '{}'?", close));
}

/// A plain number is in the unit of the JSON; with a unit of its own it must fit.
double limit_of(std::string_view text, Unit unit, std::string_view path) {
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
                return limit_of(text.substr(0, text.size() - 1), unit, path) / 100;
            break;
        case Unit::percent:
            if (text.ends_with('%')) return limit_of(text.substr(0, text.size() - 1), unit, path);
            break;
        default:
            break;
    }
    refuse(fmt::format("{} is no limit for {}", quote(text), path),
           unit == Unit::fraction || unit == Unit::percent ? "write 1% or 0.01"
                                                           : "write a plain number");
}

}  // namespace

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

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "pass";
        case Verdict::fail:
            return "fail";
        case Verdict::undecided:
            return "undecided";
    }
    return "";
}

Expectation parse_expectation(std::string_view text) {
    const Parts parts = parts_of(text);
    Expectation expectation;
    expectation.text = std::string(trimmed(text));
    expectation.relation = parts.relation;
    if (parts.path == "rollout.outcome") {  // the one word among the numbers
        expectation.path = std::string(outcome_prefix) + std::string(parts.limit);
        if (parts.relation != Relation::equal || !unit_of(expectation.path)) {
            refuse(fmt::format("{} is no outcome", quote(parts.limit)),
                   "write rollout.outcome == complete, stalled or rolled-back");
        }
        expectation.unit = Unit::fraction;
        expectation.limit = 1;
        return expectation;
    }
    expectation.path = std::string(parts.path);
    auto unit = unit_of(parts.path);
    const auto dot = parts.path.rfind('.');
    if (!unit && dot != std::string_view::npos) {
        const auto statistic = statistic_of(parts.path.substr(dot + 1));
        if (statistic) {
            expectation.statistic = *statistic;
            expectation.path = std::string(parts.path.substr(0, dot));
            unit = unit_of(expectation.path);
        }
    }
    if (!unit) unknown_path(parts.path);
    if (is_outcome(expectation.path) && expectation.statistic != Statistic{}) {
        refuse(fmt::format("{} is a share of the runs and has no {}", expectation.path,
                           word_of(expectation.statistic)),
               fmt::format("write {} >= 95%", expectation.path));
    }
    expectation.unit = *unit;
    expectation.limit = limit_of(parts.limit, *unit, parts.path);
    return expectation;
}

}  // namespace stratsim
