#include "scenarios/settings/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace stratsim {

std::string_view trimmed(std::string_view s) {
    while (s.starts_with(' ') || s.starts_with('\t')) s.remove_prefix(1);
    while (s.ends_with(' ') || s.ends_with('\t')) s.remove_suffix(1);
    return s;
}

std::string shortened(std::string_view s) {
    return s.size() > 40 ? std::string(s.substr(0, 37)) + "..." : std::string(s);
}

namespace {

/// A plain decimal number at the front of `s`, taken off it; unset if there is none.
std::optional<double> take_number(std::string_view& s) {
    double value = 0;
    if (s.empty() || !((s.front() >= '0' && s.front() <= '9') || s.front() == '.'))
        return std::nullopt;
    const auto [end, error] =
        std::from_chars(s.data(), s.data() + s.size(), value, std::chars_format::fixed);
    if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
    s.remove_prefix(static_cast<std::size_t>(end - s.data()));
    return value;
}

constexpr std::array<std::pair<std::string_view, double>, 7> duration_units{{{"ns", 1e-9},
                                                                             {"us", 1e-6},
                                                                             {"ms", 1e-3},
                                                                             {"s", 1.0},
                                                                             {"m", 60.0},
                                                                             {"h", 3600.0},
                                                                             {"d", 86400.0}}};

[[noreturn]] void not_a_duration(std::string_view s) {
    throw BadValue(fmt::format("'{}' is not a duration", shortened(s)),
                   "write 8s, 250ms, 1m30s or 2h", "duration");
}

template <class Number>
Number whole(std::string_view s, std::string_view form) {
    s = trimmed(s);
    Number value{};
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    if (error == std::errc::result_out_of_range) {
        throw BadValue(fmt::format("'{}' is too large", shortened(s)),
                       fmt::format("write {}", form), "range");
    }
    if (error != std::errc{} || end != s.data() + s.size()) {
        throw BadValue(fmt::format("'{}' is not {}", shortened(s), form),
                       fmt::format("write {}", form), "number");
    }
    return value;
}

/// Shortest text that reads back the same.
std::string plain(double value) {
    return fmt::format("{}", value);
}

}  // namespace

Duration Text<Duration>::parse(std::string_view text) {
    std::string_view s = trimmed(text);
    if (s == "0") return Duration::zero();
    if (s.empty()) not_a_duration(text);
    double seconds = 0;
    while (!s.empty()) {
        const auto value = take_number(s);
        if (!value) not_a_duration(text);
        std::size_t letters = 0;
        while (letters < s.size() && s[letters] >= 'a' && s[letters] <= 'z') ++letters;
        const std::string_view unit = s.substr(0, letters);
        double factor = 0;
        for (const auto& [name, size] : duration_units) {
            if (name == unit) factor = size;
        }
        if (factor == 0) not_a_duration(text);
        seconds += *value * factor;
        s.remove_prefix(letters);
    }
    if (seconds > longest_seconds) {
        throw BadValue(fmt::format("'{}' is longer than three years", shortened(text)),
                       "write a shorter duration", "range");
    }
    return from_seconds(seconds);
}

std::string Text<Duration>::print(const Duration& d) {
    const std::int64_t ns = d.count();
    if (ns < 0) return "-" + print(-d);
    if (ns == 0) return "0s";
    constexpr std::int64_t second = 1'000'000'000;
    if (ns < 1'000) return fmt::format("{}ns", ns);
    if (ns < 1'000'000) return fmt::format("{}us", plain(static_cast<double>(ns) / 1e3));
    if (ns < second) return fmt::format("{}ms", plain(static_cast<double>(ns) / 1e6));
    if (ns < 60 * second || ns % second != 0) {
        return fmt::format("{}s", plain(static_cast<double>(ns) / 1e9));
    }
    std::string text;
    const std::int64_t s = ns / second;
    if (s >= 3600) text += fmt::format("{}h", s / 3600);
    if (s % 3600 >= 60) text += fmt::format("{}m", s % 3600 / 60);
    if (s % 60 != 0) text += fmt::format("{}s", s % 60);
    return text;
}

std::string Text<Duration>::form() {
    return "a duration such as 5s, 250ms or 1m30s";
}

namespace {

[[noreturn]] void not_a_distribution(std::string_view s) {
    throw BadValue(fmt::format("'{}' is not a duration", shortened(s)),
                   "write 8s, 250ms, exp(20ms), uniform(2s,5s), lognormal(8s,p99=40s)", "duration");
}

Duration argument(std::string_view text, std::string_view whole_text) {
    try {
        return Text<Duration>::parse(text);
    } catch (const BadValue&) {
        not_a_distribution(whole_text);
    }
}

}  // namespace

Distribution Text<Distribution>::parse(std::string_view text) {
    const std::string_view s = trimmed(text);
    const auto open = s.find('(');
    if (open == std::string_view::npos) return Distribution::fixed(argument(s, text));
    if (s.back() != ')') not_a_distribution(text);
    const std::string_view law = s.substr(0, open);
    const std::string_view inside = s.substr(open + 1, s.size() - open - 2);
    const auto comma = inside.find(',');
    const std::string_view first = trimmed(inside.substr(0, comma));
    const std::string_view second =
        comma == std::string_view::npos ? std::string_view{} : trimmed(inside.substr(comma + 1));
    if (law == "exp" && second.empty() && comma == std::string_view::npos) {
        return Distribution::exponential(argument(first, text));
    }
    if (law == "uniform" && !second.empty()) {
        const Duration low = argument(first, text);
        const Duration high = argument(second, text);
        if (low > high) {
            throw BadValue(fmt::format("'{}' begins after it ends", shortened(text)),
                           "write the smaller duration first", "range");
        }
        return Distribution::uniform(low, high);
    }
    if (law == "lognormal" && second.starts_with("p99=")) {
        const Duration median = argument(first, text);
        const Duration p99 = argument(second.substr(4), text);
        if (median <= Duration::zero() || p99 < median) {
            throw BadValue(fmt::format("'{}' needs 0 < median <= p99", shortened(text)),
                           "write lognormal(MEDIAN,p99=LARGER)", "range");
        }
        return Distribution::lognormal(median, p99);
    }
    not_a_distribution(text);
}

std::string Text<Distribution>::print(const Distribution& d) {
    const std::string first = Text<Duration>::print(d.first());
    const std::string second = Text<Duration>::print(d.second());
    switch (d.law()) {
        case Distribution::Law::fixed:
            return first;
        case Distribution::Law::exponential:
            return fmt::format("exp({})", first);
        case Distribution::Law::uniform:
            return fmt::format("uniform({},{})", first, second);
        case Distribution::Law::lognormal:
            return fmt::format("lognormal({},p99={})", first, second);
    }
    return first;
}

std::string Text<Distribution>::form() {
    return "a duration, fixed (5s) or drawn (exp(20ms), uniform(2s,5s), lognormal(1s,p99=10s))";
}

Rate Text<Rate>::parse(std::string_view text) {
    std::string_view s = trimmed(text);
    const auto bad = [&] {
        return BadValue(fmt::format("'{}' is not a rate", shortened(text)),
                        "write 100/s, 6000/m or 0.5/s", "rate");
    };
    const auto value = take_number(s);
    if (!value) throw bad();
    double number = *value;
    if (!s.empty() && (s.front() == 'k' || s.front() == 'M')) {
        number *= s.front() == 'k' ? 1e3 : 1e6;
        s.remove_prefix(1);
    }
    if (s.empty() || s == "/s") return {number};
    if (s == "/m" || s == "/min") return {number / 60.0};
    if (s == "/h") return {number / 3600.0};
    throw bad();
}

std::string Text<Rate>::print(const Rate& rate) {
    return fmt::format("{}/s", plain(rate.per_second));
}
std::string Text<Rate>::form() {
    return "a rate such as 100/s or 30/m";
}

namespace {

/// Millionths, exact for up to four digits behind the point of a percentage.
std::int64_t to_millionths(double value) {
    return static_cast<std::int64_t>(value * 1e6 + 0.5);
}

}  // namespace

Share Text<Share>::parse(std::string_view text) {
    std::string_view s = trimmed(text);
    const auto value = take_number(s);
    if (!value || !(s.empty() || s == "%")) {
        throw BadValue(fmt::format("'{}' is not a share", shortened(text)), "write 5% or 0.05",
                       "share");
    }
    const double part = s == "%" ? *value / 100.0 : *value;
    if (part > 1.0) {
        throw BadValue(fmt::format("'{}' is more than everything", shortened(text)),
                       "write 0% to 100%, or 0 to 1", "range");
    }
    return {to_millionths(part)};
}

std::string Text<Share>::print(const Share& share) {
    return fmt::format("{}%", plain(static_cast<double>(share.millionths) / 1e4));
}
std::string Text<Share>::form() {
    return "a share such as 5%";
}

PodCount Text<PodCount>::parse(std::string_view text) {
    std::string_view s = trimmed(text);
    if (!s.empty() && s.back() == '%') {
        s.remove_suffix(1);
        const auto value = take_number(s);
        if (value && s.empty() && *value <= 1e6) return {to_millionths(*value / 100.0), true};
    } else {
        std::int64_t pods = 0;
        const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), pods);
        if (error == std::errc{} && end == s.data() + s.size() && pods >= 0 &&
            pods <= 2'000'000'000) {
            return {pods, false};
        }
    }
    throw BadValue(fmt::format("'{}' is not a number of pods", shortened(text)),
                   "write 1, 3 or 25%", "pods");
}

std::string Text<PodCount>::print(const PodCount& count) {
    if (!count.relative) return fmt::format("{}", count.value);
    return Text<Share>::print({count.value});
}
std::string Text<PodCount>::form() {
    return "a number of pods or a percentage, such as 1 or 25%";
}

int Text<int>::parse(std::string_view s) {
    return whole<int>(s, form());
}
std::string Text<int>::print(const int& n) {
    return fmt::format("{}", n);
}
std::string Text<int>::form() {
    return "a whole number";
}

std::uint32_t Text<std::uint32_t>::parse(std::string_view s) {
    return whole<std::uint32_t>(s, form());
}
std::string Text<std::uint32_t>::print(const std::uint32_t& n) {
    return fmt::format("{}", n);
}
std::string Text<std::uint32_t>::form() {
    return "a whole number, 0 or more";
}

std::uint64_t Text<std::uint64_t>::parse(std::string_view s) {
    return whole<std::uint64_t>(s, form());
}
std::string Text<std::uint64_t>::print(const std::uint64_t& n) {
    return fmt::format("{}", n);
}
std::string Text<std::uint64_t>::form() {
    return "a whole number, 0 or more";
}

double Text<double>::parse(std::string_view text) {
    const std::string_view s = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(value) || value < 0) {
        throw BadValue(fmt::format("'{}' is not a number", shortened(text)),
                       "write a number such as 0.25", "number");
    }
    return value;
}
std::string Text<double>::print(const double& value) {
    return plain(value);
}
std::string Text<double>::form() {
    return "a number";
}

bool Text<bool>::parse(std::string_view s) {
    return one_of<bool>(s, {{"true", true}, {"false", false}});
}
std::string Text<bool>::print(const bool& value) {
    return value ? "true" : "false";
}
std::string Text<bool>::form() {
    return "true or false";
}

std::string Text<std::string>::parse(std::string_view s) {
    return std::string(s);
}
std::string Text<std::string>::print(const std::string& s) {
    return s;
}
std::string Text<std::string>::form() {
    return "a text";
}

std::vector<Share> Text<std::vector<Share>>::parse(std::string_view text) {
    std::vector<Share> steps;
    std::string_view s = text;
    for (;;) {
        const auto comma = s.find(',');
        const Share share = Text<Share>::parse(s.substr(0, comma));
        if (share == nothing || (!steps.empty() && share <= steps.back())) {
            throw BadValue(fmt::format("the steps '{}' do not grow", shortened(text)),
                           "write growing shares above 0%, such as 10%,25%,50%", "steps");
        }
        steps.push_back(share);
        if (comma == std::string_view::npos) break;
        s.remove_prefix(comma + 1);
    }
    // The last step is always everything; to name it changes nothing.
    if (steps.back() == everything) steps.pop_back();
    return steps;
}

std::string Text<std::vector<Share>>::print(const std::vector<Share>& steps) {
    std::string text;
    for (const Share step : steps) text += Text<Share>::print(step) + ",";
    return text + "100%";
}
std::string Text<std::vector<Share>>::form() {
    return "growing shares such as 10%,25%,50%,100%";
}

}  // namespace stratsim
