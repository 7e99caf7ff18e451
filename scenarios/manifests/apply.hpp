// What applying one version of the manifests over another does to each workload.
#pragma once

#include "scenarios/manifests/differences.hpp"
#include "scenarios/manifests/inputs.hpp"
#include "scenarios/manifests/manifest.hpp"
#include "scenarios/manifests/refusals.hpp"

#include <map>
#include <string>
#include <vector>

namespace stratsim {

/// All that applying does. Objects that are in the new version no more stay: apply deletes nothing.
struct Applied {
    std::vector<Scenario> workloads;  ///< that stand before or after, in order of the new version
    std::vector<Releases> releases;   ///< by workload
    std::vector<std::string> remarks;
    std::vector<Refusal> refused;
};

/// One version: its objects and what was read from them.
struct Version {
    const std::vector<Object>& objects;
    const Manifests& manifests;
};

/// Files that actions apply later, by their name in the action.
using LaterFiles = std::map<std::string, Manifests>;

/// `base`: what flags and scenario file say of all workloads.
Applied apply_over(const Version& before, const Version& after, const Scenario& base,
                   const LaterFiles& later = {});

/// Any release of each workload, beside the others behind its Service.
std::vector<Scenario> releases_of(const Manifests& manifests, const Scenario& base,
                                  const LaterFiles& later = {});

/// Fills in what files make of a workload that no manifest describes: each must hold one.
void add_later(Scenario& scenario, const LaterFiles& later);

}  // namespace stratsim
