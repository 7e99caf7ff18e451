#pragma once

#include "cli/reports/page/bands.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/request_series.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace stratsim::html {

/// The pods of a run by version and phase; the serving ones at the bottom.
struct PodLayers {
    std::vector<double> at;
    std::vector<Layer> layers;
};

/// Of those phases in which there ever is a pod.
PodLayers pod_layers(const RunDetail& detail);

/// Begins of the bins, and the end.
std::vector<double> instants_of(const Experiment& experiment, const RequestSeries& series);

/// Of a count in a bin; the last bin may be shorter.
double a_second(const std::vector<double>& at, std::size_t i, double count);

/// Requests a second by what became of them; what never happens is left out.
std::vector<Layer> answer_layers(const RequestSeries& series, const std::vector<double>& at);

/// What stands at a level of either.
std::string count_label(double value);

}  // namespace stratsim::html
