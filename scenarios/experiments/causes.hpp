// Why requests are lost: every lost request of every run by its cause, and what would have
// saved them, tried.
#pragma once

#include "scenarios/experiments/case_file.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/remedies.hpp"

#include <optional>
#include <vector>

namespace stratsim {

/// All requests that one cause lost, over all runs.
struct LostGroup {
    Cause cause = Cause::none;
    Outcome outcome = Outcome::refused;  ///< of most of them
    std::uint64_t lost = 0;              ///< in all runs together
    Time first{};                        ///< of all runs
    Time last{};
    Time busiest{};                       ///< the middle of the interval with most of them
    double busiest_share = 0;             ///< of the group
    std::uint64_t retried = 0;            ///< of them, after at least one retry
    std::optional<double> listed_on_s{};  ///< how long their pods were listed after they went deaf
    std::uint64_t example_run = 0;        ///< one of them
    std::uint32_t example = 0;            ///< its number in that run
};

/// Changes that were simulated with the same seeds.
struct TriedRemedy {
    Changes changes;
    Experiment after;
    double lost = 0;         ///< a rollout
    double pod_seconds = 0;  ///< more than without it
    double time_s = 0;       ///< the median rollout takes so much longer
};

struct Why {
    Experiment now;
    std::vector<LostGroup> groups{};       ///< the largest first
    std::vector<TriedRemedy> remedies{};   ///< that help, the best first
    std::vector<TriedRemedy> no_effect{};  ///< no difference is seen, or one too small to tell
    std::vector<TriedRemedy> worse{};      ///< that lose more

    std::uint64_t lost() const;
};

/// Simulates every run again with a record of each request.
Why find_causes(const Scenario& asked, const Execution& execution = {});

/// The same, and then tries each remedy.
Why find_out_why(const Scenario& asked, const Execution& execution = {});

/// What happened to one request, with all that happened around it.
struct RequestStory {
    Scenario scenario;
    std::uint64_t run = 0;
    std::uint32_t number = 0;
    CaseFile file{};
    std::optional<CauseChain> cause{};  ///< of a lost one
    /// A sleep before SIGTERM with which, simulated, this request is answered.
    std::optional<Duration> saved_by_sleep{};

    const RequestRecord& record() const { return file.records[number - 1]; }
};

/// Throws InputErrors if the run has no such request.
RequestStory story_of(const Scenario& scenario, std::uint64_t run, std::uint32_t number);

}  // namespace stratsim
