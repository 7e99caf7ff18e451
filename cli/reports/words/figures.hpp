#pragma once

#include "scenarios/experiments/experiment.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// What stands in one column of a table with one row an experiment.
struct Figure {
    std::string head;
    bool right = false;
    std::vector<std::string> cells{};
    std::vector<bool> best{};  ///< which of them are the least; all false where nobody is
};

/// What a release costs: lost, 9 of 10, outage, time, extra; more of lost when `wide`.
std::vector<Figure> release_figures(const std::vector<Experiment>& rows, bool wide);
/// What a bad release does: hurt users, well again.
std::vector<Figure> bad_release_figures(const std::vector<Experiment>& rows);

}  // namespace stratsim
