#pragma once

#include "scenarios/experiments/judge.hpp"
#include "scenarios/experiments/precision.hpp"
#include "scenarios/settings/scenario.hpp"
#include "sim/ledger.hpp"
#include "sim/measure.hpp"
#include "sim/metrics/downtime.hpp"
#include "sim/metrics/timeline.hpp"
#include "sim/numbers/statistics.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// The life of one pod in one run, for pictures and lists.
struct PodLife {
    std::uint32_t revision = 0;
    std::uint32_t index = 0;  ///< how many of its revision were made before it
    int set = 0;
    int ordinal = -1;     ///< in its StatefulSet; -1: none
    bool is_new = false;  ///< of a revision that did not run at t = 0
    Time created{};
    std::optional<Time> listens{};  ///< when its program began to
    std::optional<Time> ready{};
    std::optional<Time> listed{};  ///< when the API did, as it was ready or the Service lists all
    std::optional<Time> deleted{};
    std::optional<Time> deaf{};  ///< when it stopped listening
    std::optional<Time> gone{};
    std::uint64_t visits = 0;
    double expected_visits = 0;  ///< its even part of all visits, for as long as it was listed

    /// Until when it is listed and does not listen yet; `listed` if it never is.
    std::optional<Time> early_until() const;
};

/// All that is kept of the one run with the printed seed.
struct RunDetail {
    Timeline timeline;
    std::vector<Outage> outages;
    std::vector<PodLife> pods;
    RequestBins bins;
    Time settled{};
};

/// A scenario, run as often as it says.
struct Experiment {
    Scenario scenario;
    EngineChoice engine;
    /// Of the run with the printed seed; unset for "none".
    std::optional<RolloutOutcome> outcome;
    RunDetail detail;
    std::vector<Measures> runs;  ///< by replication; all have the same paths in the same order
    std::vector<RolloutOutcome> outcomes;  ///< by replication; empty for "none"
    std::vector<Judgment> judgments;       ///< by expectation of the scenario
    std::optional<Precision> precision{};  ///< of a scenario with `until`
    bool interrupted = false;              ///< these are the runs that were finished by then

    const Measures& measures() const { return runs.front(); }
    /// Over all runs; unset where the number is defined in none, or the path is unknown.
    std::optional<Spread> spread(std::string_view path) const;
    /// Its mean over all runs; 0 where it is defined in none.
    double mean(std::string_view path) const;
    /// In how many runs the number is defined and zero.
    std::size_t runs_with_zero(std::string_view path) const;
    std::size_t runs_with(RolloutOutcome outcome) const;
    /// In more than half of the runs.
    bool mostly(RolloutOutcome outcome) const;
};

/// The run that is worst by a measure, the one with the printed seed being 0; unset where it is
/// defined in none.
std::optional<std::size_t> worst_run(const Experiment& experiment, std::string_view path);

/// How far the runs have come.
struct Standing {
    std::size_t done = 0;
    std::size_t planned = 0;
    /// Half of the interval of the lost requests, or of the number that is waited for, as a part
    /// of it, so far.
    std::optional<double> half_width{};
};

/// How an experiment is carried out. Nothing of it changes what a run gives.
struct Execution {
    unsigned threads = 0;                          ///< 0: one a core
    std::function<void(const Standing&)> watch{};  ///< after every run, by one thread at a time
    const std::atomic<bool>* stop = nullptr;       ///< no run begins when it has turned true
    bool milestones_only = false;                  ///< of the timeline of the printed seed's run
    bool latencies = true;  ///< of counted requests; what does not ask for them saves half

    Execution() = default;
    // A number of threads is a way to carry it out. NOLINTNEXTLINE(google-explicit-constructor)
    Execution(unsigned number) : threads(number) {}
    bool is_stopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
};

/// There is nothing to tell: it was stopped before the first run had ended.
class Interrupted : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Sees to it that there are exactly so many runs, whatever was to be waited for.
void fix_runs(Scenario& scenario, std::uint64_t runs);

/// Runs all replications. The result does not depend on the number of threads. When it is stopped,
/// the runs up to the first that is not finished are the result. Throws Interrupted.
Experiment run_experiment(const Scenario& scenario, const Execution& execution = {});

/// The same, but no more runs than it takes until `is_decided` is told that: it sees the first few,
/// then some more, whatever the number of threads.
Experiment run_until_decided(const Scenario& scenario, const Execution& execution,
                             const std::function<bool(const Experiment&)>& is_decided);

}  // namespace stratsim
