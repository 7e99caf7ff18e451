#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr double slack = 1e-9;  // seconds come as nanoseconds times 1e-9

double rounded(double x, Rounding rounding) {
    switch (rounding) {
        case Rounding::nearest:
            return std::floor(x + 0.5 + slack);
        case Rounding::down:
            return std::floor(x + slack);
        case Rounding::up:
            return std::ceil(x - slack);
    }
    return x;
}

double ten_to(int exponent) {
    double power = 1;
    for (int i = 0; i < std::abs(exponent); ++i) power *= 10;
    return exponent < 0 ? 1 / power : power;
}

/// The place of the first digit of x > 0: 2 for 314, -1 for 0.3.
int place_of(double x) {
    int place = 0;
    while (place < 300 && ten_to(place + 1) <= x) ++place;
    while (place > -12 && ten_to(place) > x) --place;
    return place;
}

/// To a multiple of `count` times ten to `place`.
double to_multiple(double x, double count, int place, Rounding rounding) {
    if (place >= 0) return rounded(x / (count * ten_to(place)), rounding) * count * ten_to(place);
    return rounded(x * ten_to(-place) / count, rounding) * count / ten_to(-place);
}

/// The finest place that a number of this size is shown with: three digits, and those of `1.2M`.
int finest_place(double x) {
    const double size = std::abs(x);
    if (size >= 1e7) return 6;
    if (size >= 1e6) return 5;
    return size > 0 ? place_of(size) - 2 : -12;
}

bool is_whole(double x) {
    return x == std::floor(x);
}

/// Sums of seconds leave dust where the truth is zero.
double dusted(double x) {
    return std::abs(x) < 1e-9 ? 0 : x;
}

Spread dusted(Spread s) {
    return {s.count,       dusted(s.mean), dusted(s.sd), dusted(s.p5),
            dusted(s.p50), dusted(s.p95),  dusted(s.max)};
}

/// A number without any spread: whole ones exactly, others to three digits.
std::string exact_text(double x) {
    if (is_whole(x)) return count_text(x);
    const int place = finest_place(x);
    return count_text(to_multiple(x, 1, std::min(place, 0), Rounding::nearest),
                      std::max(0, -place));
}

/// The place to which a mean is known: that of the first digit of its half-width.
int known_place(const Spread& spread, double half) {
    int place = std::max(place_of(half), finest_place(spread.mean));
    // A mean that is all noise still has a size.
    while (place > -12 && spread.mean != 0 &&
           to_multiple(spread.mean, 1, place, Rounding::nearest) == 0) {
        --place;
    }
    return place;
}

std::string end_text(double x, int place, Rounding rounding) {
    if (is_whole(x) && place <= 0 && std::abs(x) < 1e6) return count_text(x);
    const int coarse = finest_place(x);
    if (coarse >= place) {
        return count_text(to_multiple(x, 1, coarse, rounding), std::max(0, -coarse));
    }
    const double end = to_multiple(x, 5, place - 1, rounding);
    return count_text(end, is_whole(end) ? 0 : std::max(0, 1 - place));
}

std::string joined(const std::string& from, const std::string& to) {
    return from == to ? from : from + " to " + to;
}

std::string range_between(double from, double to, int place) {
    return joined(end_text(from, place, Rounding::down), end_text(to, place, Rounding::up));
}

/// Units whose digits follow from their size alone.
bool has_own_digits(Unit unit) {
    return unit == Unit::seconds || unit == Unit::milliseconds || unit == Unit::fraction ||
           unit == Unit::percent || unit == Unit::money;
}

std::string own_digits(double value, Unit unit, Rounding rounding) {
    switch (unit) {
        case Unit::seconds:
            return duration_text(value, rounding);
        case Unit::milliseconds:
            return duration_text(value / 1000, rounding);
        case Unit::fraction:
            return percent_text(value, rounding);
        case Unit::percent:
            return percent_text(value / 100, rounding);
        default:
            return money_text(value, "USD");
    }
}

/// Texts of negative numbers are made of their size, so up is down there.
Rounding turned(double value, Rounding rounding) {
    if (value >= 0 || rounding == Rounding::nearest) return rounding;
    return rounding == Rounding::up ? Rounding::down : Rounding::up;
}

constexpr std::size_t runs_for_a_range = 20;

}  // namespace

std::string count_text(double value, int decimals) {
    if (std::abs(value) >= 999'999.5) {
        const double millions = value / 1e6;
        return count_text(millions, std::abs(millions) < 9.95 ? 1 : 0) + "M";
    }
    std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
    const auto point = digits.find('.');
    for (std::size_t i = point == std::string::npos ? digits.size() : point; i > 3;) {
        i -= 3;
        digits.insert(i, ",");
    }
    const bool zero = digits.find_first_not_of("0.,") == std::string::npos;
    return value < 0 && !zero ? "-" + digits : digits;
}

std::string duration_text(double s, Rounding rounding) {
    if (s < 0) return "-" + duration_text(-s, rounding);
    const auto to = [&](double x) { return static_cast<long long>(rounded(x, rounding)); };
    if (s == 0) return "0s";
    if (s < 1e-3 && to(s * 1e6) < 1000) return fmt::format("{}us", to(s * 1e6));
    if (s < 1 && to(s * 1e4) < 100)
        return fmt::format("{:.1f}ms", static_cast<double>(to(s * 1e4)) / 10);
    if (s < 1 && to(s * 1e3) < 1000) return fmt::format("{}ms", to(s * 1e3));
    if (to(s * 10) < 100) return fmt::format("{:.1f}s", static_cast<double>(to(s * 10)) / 10);
    if (to(s) < 60) return fmt::format("{}s", to(s));
    if (to(s) < 3600) return fmt::format("{}m{:02}s", to(s) / 60, to(s) % 60);
    const long long minutes = to(s / 60);
    if (minutes < 48 * 60) return fmt::format("{}h{:02}m", minutes / 60, minutes % 60);
    return fmt::format("{}d{:02}h", to(s / 3600) / 24, to(s / 3600) % 24);
}

std::string percent_text(double part, Rounding rounding) {
    const double p = part * 100;
    if (p < 0) return "-" + percent_text(-part, rounding);
    if (p == 0 || p == 100) return fmt::format("{:.0f}%", p);
    if (p > 99 && p < 100) {
        // Never "100%" for less than that, nor for what floating point cannot tell from it.
        const int decimals = std::clamp(1 - place_of(100 - p), 0, 9);
        return fmt::format("{:.{}f}%", to_multiple(p, 1, -decimals, rounding), decimals);
    }
    if (p < 10) {
        const int decimals = std::max(0, 1 - place_of(p));
        const double shown = to_multiple(p, 1, -decimals, rounding);
        if (shown < 10) return fmt::format("{:.{}f}%", shown, decimals);
    }
    return count_text(rounded(p, rounding)) + "%";
}

std::string money_text(double amount, std::string_view currency) {
    const std::string sign = currency == "USD" ? "$" : std::string(currency) + " ";
    const double size = std::abs(amount);
    if (size == 0) return sign + "0";
    if (size < 0.01) return (amount < 0 ? "-<" : "<") + sign + "0.01";
    const int decimals = size < 1 ? 1 - place_of(size) : 2;
    return (amount < 0 ? "-" : "") + sign + count_text(size, decimals);
}

std::string part_text(double count, double total) {
    if (total <= 0) return "-";
    const double part = count / total;
    if (part > 0 && part < 1e-4) return exact_text(count);
    if (part > 0.99 && part < 1) {
        return fmt::format("{} ({} not)", percent_text(part), exact_text(total - count));
    }
    return percent_text(part);
}

double student_t(std::size_t n) {
    return n == 0 ? 0 : student_t_quantile((1 + confidence) / 2, static_cast<double>(n));
}

double half_width(const Spread& spread) {
    if (spread.count < 2) return 0;
    return student_t(spread.count - 1) * spread.sd / std::sqrt(static_cast<double>(spread.count));
}

double bound_when_none_seen(std::size_t runs) {
    return runs == 0 ? 1 : *share_interval(0, runs).high;
}

std::string bound_text(std::size_t runs) {
    return fmt::format("at most {} of rollouts, 95%", percent_text(bound_when_none_seen(runs)));
}

bool led_by_median(Unit unit) {
    return unit == Unit::seconds || unit == Unit::milliseconds;
}

std::string lead_text(const Spread& given, Unit unit) {
    const Spread spread = dusted(given);
    if (has_own_digits(unit)) {
        return own_digits(led_by_median(unit) ? spread.p50 : spread.mean, unit, Rounding::nearest);
    }
    const double half = half_width(spread);
    if (half <= 0) return exact_text(spread.mean);
    const int place = known_place(spread, half);
    return count_text(to_multiple(spread.mean, 1, place, Rounding::nearest), std::max(0, -place));
}

std::vector<std::string> part_texts(const Spread& given, const std::vector<double>& parts) {
    const Spread whole = dusted(given);
    const double half = half_width(whole);
    const int place = half > 0               ? known_place(whole, half)
                      : is_whole(whole.mean) ? 0
                                             : std::min(finest_place(whole.mean), 0);
    const double unit = ten_to(place);
    std::vector<double> units;  // of each part, at first rounded down
    std::vector<std::size_t> order;
    double left = rounded(whole.mean / unit, Rounding::nearest);
    for (const double part : parts) {
        units.push_back(std::floor(part / unit + slack));
        left -= units.back();
        order.push_back(order.size());
    }
    std::ranges::stable_sort(order, std::greater{},
                             [&](std::size_t i) { return parts[i] / unit - units[i]; });
    for (std::size_t i = 0; i < order.size() && left > 0.5; ++i, --left) ++units[order[i]];
    std::vector<std::string> texts;
    for (const double n : units) {
        const int decimals = std::max(0, -place);
        texts.push_back(n > 0 ? count_text(n * unit, decimals) : "<" + count_text(unit, decimals));
    }
    return texts;
}

std::string range_text(const Spread& given, Unit unit) {
    const Spread spread = dusted(given);
    if (spread.p5 == spread.p95 && spread.p5 == spread.max && spread.sd == 0) {
        return value_text(spread.p5, unit);
    }
    if (spread.count < runs_for_a_range) return fmt::format("needs {} runs", runs_for_a_range);
    if (has_own_digits(unit)) {
        return joined(own_digits(spread.p5, unit, Rounding::down),
                      own_digits(spread.p95, unit, Rounding::up));
    }
    return range_between(spread.p5, spread.p95, known_place(spread, half_width(spread)));
}

std::string range_or_nothing(const Spread& given, Unit unit) {
    const Spread spread = dusted(given);
    if (spread.count < runs_for_a_range || spread.p5 == spread.p95) return "";
    return range_text(spread, unit);
}

std::string interval_text(const Spread& given, Unit unit) {
    const Spread spread = dusted(given);
    const double half = half_width(spread);
    if (led_by_median(unit) || half <= 0) return "-";
    const double from = std::max(spread.mean - half, spread.p5 >= 0 ? 0.0 : -1e300);
    const double to = spread.mean + half;
    if (has_own_digits(unit)) {
        return joined(own_digits(from, unit, Rounding::down), own_digits(to, unit, Rounding::up));
    }
    return range_between(from, to, known_place(spread, half));
}

std::string interval_between(const Interval& interval, Unit unit) {
    const auto [low, high] = interval;
    if (!low && !high) return "";
    if (!low) return "at most " + value_text(*high, unit);
    if (!high) return "at least " + value_text(*low, unit);
    if (has_own_digits(unit)) {
        return joined(own_digits(*low, unit, Rounding::down),
                      own_digits(*high, unit, Rounding::up));
    }
    const double half = (*high - *low) / 2;
    return half > 0 ? range_between(*low, *high, place_of(half)) : value_text(*low, unit);
}

std::string estimate_text(double value, const Interval& interval, Unit unit) {
    if (has_own_digits(unit) || is_whole(value) || !interval.low || !interval.high)
        return value_text(value, unit);
    const double half = (*interval.high - *interval.low) / 2;
    if (half <= 0) return exact_text(value);
    return lead_text({.count = 2, .mean = value, .sd = half * std::sqrt(2.0) / student_t(1)}, unit);
}

std::string amount_text(double value, Unit unit, Rounding rounding) {
    if (has_own_digits(unit)) return own_digits(value, unit, turned(value, rounding));
    return count_text(to_multiple(value, 1, finest_place(value), rounding),
                      std::max(0, -finest_place(value)));
}

std::string value_text(double value, Unit unit) {
    return has_own_digits(unit) ? own_digits(value, unit, Rounding::nearest)
                                : exact_text(dusted(value));
}

}  // namespace stratsim
