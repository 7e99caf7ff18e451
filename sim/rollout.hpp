#pragma once

#include "sim/decision.hpp"
#include "sim/rules.hpp"
#include "sim/share.hpp"
#include "sim/time.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <vector>

// The whole contract between the simulated cluster and the strategies: a strategy is a pure
// function from what is observed and remembered to what is desired, as a Kubernetes controller is.

namespace stratsim {

/// The limits of a Deployment: what its sets carry as annotations, and what its conditions speak
/// of.
struct Bounds {
    int replicas = 0;
    int most = 0;   ///< replicas + surge (annotation max-replicas)
    int least = 0;  ///< replicas - unavailable, the floor of the condition Available

    friend bool operator==(const Bounds&, const Bounds&) = default;
};

/// The replicas and the maximum of the Deployment when a set was last sized (its annotations
/// deployment.kubernetes.io/desired-replicas and max-replicas).
struct SizedFor {
    int replicas = 0;
    int most = 0;

    friend bool operator==(const SizedFor&, const SizedFor&) = default;
};

/// The pods of one revision, as a controller counts them.
struct RevisionSeen {
    bool exists = true;  ///< its replica set has been made
    /// Of the old revisions the one that users are on, and that a rollback returns to.
    bool stable = false;
    std::optional<SizedFor> sized_for{};
    int size = 0;               ///< pods asked for (the replica set's spec.replicas)
    int pods = 0;               ///< without deletion timestamp
    int ready = 0;              ///< of those
    int available = 0;          ///< ready for at least min-ready
    int terminating = 0;        ///< deleted, not yet gone
    std::uint64_t answers = 0;  ///< requests answered since the rollout command
    std::uint64_t errors = 0;   ///< of those, answered with an error

    friend bool operator==(const RevisionSeen&, const RevisionSeen&) = default;
};

/// What stands in one ordinal of a StatefulSet.
struct OrdinalSeen {
    enum class State { missing, unready, ready, available, terminating };
    State state = State::missing;
    bool is_new = false;  ///< of the revision that is being rolled out
    bool stable = false;  ///< of the one that users are on

    friend bool operator==(const OrdinalSeen&, const OrdinalSeen&) = default;
};

/// How far a rollout has come, by its strategy's own account.
struct RolloutProgress {
    int step = 0;           ///< steps left behind
    bool switched = false;  ///< users have been moved to the new version
    bool aborted = false;   ///< given up; the old version is coming back

    friend bool operator==(const RolloutProgress&, const RolloutProgress&) = default;
};

/// Everything a strategy may look at.
struct Observed {
    Time now{};
    int replicas = 0;
    bool beside = false;  ///< a Deployment beside the one that is rolled out
    bool paused = false;  ///< Deployments: sizes follow the replicas, nothing is rolled out
    std::vector<RevisionSeen> old_revisions;  ///< whose sets exist, oldest first
    RevisionSeen new_revision;
    /// StatefulSets only. [0] is the set itself, [1] a second set beside it (blue/green).
    std::vector<std::vector<OrdinalSeen>> ordinals;
    bool ordered = true;                     ///< podManagementPolicy OrderedReady
    bool on_delete = false;                  ///< updateStrategy OnDelete
    int partition = 0;                       ///< ordinals below it stay at the current revision
    PodCount set_max_unavailable{1, false};  ///< of a StatefulSet, where the rules honour it
    bool target_is_current = false;  ///< the current revision, last complete, is the one rolled out
    Rules rules;
    std::optional<Share>
        to_new;  ///< part of the requests sent to the new revision; unset: a plain Service
    bool back_to_stable = false;  ///< the target is the revision that last was complete (an undo)
    std::uint64_t side_answers = 0;  ///< answers of the new revision through the side service
    std::uint64_t side_errors = 0;
    /// Grows when another template becomes the target: what was remembered of the last does not
    /// hold for it.
    std::uint32_t generation = 0;
};

/// Pods of StatefulSets to make or to delete, by name.
struct OrdinalPlan {
    struct Item {
        int set = 0;
        int ordinal = 0;
        bool is_new = false;  ///< the revision to create it in
        friend bool operator==(const Item&, const Item&) = default;
    };
    std::vector<Item> create;
    std::vector<Item> remove;
};

/// A step of a rollout as the user asked for it and as it comes out; both parts of the whole.
struct Step {
    double asked = 0;
    double delivered = 0;
};

/// What a strategy wants the cluster to be.
struct Desired {
    std::vector<int> old_sizes;  ///< for each of Observed::old_revisions
    int new_size = 0;
    bool new_exists = true;          ///< the new revision's set is made, if only with size 0
    std::optional<Bounds> bounds{};  ///< unset: the replicas, with nothing above or below
    /// Sizes follow a change of the replicas or a pause: no progress is estimated from this pass.
    bool only_scales = false;
    bool renews_all = false;          ///< every active set is marked as sized for these bounds
    std::optional<OrdinalPlan> plan;  ///< instead of the sizes, where pods have names
    std::optional<Share> to_new;
    double side_rate = 0;      ///< requests a second to the new revision through a side service
    std::optional<Step> step;  ///< the step that is standing
    RolloutProgress progress;
};

/// A strategy: a function from what is observed and remembered to what is desired.
template <class S>
concept IsStrategy = requires(const S strategy, const Observed& seen,
                              const typename S::Memory& memory) {
    { strategy.decide(seen, memory) } -> std::same_as<Decision<Desired, typename S::Memory>>;
    requires std::equality_comparable<typename S::Memory>;
};

/// What is there is what is wanted.
inline Desired as_observed(const Observed& seen) {
    Desired same;
    for (const RevisionSeen& old : seen.old_revisions) same.old_sizes.push_back(old.size);
    same.new_size = seen.new_revision.size;
    same.new_exists = seen.new_revision.exists;
    if (!seen.ordinals.empty()) same.plan = OrdinalPlan{};
    same.to_new = seen.to_new;
    return same;
}

}  // namespace stratsim
