#pragma once

#include "sim/conditions.hpp"
#include "sim/endpoint.hpp"
#include "sim/time.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>

namespace stratsim {

enum class RolloutOutcome { complete, stalled, rolled_back };
inline constexpr std::array<std::string_view, 3> rollout_outcome_names{"complete", "stalled",
                                                                       "rolled-back"};

/// How an outcome is called in every format.
constexpr std::string_view name_of(RolloutOutcome outcome) {
    return rollout_outcome_names[static_cast<std::size_t>(outcome)];
}

/// What happened in the cluster. Requests are not facts: the ledger counts them in place.
namespace fact {

/// The world stands as it was before; the rollout command is given.
struct Commanded {};
struct Resized {
    std::size_t revision;
    int from;
    int to;
};
struct PodCreated {
    PodId pod;
};
struct PodListens {
    PodId pod;
};
struct PodReady {
    PodId pod;
};
struct PodAvailable {
    PodId pod;
};
/// It fails its readiness probe.
struct PodUnready {
    PodId pod;
    bool was_available;
};
/// The deletion timestamp is set; the pre-stop hook begins.
struct PodTerminating {
    PodId pod;
    bool was_available;
};
struct PodSigterm {
    PodId pod;
};
struct PodGone {
    PodId pod;
    std::size_t killed;  ///< requests that died with it
};
/// A consumer of the endpoints has heard of a change.
struct PodHeard {
    PodId pod;
    Heard state;
    std::size_t consumer = 0;  ///< which of the balancers
};
/// Who gets requests has changed.
struct ServiceChanged {
    EndpointCount count;
};
struct StepReached {
    int index;
    double asked;
    double delivered;
};
struct StepEnded {
    int index;
};
/// Users were told to go to the target revision (heard after the propagation delay).
struct Switched {};
struct SwitchHeard {};
struct RollbackBegun {
    bool by_person;
};
struct RolloutEnded {
    RolloutOutcome outcome;
};
/// A workload's status, as the API shows it from now on.
struct StatusChanged {
    std::size_t workload;
    WorkloadCounts counts;
};
struct ConditionChanged {
    std::size_t workload;
    ConditionType type;
    Condition condition;
};
/// A volume claim is made for an ordinal, just before its pod.
struct ClaimMade {
    int set;
    int ordinal;
};
/// The Service selects the pods of one version, or of all.
struct Selected {
    std::optional<std::size_t> version;
};

}  // namespace fact

using Fact =
    std::variant<fact::Commanded, fact::Resized, fact::PodCreated, fact::PodListens, fact::PodReady,
                 fact::PodAvailable, fact::PodTerminating, fact::PodSigterm, fact::PodGone,
                 fact::PodHeard, fact::ServiceChanged, fact::StepReached, fact::StepEnded,
                 fact::Switched, fact::SwitchHeard, fact::RollbackBegun, fact::RolloutEnded,
                 fact::PodUnready, fact::StatusChanged, fact::ConditionChanged, fact::ClaimMade,
                 fact::Selected>;

/// Whoever wants to know. Called once per fact, in order of time.
using Witness = std::function<void(Time, const Fact&)>;

}  // namespace stratsim
