#include "cli/reports/page/axis.hpp"

#include "scenarios/settings/units.hpp"
#include "sim/numbers/elementary.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stratsim::html {

namespace {

double decades(double value) {
    constexpr double natural_of_ten = 2.302585092994046;
    return natural_log(value) / natural_of_ten;
}

double power_of_ten(int exponent) {
    double power = 1;
    for (int i = 0; i < std::abs(exponent); ++i) power *= 10;
    return exponent < 0 ? 1 / power : power;
}

}  // namespace

Scale::Scale(double from, double to, double a, double b, Kind kind)
    : from_(from), to_(to), a_(a), b_(b), kind_(kind) {
    if (!(to_ > from_)) to_ = from_ + 1;
}

double Scale::place(double value) const {
    if (kind_ == Kind::log) return decades(std::max(value, from_));
    if (kind_ == Kind::symlog) return value <= 1 ? std::max(value, 0.0) : 1 + decades(value);
    return value;
}

double Scale::operator()(double value) const {
    return a_ + (place(value) - place(from_)) / (place(to_) - place(from_)) * (b_ - a_);
}

double round_up(double value) {
    if (!(value > 0)) return 1;
    for (int exponent = -9;; ++exponent) {
        for (const double digit : {1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
            const double round = digit * power_of_ten(exponent);
            if (round >= value * (1 - 1e-12)) return round;
        }
    }
}

std::vector<double> ticks(const Scale& scale, std::size_t most) {
    std::vector<double> list;
    if (scale.kind() == Scale::Kind::linear) {
        for (int exponent = -9; list.empty(); ++exponent) {
            for (const double digit : {1.0, 2.0, 5.0}) {
                const double step = digit * power_of_ten(exponent);
                if ((scale.to() - scale.from()) / step > static_cast<double>(most) - 1 + 1e-9)
                    continue;
                const double first = std::ceil(scale.from() / step - 1e-9);
                for (double i = first; i * step <= scale.to() + 1e-9 * step; ++i)
                    list.push_back(i * step + 0.0);  // no -0
                break;
            }
        }
        return list;
    }
    if (scale.kind() == Scale::Kind::symlog) list.push_back(0);
    const std::vector<std::vector<double>> digits{{1, 2, 5}, {1, 3}, {1}};
    for (const std::vector<double>& chosen : digits) {
        std::vector<double> more = list;
        const int lowest = scale.kind() == Scale::Kind::symlog ? 0 : -9;
        for (int exponent = lowest; exponent < 15; ++exponent) {
            for (const double digit : chosen) {
                const double value = digit * power_of_ten(exponent);
                if (value >= scale.from() * (1 - 1e-9) && value <= scale.to() * (1 + 1e-9))
                    more.push_back(value);
            }
        }
        if (more.size() <= most || &chosen == &digits.back()) return more;
    }
    return list;
}

std::vector<double> time_ticks(double to, std::size_t most) {
    static constexpr std::array steps{0.1,   0.2,   0.5,   1.0,   2.0,    5.0,    10.0,   15.0,
                                      20.0,  30.0,  60.0,  120.0, 180.0,  300.0,  600.0,  900.0,
                                      1200., 1800., 3600., 7200., 10800., 14400., 21600., 43200.};
    double step = steps.front();
    for (const double candidate : steps) {
        step = candidate;
        if (to / step <= static_cast<double>(most)) break;
    }
    while (to / step > static_cast<double>(most)) step *= 2;
    std::vector<double> list;
    for (double i = 0; i * step <= to * (1 + 1e-9); ++i) list.push_back(i * step);
    return list;
}

std::string time_label(double seconds) {
    return Text<Duration>::print(from_seconds(seconds));
}

void draw_levels(Svg& svg, const Scale& y, double left, double right, std::size_t most,
                 std::string (*label)(double)) {
    for (const double value : ticks(y, most)) {
        const double at = y(value);
        svg.line(left, at, right, at, stroked(Tone::grid));
        svg.text(left - 8, at + 4, label(value), Anchor::end);
    }
}

}  // namespace stratsim::html
