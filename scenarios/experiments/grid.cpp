#include "scenarios/experiments/grid.hpp"

#include "scenarios/settings/fields.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

[[noreturn]] void not_an_axis(const std::string& message, const std::string& advice) {
    throw BadValue(message, advice, "vary");
}

/// A number and what stands behind it: 2.5 and `s`, 25 and `%`, 100 and `/s`.
struct Amount {
    double number = 0;
    std::string unit;
};

Amount amount_of(std::string_view text, std::string_view whole) {
    Amount amount;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, amount.number);
    if (error != std::errc{} || !std::isfinite(amount.number)) {
        not_an_axis(
            fmt::format("{} is no number to count from or to in {}", quote(text), quote(whole)),
            "write FROM..TO:STEP, such as 0s..30s:5s, or the values with commas between");
    }
    amount.unit = std::string(rest, end);
    return amount;
}

/// `0s..30s:1s`; without a step the unit's one.
void add_range(std::vector<std::string>& values, std::string_view text) {
    const auto dots = text.find("..");
    const auto colon = text.find(':', dots);
    const Amount from = amount_of(text.substr(0, dots), text);
    const Amount to = amount_of(text.substr(dots + 2, colon - dots - 2), text);
    const Amount step = colon == std::string_view::npos ? Amount{1, to.unit}
                                                        : amount_of(text.substr(colon + 1), text);
    const auto fits = [&](const Amount& a) { return a.unit == to.unit || a.number == 0; };
    if (!fits(from) || !fits(step)) {
        not_an_axis(
            fmt::format("the ends and the step of {} have different units", quote(text)),
            fmt::format("write all of them in {}", to.unit.empty() ? "plain numbers" : to.unit));
    }
    if (!(step.number > 0) || to.number < from.number) {
        not_an_axis(fmt::format("{} goes nowhere", quote(text)),
                    "write the smaller end first, and a step above 0");
    }
    // Steps are counted, not added up: thirty times 0.1 is 3.
    const auto last = std::floor((to.number - from.number) / step.number + 1e-9);
    if (last >= static_cast<double>(most_points)) {
        not_an_axis(fmt::format("{} has more than {} values", quote(text), most_points),
                    "write a larger step");
    }
    for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i) {
        const double value = from.number + static_cast<double>(i) * step.number;
        values.push_back(fmt::format("{:.12g}{}", value, to.unit));
    }
}

/// Commas part values, but not inside brackets: lognormal(8s,p99=40s) is one.
std::vector<std::string_view> values_between_commas(std::string_view text) {
    std::vector<std::string_view> parts;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '(') ++depth;
        if (i < text.size() && text[i] == ')') --depth;
        if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
        parts.push_back(text.substr(begin, i - begin));
        begin = i + 1;
    }
    return parts;
}

void check_word(const std::string& word) {
    if (word == "runs" || word == "seed" || word == "until") {
        not_an_axis(
            fmt::format("{} is the same at all points, or they could not be compared", word),
            fmt::format("write --{} beside --vary", word));
    }
    if (word == "strategy" || find_field(word) != nullptr) return;
    std::vector<std::string> words{"strategy"};
    for (const Field& field : fields()) words.push_back(field.word);
    const std::string close = nearest(word, words);
    not_an_axis(fmt::format("no setting is called {}", quote(word)),
                close.empty() ? "stratsim run --help lists them"
                              : fmt::format("did you mean '{}'?", close));
}

void set(Scenario& scenario, const std::string& word, const std::string& value) {
    scenario.origins[word] = {.kind = SourceKind::flag};
    if (word != "strategy") {
        find_field(word)->set(scenario, value);
        return;
    }
    const std::vector<std::string> known = strategy_choices();
    if (std::ranges::find(known, value) == known.end()) {
        not_an_axis(fmt::format("unknown strategy {}", quote(value)),
                    fmt::format("write one of {}", fmt::join(known, ", ")));
    }
    scenario.strategy = value;
}

}  // namespace

std::optional<double> leading_number(std::string_view value) {
    double number = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), number).ec != std::errc{})
        return std::nullopt;
    return number;
}

Axis parse_axis(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
        not_an_axis(fmt::format("{} varies nothing", quote(text)),
                    "write WORD=VALUES, such as pre-stop=0s..30s:5s or max-surge=1,25%,100%");
    }
    Axis axis{.word = std::string(text.substr(0, equals)), .values = {}};
    check_word(axis.word);
    for (const std::string_view part : values_between_commas(text.substr(equals + 1))) {
        if (part.find("..") != std::string_view::npos) {
            add_range(axis.values, part);
        } else if (part.empty()) {
            not_an_axis(fmt::format("a value is missing in {}", quote(text)),
                        "write one between commas");
        } else {
            axis.values.emplace_back(part);
        }
    }
    for (std::size_t i = 0; i < axis.values.size(); ++i) {
        const auto begin = axis.values.begin();
        if (std::find(begin, begin + static_cast<std::ptrdiff_t>(i), axis.values[i]) !=
            begin + static_cast<std::ptrdiff_t>(i)) {
            not_an_axis(fmt::format("{} has the value {} twice", axis.word, axis.values[i]),
                        "write each value once");
        }
        Scenario anything;
        set(anything, axis.word, axis.values[i]);
    }
    return axis;
}

std::size_t Grid::size() const {
    std::size_t size = 1;
    for (const Axis& axis : axes) {
        size *= axis.values.size();
        if (size > most_points) break;  // enough to be refused; a product could overflow
    }
    return size;
}

std::vector<std::string> Grid::at(std::size_t point) const {
    std::vector<std::string> values(axes.size());
    for (std::size_t i = axes.size(); i-- > 0;) {
        values[i] = axes[i].values[point % axes[i].values.size()];
        point /= axes[i].values.size();
    }
    return values;
}

Scenario scenario_at(const Scenario& base, const Grid& grid, std::size_t point) {
    Scenario scenario = base;
    scenario.expectations.clear();
    const auto values = grid.at(point);
    for (std::size_t i = 0; i < grid.axes.size(); ++i) set(scenario, grid.axes[i].word, values[i]);
    return scenario;
}

}  // namespace stratsim
