#pragma once

#include "cli/reports/report.hpp"
#include "cli/reports/words/last_line.hpp"
#include "cli/reports/words/summary_rows.hpp"
#include "scenarios/settings/assumptions.hpp"

#include <string>
#include <vector>

// What is told of one experiment, in words and numbers; text and Markdown only lay it out.

namespace stratsim {

/// What the canary's steps asked for and what pods make of it; empty for other strategies.
std::string steps_sentence(const Experiment& experiment);

/// Where so few answers are looked at that one to three errors decide: how few, and how long enough
/// of them would take. Empty where there are enough, or nothing is looked at.
std::string samples_sentence(const Scenario& scenario);

/// `deployment/web`.
std::string workload_of(const Scenario& scenario);
/// `rolling, 10 pods, surge 3, unavailable 2`.
std::string described(const Scenario& scenario);
/// `over old/web.yaml:1: replicas 4 -> 6 (new/web.yaml:6); beside 1 pod of deployment/web-canary`;
/// empty where neither two versions nor other workloads were read.
std::string circumstances(const Scenario& scenario);
/// Where the settings behind a result come from, over all its scenarios, each thing once.
struct Background {
    std::vector<std::string> given;  ///< `given in web.yaml: pods 10`
    std::vector<Assumption> assumed;
    std::vector<std::string> remarks;
};
Background background(const std::vector<Experiment>& experiments);
/// Which engine and why, where requests were counted; empty where they were followed one by one.
std::string engine_line(const Experiment& experiment);

/// The number that speaks for all runs of a measure; `-` where it is undefined.
std::string lead_text(const Experiment& experiment, std::string_view path, Unit unit);
/// `3 of 100 runs`.
std::string of_runs(std::size_t some, const Experiment& experiment);
/// `web` does not run at all.
bool has_no_pods(const Experiment& experiment);

}  // namespace stratsim
