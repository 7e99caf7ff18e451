// Differences between experiments that met the same visitors, run by run.
#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "sim/numbers/statistics.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace stratsim {

/// The difference of one number between two experiments, run by run with the same seeds.
struct PairedDifference {
    std::size_t runs = 0;
    double mean = 0;
    double sd = 0;
    Interval interval{};  ///< of the mean
    /// Of the number in both, over the runs; unset where it does not vary.
    std::optional<double> correlation{};
    /// How many times as many runs would be needed if each met visitors of its own; unset where the
    /// difference does not vary. 1 / (1 - correlation) where both vary alike. Source: Law,
    /// Simulation Modeling and Analysis, 11.2.
    std::optional<double> saving{};
    double p = 1;  ///< of a difference as large by chance alone, by Student's t

    /// The interval does not hold 0.
    bool is_seen() const;
};
/// Of `after` less `before`; unset where the number is defined in no run of both. The interval is
/// one of `of` that hold all at once, 95 % (Bonferroni).
std::optional<PairedDifference> paired_difference(const Experiment& before, const Experiment& after,
                                                  std::string_view path, std::size_t of = 1);

/// One of many differences, and what is left of it when it is not looked at alone.
struct Contrast {
    std::size_t first = 0;   ///< the experiment that is taken away
    std::size_t second = 0;  ///< from this one
    std::string_view path;
    Unit unit = Unit::requests;
    PairedDifference difference;  ///< its interval holds together with all the others
    double p_adjusted = 1;        ///< by Holm's method, over all of them
};

/// The differences of every two experiments in each of the numbers.
std::vector<Contrast> contrasts_of(const std::vector<Experiment>& experiments,
                                   const std::vector<std::string_view>& paths);

/// Holm's step-down adjustment: none of the adjusted is below 5 % with a chance of over 5 % if no
/// difference is real. Source: Holm, Scandinavian Journal of Statistics 6 (1979).
std::vector<double> adjusted_by_holm(const std::vector<double>& p);

}  // namespace stratsim
