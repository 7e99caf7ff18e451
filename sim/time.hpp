#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>

namespace stratsim {

using Duration = std::chrono::duration<std::int64_t, std::nano>;

/// The clock of the simulated world: whole nanoseconds since the rollout command (t = 0).
struct SimClock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = Duration;
    using time_point = std::chrono::time_point<SimClock>;
    static constexpr bool is_steady = true;
};
using Time = SimClock::time_point;

/// An instant later than any that a simulation reaches.
inline constexpr Time never = Time::max();

/// The instant of the rollout command.
inline constexpr Time command{};

constexpr double to_seconds(Duration d) {
    return static_cast<double>(d.count()) / 1e9;
}
constexpr double to_seconds(Time t) {
    return to_seconds(t.time_since_epoch());
}

/// Rounded to the nanosecond; values beyond 290 years are cut to that.
inline Duration from_seconds(double s) {
    constexpr double limit = 9.2e18;
    const double ns = s * 1e9;
    if (ns >= limit) return Duration::max() / 4;
    if (ns <= -limit) return -(Duration::max() / 4);
    return Duration{static_cast<std::int64_t>(ns < 0 ? ns - 0.5 : ns + 0.5)};
}

/// How often something happens.
struct Rate {
    double per_second = 0;
    friend bool operator==(const Rate&, const Rate&) = default;
};

}  // namespace stratsim
