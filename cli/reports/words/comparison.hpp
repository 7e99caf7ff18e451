#pragma once

#include "cli/reports/layout.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
/// How the strategies differ from the one that loses least, in the numbers of the figures above.
struct Differences {
    std::string reference;             ///< the strategy that the others are held against
    std::vector<std::string> names{};  ///< of the others
    std::vector<Figure> figures{};     ///< intervals; in brackets where no difference is seen
    std::vector<std::string> notes{};
};
/// Unset where there are no two strategies, or no two runs of them.
std::optional<Differences> differences_of(const std::vector<Experiment>& experiments);
/// The measures that are compared, and with what heads.
const std::vector<std::pair<std::string_view, std::string_view>>& compared_measures();

/// What the numbers of a comparison do not say by themselves, one a line.
std::vector<std::string> comparison_notes(const Result& result);

/// The same of several workloads.
std::vector<std::string> workload_notes(const Result& result);

/// One row a strategy.
void comparison_screen(Page& page, const Result& result);
/// One row a workload.
void workloads_screen(Page& page, const Result& result);

}  // namespace stratsim
