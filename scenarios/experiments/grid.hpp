// Settings that are varied, and all their combinations.
#pragma once

#include "scenarios/settings/scenario.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// One setting, or the strategy, and the values that it takes.
struct Axis {
    std::string word;
    std::vector<std::string> values;  ///< as they are written
};

/// `pre-stop=0s..30s:1s` (from, to, step), `max-surge=1,25%,100%`, or both: `pods=2,10..50:10`.
/// Throws BadValue.
Axis parse_axis(std::string_view text);

/// The number that a value begins with: 2.5 of `2.5s`.
std::optional<double> leading_number(std::string_view value);

/// Every combination of the values of its axes; the last axis runs fastest.
struct Grid {
    std::vector<Axis> axes;

    std::size_t size() const;
    /// The values at a point, by axis.
    std::vector<std::string> at(std::size_t point) const;
};

/// More points than this are a mistake of who wrote them.
inline constexpr std::size_t most_points = 10'000;

/// The scenario at a point of the grid; nothing is expected of it. Throws BadValue.
Scenario scenario_at(const Scenario& base, const Grid& grid, std::size_t point);

}  // namespace stratsim
