#include "scenarios/settings/rate_series.hpp"

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/mistakes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <numeric>
#include <optional>
#include <sstream>

namespace stratsim {

namespace {

using std::chrono::seconds;

constexpr std::int64_t most_steps = 100'000;
constexpr double most_rate = 1e8;

/// A line without its end, and where it stands.
struct Line {
    int number = 0;
    std::string_view text;
};

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") != std::string_view::npos)
            lines.push_back({number, line});
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

/// Takes so many digits off the front.
std::optional<int> take_digits(std::string_view& s, std::size_t count) {
    if (s.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (s[i] < '0' || s[i] > '9') return std::nullopt;
        value = value * 10 + (s[i] - '0');
    }
    s.remove_prefix(count);
    return value;
}

bool take(std::string_view& s, std::string_view what) {
    if (!s.starts_with(what)) return false;
    s.remove_prefix(what.size());
    return true;
}

/// `+02:00`, `-0700`, `Z`: seconds east of Greenwich.
std::optional<std::int64_t> take_zone(std::string_view& s) {
    if (take(s, "Z") || take(s, "z")) return 0;
    const bool west = s.starts_with('-');
    if (!take(s, "+") && !take(s, "-")) return std::nullopt;
    const auto hours = take_digits(s, 2);
    take(s, ":");
    const auto minutes = take_digits(s, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const std::int64_t east = *hours * 3600 + *minutes * 60;
    return west ? -east : east;
}

std::optional<std::int64_t> take_clock(std::string_view& s) {
    const auto hours = take_digits(s, 2);
    if (!hours || !take(s, ":")) return std::nullopt;
    const auto minutes = take_digits(s, 2);
    if (!minutes || !take(s, ":")) return std::nullopt;
    const auto whole = take_digits(s, 2);
    if (!whole || *hours > 23 || *minutes > 59 || *whole > 60) return std::nullopt;
    return *hours * 3600 + *minutes * 60 + *whole;
}

std::optional<std::int64_t> days(int year, int month, int day) {
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

/// `2026-03-01T12:00:00.250Z`, or with a space: nanoseconds since 1970, of the whole second.
std::optional<std::int64_t> take_rfc3339(std::string_view& s) {
    const auto year = take_digits(s, 4);
    if (!year || !take(s, "-")) return std::nullopt;
    const auto month = take_digits(s, 2);
    if (!month || !take(s, "-")) return std::nullopt;
    const auto day = take_digits(s, 2);
    if (!day || !(take(s, "T") || take(s, "t") || take(s, " "))) return std::nullopt;
    const auto clock = take_clock(s);
    if (!clock) return std::nullopt;
    if (take(s, ".")) {
        if (!take_digits(s, 1)) return std::nullopt;
        while (take_digits(s, 1)) {
        }
    }
    const auto zone = take_zone(s);
    const auto date = days(*year, *month, *day);
    if (!zone || !date) return std::nullopt;
    return *date * 86400 + *clock - *zone;
}

/// `10/Oct/2000:13:55:36 -0700`, as Apache and nginx write it.
std::optional<std::int64_t> take_log_time(std::string_view& s) {
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = take_digits(s, 2);
    if (!day || !take(s, "/")) return std::nullopt;
    const auto month = std::ranges::find(months, s.substr(0, 3));
    if (month == months.end()) return std::nullopt;
    s.remove_prefix(3);
    if (!take(s, "/")) return std::nullopt;
    const auto year = take_digits(s, 4);
    if (!year || !take(s, ":")) return std::nullopt;
    const auto clock = take_clock(s);
    if (!clock || !take(s, " ")) return std::nullopt;
    const auto zone = take_zone(s);
    const auto date = days(*year, static_cast<int>(month - months.begin()) + 1, *day);
    if (!zone || !date) return std::nullopt;
    return *date * 86400 + *clock - *zone;
}

class SeriesReader {
  public:
    SeriesReader(const std::string& file, std::string_view text)
        : file_(file), lines_(lines_of(text)) {}

    RateSeries run() {
        if (lines_.empty()) {
            mistakes_.stop(without_place("empty", "there is not one line in it",
                                         "write lines of time,rate or give an access log", file_));
        }
        RateSeries series = is_log(lines_.front().text) ? read_log() : read_table();
        series.file = file_;
        series.mean = std::accumulate(series.rates.begin(), series.rates.end(), 0.0) /
                      static_cast<double>(series.rates.size());
        mistakes_.throw_if_any();
        if (!(series.mean > 0)) {
            mistakes_.stop(
                without_place("empty", "no request comes in it", "write rates above 0", file_));
        }
        return series;
    }

  private:
    static bool is_log(std::string_view line) {
        std::string_view rest = line;
        if (take_rfc3339(rest)) return !rest.starts_with(',');
        return line.find('[') != std::string_view::npos;
    }

    void complain(const Line& line, std::string_view at, std::string rule, std::string message,
                  std::string advice) {
        const auto column = static_cast<int>(at.data() - line.text.data()) + 1;
        mistakes_.note(
            {.place = {file_, line.number, column},
             .rule = std::move(rule),
             .message = std::move(message),
             .advice = std::move(advice),
             .width = std::max(1, static_cast<int>(std::min<std::size_t>(at.size(), 60))),
             .source_line = std::string(line.text.substr(0, 200))});
    }

    RateSeries read_log() {
        std::vector<std::int64_t> times;
        for (const Line& line : lines_) {
            std::string_view rest = line.text;
            auto time = take_rfc3339(rest);
            if (!time) {
                const auto bracket = line.text.find('[');
                rest = bracket == std::string_view::npos
                           ? std::string_view{line.text.end(), line.text.end()}
                           : line.text.substr(bracket + 1);
                const std::string_view stamp = rest;
                time = take_log_time(rest);
                if (!time) {
                    complain(line,
                             bracket == std::string_view::npos ? line.text
                                                               : stamp.substr(0, stamp.find(']')),
                             "time", "there is no time of a request here",
                             "write [10/Oct/2000:13:55:36 -0700] or 2000-10-10T20:55:36Z");
                    continue;
                }
            }
            times.push_back(*time);
        }
        mistakes_.throw_if_any();
        const auto [first, last] = std::ranges::minmax(times);
        const std::int64_t step = (last - first) / most_steps + 1;
        RateSeries series{.file = {}, .step = seconds{step}, .rates = {}};
        series.rates.resize(static_cast<std::size_t>((last - first) / step + 1));
        for (const std::int64_t time : times)
            series.rates[static_cast<std::size_t>((time - first) / step)] +=
                1.0 / static_cast<double>(step);
        return series;
    }

    struct Row {
        Line line;
        std::int64_t time;  ///< nanoseconds
        double rate;
    };

    std::optional<std::int64_t> time_of(const Line& line, std::string_view text) {
        std::string_view rest = text;
        if (const auto stamp = take_rfc3339(rest); stamp && rest.empty())
            return *stamp * 1'000'000'000;
        try {
            return Text<Duration>::parse(text).count();
        } catch (const BadValue&) {
            try {
                return from_seconds(Text<double>::parse(text)).count();
            } catch (const BadValue&) {
                complain(line, text, "time", "this is no time",
                         "write seconds (90), a duration (1m30s) or 2000-10-10T20:55:36Z");
                return std::nullopt;
            }
        }
    }

    std::optional<Row> row_of(const Line& line) {
        const auto comma = line.text.find(',');
        if (comma == std::string_view::npos) {
            complain(line, line.text, "row", "a time and a rate need a comma between them",
                     "write lines such as 90,120 (seconds, requests a second)");
            return std::nullopt;
        }
        const auto time = time_of(line, trimmed(line.text.substr(0, comma)));
        const std::string_view written = trimmed(line.text.substr(comma + 1));
        try {
            const double rate = Text<Rate>::parse(written).per_second;
            if (rate > most_rate) throw BadValue("", "", "");
            if (time) return Row{line, *time, rate};
        } catch (const BadValue&) {
            complain(line, written.empty() ? line.text.substr(comma, 1) : written, "rate",
                     "this is no rate of requests", "write 120, 120/s or 30/m, at most 100M/s");
        }
        return std::nullopt;
    }

    RateSeries read_table() {
        std::vector<Row> rows;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const std::string_view first = lines_[i].text;
            if (i == 0 && (first == "time,rate" || first == "time, rate")) continue;
            const auto row = row_of(lines_[i]);
            if (!row) continue;
            if (!rows.empty() && row->time <= rows.back().time) {
                complain(row->line, row->line.text, "order",
                         "this time is not after the one before",
                         "sort the lines by time, each time once");
                continue;
            }
            rows.push_back(*row);
        }
        mistakes_.throw_if_any();
        if (rows.empty()) {
            mistakes_.stop(without_place("empty", "there is no rate in it",
                                         "write lines of time,rate below the heading", file_));
        }
        return in_steps(rows);
    }

    /// Rates last until the next line, the last one as long as the one before it.
    RateSeries in_steps(const std::vector<Row>& rows) {
        RateSeries series{.file = {}, .step = seconds{1}, .rates = {}};
        if (rows.size() == 1) {
            series.rates.push_back(rows.front().rate);
            return series;
        }
        std::int64_t step = 0;
        for (std::size_t i = 1; i < rows.size(); ++i)
            step = std::gcd(step, rows[i].time - rows[i - 1].time);
        const std::int64_t last = rows.back().time - rows[rows.size() - 2].time;
        if ((rows.back().time - rows.front().time + last) / step > most_steps) {
            mistakes_.stop(
                without_place("range",
                              fmt::format("its times fit only steps of {}, too many of them",
                                          Text<Duration>::print(Duration{step})),
                              "write times that are multiples of a common step", file_));
        }
        series.step = Duration{step};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::int64_t lasts = i + 1 < rows.size() ? rows[i + 1].time - rows[i].time : last;
            series.rates.insert(series.rates.end(), static_cast<std::size_t>(lasts / step),
                                rows[i].rate);
        }
        return series;
    }

    std::string file_;
    std::vector<Line> lines_;
    Mistakes mistakes_;
};

}  // namespace

Arrivals arrivals_of(const RateSeries& series) {
    Arrivals shape{.factors = {}, .step = series.step, .repeats = true, .replayed = {}};
    shape.factors.reserve(series.rates.size());
    for (const double rate : series.rates) shape.factors.push_back(rate / series.mean);
    return shape;
}

RateSeries read_rate_series(const std::string& file, std::string_view text) {
    return SeriesReader(file, text).run();
}

RateSeries Text<RateSeries>::parse(std::string_view name) {
    const std::string file(name);
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) {
        throw BadValue(fmt::format("'{}' can not be read", file.substr(0, 80)),
                       "write the path of " + form(), "file");
    }
    return read_rate_series(file, text.str());
}

std::string Text<RateSeries>::print(const RateSeries& series) {
    return series.file;
}

std::string Text<RateSeries>::form() {
    return "a CSV of time,rate or an access log";
}

}  // namespace stratsim
