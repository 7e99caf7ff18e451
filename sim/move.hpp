#pragma once

#include "sim/pod_template.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace stratsim {

/// The one way to touch the simulated world from outside: what people, misfortunes and controllers
/// beside the strategy do to it.
namespace move {

/// Which of the workloads: 0 is the one described, later ones are made by moves.
using WorkloadIndex = std::size_t;

/// Makes a workload of this template: the first, or one more Deployment behind the same Service.
struct Create {
    WorkloadIndex workload = 0;
    PodTemplate made_of;
    int replicas = 0;
};
/// Puts a template; one that ran before is a rollback. Together with replicas: one write.
struct Apply {
    PodTemplate made_of;
    std::optional<int> replicas{};
    WorkloadIndex workload = 0;
};
struct Scale {
    int replicas = 0;
    WorkloadIndex workload = 0;
};
struct Pause {
    WorkloadIndex workload = 0;
};
struct Resume {
    WorkloadIndex workload = 0;
};
/// Back to the revision before, or to the one of a number (`kubectl rollout undo --to-revision`).
struct Undo {
    int to_revision = 0;  ///< 0: the one before
    WorkloadIndex workload = 0;
};
struct SetPartition {
    int partition = 0;
};
/// Points the Service at one version's pods, or at all.
struct Select {
    std::optional<std::size_t> version;
};
/// The Service's selector from now on matches the pods of these versions, and no others.
struct Expose {
    std::vector<std::size_t> versions;
};

/// The oldest live pods, of one version or of any, or the one of an ordinal.
struct Pods {
    int count = 1;
    std::optional<std::size_t> version{};
    std::optional<int> ordinal{};
};
struct Delete {
    Pods pods;
};
/// They stop being ready until they recover or are replaced.
struct Fail {
    Pods pods;
};
struct Recover {
    Pods pods;
};

}  // namespace move

using Move = std::variant<move::Create, move::Apply, move::Scale, move::Pause, move::Resume,
                          move::Undo, move::SetPartition, move::Select, move::Expose, move::Delete,
                          move::Fail, move::Recover>;

/// A move and when it is made; before t = 0 it prepares the world.
struct TimedMove {
    Time at{};
    Move what;
};

}  // namespace stratsim
