// What would mend a rollout, and what its answer hangs on: nothing is told that was not simulated.
#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/remedies.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stratsim {

/// A change of some settings, simulated with the seeds of what it mends.
struct Remedy {
    std::vector<std::pair<std::string, std::string>> settings;  ///< words and values
    std::vector<Edit> edits;
    Experiment after;
};

/// A setting that nobody gave, twice as large: what that does to the requests lost.
struct Sway {
    std::string word;
    std::string value;    ///< as it is
    std::string doubled;  ///< as it was tried
    double lost = 0;
    double change = 0;
};

/// How far a setting may grow before more than `limit` requests are lost.
struct Hold {
    std::string word;
    std::string value;    ///< the largest that held
    double factor = 1;    ///< of what it is
    bool beyond = false;  ///< nothing that was tried broke it
};

struct Advice {
    std::optional<Remedy> remedy{};
    std::size_t tried = 0;  ///< remedies
    double limit = 0;       ///< requests lost that the holds allow
    std::vector<Sway> sways{};
    std::vector<Hold> holds{};
};

/// Whether a release of it needs mending: requests are lost in most runs, or nobody is served.
bool needs_mending(const Experiment& experiment);

/// Simulates remedies, cheapest first, then what the answer hangs on and how far it holds.
Advice advise(const Experiment& experiment, const Execution& execution = {});

}  // namespace stratsim
