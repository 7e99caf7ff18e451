#include "cli/reports/report.hpp"

#include <cmath>
#include <fmt/format.h>

// One row a measure, for spreadsheets and data frames.

namespace stratsim {

namespace {

/// RFC 4180.
std::string quoted(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string inside;
    for (const char c : text) inside += c == '"' ? std::string("\"\"") : std::string(1, c);
    return '"' + inside + '"';
}

std::string number(std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return "";
    constexpr double exactly_whole = 9007199254740992.0;
    if (*value == std::floor(*value) && std::abs(*value) < exactly_whole) {
        return fmt::format("{}", static_cast<std::int64_t>(*value));
    }
    return fmt::format("{}", *value);  // the shortest text that reads back the same
}

std::string_view name_of_unit(const Unit unit, const Scenario& scenario) {
    switch (unit) {
        case Unit::requests:
            return "requests";
        case Unit::seconds:
            return "s";
        case Unit::fraction:
            return "fraction";
        case Unit::milliseconds:
            return "ms";
        case Unit::pods:
            return "pods";
        case Unit::pod_seconds:
            return "pod_s";
        case Unit::money:
            return scenario.prices.currency;
        case Unit::visits:
            return "visits";
        case Unit::users:
            return "users";
        case Unit::percent:
            return "percent";
        case Unit::ratio:
            return "ratio";
    }
    return "";
}

/// `release` tells the halves of a comparison with a bad release apart; empty where there is one.
std::string rows_of(const Experiment& e, std::string_view release) {
    std::string text;
    const std::string front = quoted(e.scenario.strategy) + "," + quoted(e.scenario.name);
    for (const Measure& m : e.measures().list()) {
        const auto spread = e.spread(m.path);
        text += fmt::format("{},{},{},{}", front, quoted(m.path),
                            quoted(name_of_unit(m.unit, e.scenario)), number(m.value));
        if (spread) {
            text += fmt::format(",{},{},{},{},{},{},{}", number(spread->mean), number(spread->sd),
                                number(spread->p5), number(spread->p50), number(spread->p95),
                                number(spread->max), spread->count);
        } else {
            text += ",,,,,,,0";
        }
        text += release.empty() ? "\r\n" : fmt::format(",{}\r\n", release);
    }
    return text;
}

}  // namespace

std::string csv_report(const Result& result, const Screen&) {
    const bool both = !result.good.empty();
    std::string text = "strategy,workload,path,unit,value,mean,sd,p5,p50,p95,max,runs";
    text += both ? ",release\r\n" : "\r\n";
    for (const Experiment& e : result.experiments) text += rows_of(e, both ? "bad" : "");
    for (const Experiment& e : result.good) text += rows_of(e, "good");
    return text;
}

}  // namespace stratsim
