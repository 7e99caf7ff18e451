#pragma once

#include "cli/reports/page/svg.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/request_series.hpp"

namespace stratsim::html {

/// Pods, requests, latency and shares of a run, panel by panel over one axis of time.
Svg time_picture(const Experiment& experiment, const RequestSeries& series, double width);

}  // namespace stratsim::html
