// A grid of scenarios, each simulated with the same seeds, and which of them are worth having.
#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/grid.hpp"
#include "scenarios/settings/number.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stratsim {

/// What is swept, and all that a report of it needs: two with the same definition are one sweep,
/// whoever computes which part of it.
struct SweepDefinition {
    std::string version;                                        ///< of the program
    std::string workload;                                       ///< KIND/NAME
    std::string kind;                                           ///< deployment, statefulset
    std::string strategy;                                       ///< empty where it is varied
    std::vector<std::pair<std::string, std::string>> settings;  ///< every one of the base
    std::vector<std::string> given;                             ///< words of those somebody gave
    std::vector<std::string> files;                             ///< that describe the workload
    Grid grid;
    std::vector<Number> columns;
    std::string command;      ///< what to type to get it again
    std::string fingerprint;  ///< of the first run of the base: what no setting tells
};

/// A name for the definition: 16 hexadecimal digits (FNV-1a of all of it).
std::string hash_of(const SweepDefinition& definition);

/// What is compared of a point, by run; the duration is unset where a rollout stalls.
struct RunCosts {
    double lost = 0;                   ///< requests
    double extra = 0;                  ///< pod-seconds
    std::optional<double> duration{};  ///< seconds
};

struct SweepPoint {
    std::string invalid{};  ///< why there is nothing to simulate; empty: there is
    std::vector<Estimate> columns{};
    std::vector<RunCosts> runs{};
};

/// What the points come to.
struct SweepFindings {
    /// Of each point: no other of them is seen to be better in requests lost, extra pod-seconds or
    /// duration without being seen to be worse in another (Pareto front).
    std::vector<bool> front{};
    /// Of each point: the first of its line along the first axis of numbers from which on no later
    /// one is seen to lose less. None where the first point of the line is that already.
    std::vector<bool> knee{};
    /// Of the front's points that are not seen to lose more than the best of them, the cheapest,
    /// then the quickest; unset where no point could be simulated.
    std::optional<std::size_t> choice{};
    std::optional<std::size_t> knee_axis{};  ///< along which knees are looked for
    /// The point with the smallest mean of requests lost, and whether it is seen to lose less than
    /// the choice: it may have lost its place on the front to one that it cannot be told from.
    std::optional<std::size_t> least_lost{};
    bool is_least_seen = false;
};

struct Sweep {
    SweepDefinition definition{};
    std::vector<std::optional<SweepPoint>> points{};  ///< unset: not computed (yet)
    std::string partial{};  ///< what is missing, as a sentence; empty: nothing

    bool is_simulated(std::size_t point) const {
        return points[point] && points[point]->invalid.empty();
    }
};

/// The columns that are shown if nobody asks for others.
std::vector<Number> usual_columns();

/// Defines the sweep of a scenario; simulates one run for the fingerprint. Throws BadValue where
/// no point of the grid can be simulated.
SweepDefinition define_sweep(const Scenario& base, const Grid& grid,
                             const std::vector<Number>& columns);

/// Simulates a point; with all its runs or not at all: throws Interrupted.
SweepPoint simulate_point(const Scenario& base, const SweepDefinition& definition,
                          std::size_t point, const Execution& execution);

SweepFindings findings_of(const Sweep& sweep);

}  // namespace stratsim
