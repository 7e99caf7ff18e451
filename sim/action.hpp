#pragma once

#include "sim/time.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace stratsim {

/// What a person, or a misfortune, does to the cluster.
namespace action {

/// Which of the workloads: 0 is the one described, later ones are made by actions.
using WorkloadIndex = std::size_t;

/// Makes a workload with this revision: the first, or one more Deployment behind the same Service.
struct Create {
    WorkloadIndex workload = 0;
    std::size_t revision = 0;
    int replicas = 0;
};
/// Puts a revision's template; one that ran before is a rollback. Together with replicas: one
/// write.
struct Apply {
    std::size_t revision = 0;
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
/// Points the Service at one revision's pods, or at all.
struct Select {
    std::optional<std::size_t> revision;
};
/// The Service's selector from now on matches the pods of these revisions, and no others.
struct Expose {
    std::vector<std::size_t> revisions;
};

/// The oldest live pods, of one revision or of any, or the one of an ordinal.
struct Pods {
    int count = 1;
    std::optional<std::size_t> revision{};
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

}  // namespace action

using Action = std::variant<action::Create, action::Apply, action::Scale, action::Pause,
                            action::Resume, action::Undo, action::SetPartition, action::Select,
                            action::Expose, action::Delete, action::Fail, action::Recover>;

/// An action and when it is done; before t = 0 it prepares the world.
struct TimedAction {
    Time at{};
    Action what;
};

}  // namespace stratsim
