#include "cli/reports/formats/csv.hpp"

#include "cli/reports/report.hpp"
#include "sim/numbers/statistics.hpp"

#include <cmath>
#include <fmt/format.h>
#include <optional>

// One row a measure, and one an expectation, for spreadsheets and data frames.

namespace stratsim {

namespace {

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

/// What stands behind the measures' columns.
struct Columns {
    bool judged = false;   ///< an expectation and its verdict, empty in the rows of measures
    bool release = false;  ///< tells the halves of a comparison with a bad release apart
};

std::string row_end(const Columns& columns, const std::string& judged, std::string_view release) {
    return (columns.judged ? "," + judged : "") +
           (columns.release ? fmt::format(",{}", release) : "") + "\r\n";
}

std::string front_of(const Experiment& e, std::string_view path, Unit unit,
                     std::optional<double> value) {
    return fmt::format("{},{},{},{},{}", csv_field(e.scenario.strategy), csv_field(e.scenario.name),
                       csv_field(path), csv_field(name_of_unit(unit, e.scenario)),
                       csv_number(value));
}

std::string rows_of(const Experiment& e, const Columns& columns, std::string_view release) {
    std::string text;
    for (const Measure& m : e.measures().list()) {
        const auto spread = e.spread(m.path);
        text += front_of(e, m.path, m.unit, m.value);
        if (spread) {
            const Interval interval = mean_interval(*spread);
            text +=
                fmt::format(",{},{},{},{},{},{},{},{},{}", csv_number(spread->mean),
                            csv_number(spread->sd), csv_number(spread->p5), csv_number(spread->p50),
                            csv_number(spread->p95), csv_number(spread->max), spread->count,
                            csv_number(interval.low), csv_number(interval.high));
        } else {
            text += ",,,,,,,0,,";
        }
        text += row_end(columns, ",", release);
    }
    for (const Judgment& j : e.judgments) {  // the value is that of the statistic it names
        text += front_of(e, j.expectation.path, j.expectation.unit, j.value);
        text += fmt::format(",,,,,,,{},{},{}", j.runs, csv_number(j.low), csv_number(j.high));
        text += row_end(columns,
                        fmt::format("{},{}", csv_field(j.expectation.text), name_of(j.verdict)),
                        release);
    }
    return text;
}

}  // namespace

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string inside;
    for (const char c : text) inside += c == '"' ? std::string("\"\"") : std::string(1, c);
    return '"' + inside + '"';
}

std::string csv_number(std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return "";
    constexpr double exactly_whole = 9007199254740992.0;
    if (*value == std::floor(*value) && std::abs(*value) < exactly_whole) {
        return fmt::format("{}", static_cast<std::int64_t>(*value));
    }
    return fmt::format("{}", *value);  // the shortest text that reads back the same
}

std::string csv_report(const Result& result, const Screen&) {
    Columns columns;
    columns.release = !result.good.empty();
    for (const Experiment& e : result.experiments) columns.judged |= !e.judgments.empty();
    std::string text = "strategy,workload,path,unit,value,mean,sd,p5,p50,p95,max,runs,low,high";
    text += columns.judged ? ",expected,verdict" : "";
    text += columns.release ? ",release\r\n" : "\r\n";
    for (const Experiment& e : result.experiments) text += rows_of(e, columns, "bad");
    for (const Experiment& e : result.good) text += rows_of(e, columns, "good");
    return text;
}

}  // namespace stratsim
