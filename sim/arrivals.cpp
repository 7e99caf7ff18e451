#include "sim/arrivals.hpp"

#include <algorithm>
#include <array>

namespace stratsim {

namespace {

/// Index of the step that `at` lies in; before the command it is the first.
std::size_t step_of(const Arrivals& shape, Time at) {
    if (at < command) return 0;
    const auto index = static_cast<std::size_t>(at.time_since_epoch() / shape.step);
    if (shape.repeats) return index % shape.factors.size();
    return std::min(index, shape.factors.size() - 1);
}

}  // namespace

double Arrivals::factor_at(Time at) const {
    return factors.empty() ? 1.0 : factors[step_of(*this, at)];
}

double Arrivals::amount(Time from, Time to) const {
    if (factors.empty()) return to_seconds(to - from);
    double sum = 0;
    if (from < command) {
        const Time begin = std::min(to, command);
        sum += factors.front() * to_seconds(begin - from);
        from = begin;
    }
    while (from < to) {
        const auto index = from.time_since_epoch() / step;
        const bool last = !repeats && static_cast<std::size_t>(index) + 1 >= factors.size();
        const Time end = last ? to : std::min(to, command + (index + 1) * step);
        sum += factor_at(from) * to_seconds(end - from);
        from = end;
    }
    return sum;
}

Time Arrivals::after(Time from, double budget, double rate) const {
    if (factors.empty()) return from + from_seconds(budget / rate);
    if (from < command) {  // the traffic that fills the pods comes at the first step's rate
        const double first = rate * factors.front();
        if (first > 0) {
            const Time at = from + from_seconds(budget / first);
            if (at < command) return at;
            budget -= to_seconds(command - from) * first;
        }
        from = command;
    }
    for (;;) {
        const auto index = from.time_since_epoch() / step;
        const bool last = !repeats && static_cast<std::size_t>(index) + 1 >= factors.size();
        const Time end = command + (index + 1) * step;
        const double here = rate * factor_at(from);
        const double holds = here * to_seconds(end - from);
        if (here > 0 && (last || budget < holds)) return from + from_seconds(budget / here);
        if (last) return never;  // the series ends in silence
        budget -= holds;
        from = end;
    }
}

Arrivals day_curve(double peak, Duration period, Duration begin) {
    // Sixteenths of a turn of a sine: more steps than a day's curve is known by.
    constexpr std::array<double, 24> sine{
        -1.0, -0.966, -0.866, -0.707, -0.5, -0.259, 0.0, 0.259,  0.5,  0.707,  0.866,  0.966,
        1.0,  0.966,  0.866,  0.707,  0.5,  0.259,  0.0, -0.259, -0.5, -0.707, -0.866, -0.966};
    Arrivals day{.factors = {}, .step = period / 24, .repeats = true, .replayed = {}};
    for (const double s : sine) day.factors.push_back(std::max(0.0, 1.0 + (peak - 1.0) * s));
    std::rotate(day.factors.begin(), day.factors.begin() + (begin / day.step) % 24,
                day.factors.end());
    return day;
}

Arrivals bursts(double factor, Duration length, Duration every) {
    // A burst is one step; the steps between carry what is left of the mean.
    const auto steps = std::max<std::int64_t>(2, every / length);
    const double rest =
        std::max(0.0, (static_cast<double>(steps) - factor) / static_cast<double>(steps - 1));
    Arrivals shape{.factors = {factor}, .step = length, .repeats = true, .replayed = {}};
    shape.factors.resize(static_cast<std::size_t>(steps), rest);
    return shape;
}

}  // namespace stratsim
