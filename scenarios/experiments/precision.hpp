// How well the runs that were made know a number, and after which the precision is looked at.
#pragma once

#include "scenarios/experiments/estimate.hpp"
#include "scenarios/settings/until.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace stratsim {

/// How well a number is known.
struct Precision {
    std::optional<double> half_width{};  ///< in the unit of the JSON; unset: no interval
    /// Half of the interval as a part of the number. Where every run has 0, the part of the runs
    /// that may still differ.
    std::optional<double> relative{};
    bool zero = false;  ///< every run has 0
    bool reached = false;
};
Precision precision_of(const Until& until, const Experiment& experiment);

/// The numbers of runs after which the precision is looked at: 30, and half as many again each
/// time. Few looks, so that looking costs little of the 95 %; fixed ones, so that the same runs are
/// made on every machine. Source: Law, Simulation Modeling and Analysis, 9.4.1.
inline constexpr std::size_t first_look = 30;
std::size_t next_look(std::size_t runs);
/// No more runs than this, unless somebody says how many.
inline constexpr std::uint64_t most_runs_until = 100'000;

}  // namespace stratsim
