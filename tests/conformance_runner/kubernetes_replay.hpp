#pragma once

#include "sim/facts.hpp"
#include "sim/setup.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// A recorded case, run again by the simulator from its own fields.

namespace stratsim::conformance {

using Json = nlohmann::json;

/// What stood unchanged from an instant on: the pod columns, and the status when it ended.
struct Resting {
    double at = 0;
    std::vector<int> pods;
    std::vector<int> status;
};

struct ConditionSeen {
    double at = 0;
    std::string type;
    std::string status;
    std::string reason;
};

/// A pod of a StatefulSet made or deleted.
struct PodMove {
    double at = 0;
    bool creates = false;
    std::string revision;
    int ordinal = 0;

    bool same(const PodMove& other) const {
        return creates == other.creates && revision == other.revision && ordinal == other.ordinal;
    }
};

struct Claim {
    double at = 0;
    int ordinal = 0;
};

/// All that is compared.
struct Course {
    std::vector<Resting> states;
    std::vector<ConditionSeen> conditions;
    /// What the Service's EndpointSlices hold, by revision: ready, serving and terminating, not
    /// ready. No status.
    std::vector<Resting> endpoints;
    std::vector<PodMove> moves;
    std::vector<Claim> claims;
    int peak_spec = 0;
    int min_available = 0;
};

/// The revisions of a case in the order of its columns.
std::vector<std::string> revision_names(const Json& spec);

/// Races of the controllers' writes end as told.
Course replay(const Json& spec, const WriteRaces& races);

}  // namespace stratsim::conformance
