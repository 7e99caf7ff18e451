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

/// Everything that happened in one run, in order: for timelines, traces and pictures.
struct Timeline {
    struct Entry {
        Time at;
        Fact fact;
    };
    std::deque<Entry> entries;  ///< millions at times, and never copied to grow
    std::vector<StepSpan> steps;

    void see(Time at, const Fact& fact) {
        entries.push_back({at, fact});
        if (const auto* step = std::get_if<fact::StepReached>(&fact)) {
            steps.push_back({step->asked, step->delivered, at, {}});
        } else if (std::holds_alternative<fact::StepEnded>(fact) && !steps.empty()) {
            steps.back().to = at;
        }
    }
};

}  // namespace stratsim
