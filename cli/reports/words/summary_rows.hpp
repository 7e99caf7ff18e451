#pragma once

#include "scenarios/experiments/experiment.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// A row of the table of one experiment.
struct SummaryRow {
    std::string label;
    std::string path;  ///< of the measure
    std::string lead;
    std::string range;
    std::string note;
    // Where there is room for more:
    std::string interval;
    std::string p50;
    std::string max;
};

/// The table of one rollout.
std::vector<SummaryRow> rollout_rows(const Experiment& experiment);
/// The table of a workload that stands still.
std::vector<SummaryRow> standing_rows(const Experiment& experiment);

}  // namespace stratsim
