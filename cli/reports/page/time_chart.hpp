#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/request_series.hpp"

#include <string>

namespace stratsim::html {

/// What happened in the run with the printed seed, on one axis of time: pods, requests, latency,
/// and what the strategy did when.
std::string time_chart(const Experiment& experiment, const RequestSeries& series,
                       const std::string& id);

/// Pods and lost requests only, small.
std::string small_time_chart(const Experiment& experiment, const RequestSeries& series,
                             const std::string& id);

/// `Requests are lost in 3.2s of these 28s, most at 11s.`
std::string time_finding(const Experiment& experiment, const RequestSeries& series);

}  // namespace stratsim::html
