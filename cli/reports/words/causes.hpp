// Every sentence about a cause of lost requests, and its number: all screens, pages and formats
// take both from here.
#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "sim/cause.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// How a cause reads behind a number of requests: `are sent to pods that ...`; behind a 1: `is
/// ...`.
std::string cause_sentence(const Scenario& scenario, Cause cause, bool one = false);
/// The same without its verb, for what stands in a table: `sent to pods that ...`.
std::string cause_phrase(const Scenario& scenario, Cause cause);

/// What one cause loses, a rollout.
struct LostBy {
    Cause cause = Cause::none;
    double mean = 0;
    std::string count;  ///< with the digits that are known; all of them add up to the whole
};
/// The causes of an experiment that lose anything, the largest first.
std::vector<LostBy> lost_by(const Experiment& experiment);

/// The same as sentences with their numbers; the last ends in a full stop, the others in a comma.
std::vector<std::string> reasons(const Experiment& experiment);

/// The first of them beside the whole: `94 of 122 are sent to ...`; empty where nothing is lost.
std::string largest_reason(const Experiment& experiment);

}  // namespace stratsim
