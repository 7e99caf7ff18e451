#pragma once

#include "sim/facts.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace stratsim {

/// One canary step as it stood.
struct StepSpan {
    double asked = 0;
    double delivered = 0;
    Time from{};
    std::optional<Time> to{};
};

/// A fact about the rollout as a whole, of which a run has a few; the others are about single pods.
inline bool is_milestone(const Fact& fact) {
    const auto is_one_of = [&]<class... Kinds>(Kinds...) {
        return (std::holds_alternative<Kinds>(fact) || ...);
    };
    return is_one_of(fact::Commanded{}, fact::StepReached{}, fact::StepEnded{}, fact::Switched{},
                     fact::SwitchHeard{}, fact::RollbackBegun{}, fact::RolloutEnded{},
                     fact::Selected{});
}

/// What happened in one run, in order: for timelines, traces and pictures.
struct Timeline {
    struct Entry {
        Time at;
        Fact fact;
    };
    bool milestones_only = false;  ///< where nobody asks for every pod's
    std::deque<Entry> entries;     ///< millions at times, and never copied to grow
    std::vector<StepSpan> steps;

    void see(Time at, const Fact& fact) {
        if (!milestones_only || is_milestone(fact)) entries.push_back({at, fact});
        if (const auto* step = std::get_if<fact::StepReached>(&fact)) {
            steps.push_back({step->asked, step->delivered, at, {}});
        } else if (std::holds_alternative<fact::StepEnded>(fact) && !steps.empty()) {
            steps.back().to = at;
        }
    }
};

}  // namespace stratsim
