#include "scenarios/number.hpp"

#include "scenarios/experiment.hpp"
#include "scenarios/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr std::string_view outcome_prefix = "outcomes.";
constexpr std::array<RolloutOutcome, 3> all_outcomes{
    RolloutOutcome::complete, RolloutOutcome::stalled, RolloutOutcome::rolled_back};

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

[[noreturn]] void unknown_path(std::string_view path, std::string_view rule) {
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
    throw BadValue(fmt::format("no number is called {}", quote(path)),
                   close.empty() ? "write a path of the JSON's spread, such as requests.failed"
                                 : fmt::format("did you mean '{}'?", close),
                   std::string(rule));
}

/// What is never negative has no interval that is.
bool may_be_negative(Unit unit) {
    return unit == Unit::money || unit == Unit::pod_seconds || unit == Unit::percent ||
           unit == Unit::ratio;
}

}  // namespace

bool is_known_outcome(std::string_view path) {
    return is_outcome(path) && unit_of(path);
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
    auto unit = unit_of(text);
    const auto dot = text.rfind('.');
    if (!unit && dot != std::string_view::npos) {
        if (const auto statistic = statistic_of(text.substr(dot + 1))) {
            number.statistic = *statistic;
            number.path = std::string(text.substr(0, dot));
            unit = unit_of(number.path);
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

std::vector<double> values_of(const Experiment& experiment, std::string_view path) {
    std::vector<double> values;
    if (is_outcome(path)) {
        for (const RolloutOutcome outcome : experiment.outcomes)
            values.push_back(path.ends_with(name_of(outcome)) ? 1.0 : 0.0);
        return values;
    }
    for (const Measures& run : experiment.runs) {
        if (const auto value = run[path]) values.push_back(*value);
    }
    return values;
}

Estimate estimate(const Number& number, const Experiment& experiment) {
    const std::vector<double> values = values_of(experiment, number.path);
    Estimate result{.runs = values.size()};
    if (values.empty()) return result;
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    const Spread spread = *spread_of({values.begin(), values.end()});
    Interval& interval = result.interval;
    switch (number.statistic.kind) {
        case Statistic::Kind::mean:
            result.value = spread.mean;
            interval =
                is_outcome(number.path)
                    ? share_interval(static_cast<std::size_t>(std::ranges::count(values, 1.0)),
                                     values.size())
                    : mean_interval(spread);
            if (interval.low && !may_be_negative(number.unit))
                interval.low = std::max(*interval.low, std::min(0.0, sorted.front()));
            if (is_outcome(number.path)) return result;  // all of n is not all there are
            break;
        case Statistic::Kind::deviation:
            result.value = spread.sd;
            interval = deviation_interval(values);
            break;
        case Statistic::Kind::quantile: {
            result.value = quantile_of(sorted, number.statistic.percent);
            const Ranks ranks = quantile_ranks(values.size(), number.statistic.percent);
            if (ranks.low > 0) interval.low = sorted[ranks.low - 1];
            if (ranks.high > 0) interval.high = sorted[ranks.high - 1];
            break;
        }
        case Statistic::Kind::max:
            result.value = spread.max;
            interval = {spread.max, spread.max};
            break;
    }
    // Where no two runs differ there is nothing to be unsure of, but one run cannot show that.
    if (values.size() > 1 && sorted.front() == sorted.back())
        interval = {*result.value, *result.value};
    return result;
}

}  // namespace stratsim
