#include "sim/on.hpp"
#include "sim/simulate.hpp"
#include "strategies/fenceposts.hpp"
#include "strategies/strategy.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <rapidcheck.h>

// Any sequence of actions: the bounds hold, and the rollout ends or says why it does not.

using namespace stratsim;

namespace {

constexpr std::size_t revisions = 3;
/// A second Deployment behind the same Service; actions may make it and deal with it.
constexpr move::WorkloadIndex beside = 1;

move::Pods any_pods() {
    move::Pods pods{.count = *rc::gen::inRange(0, 4)};
    if (*rc::gen::arbitrary<bool>()) pods.version = *rc::gen::inRange<std::size_t>(0, revisions);
    if (*rc::gen::inRange(0, 5) == 0) pods = {.ordinal = *rc::gen::inRange(0, 6)};
    return pods;
}

Move any_move(const Setup& setup) {
    const auto any_version = [&] {
        return setup.version(*rc::gen::inRange<std::size_t>(0, revisions));
    };
    switch (*rc::gen::inRange(0, 12)) {
        case 0:
            return move::Scale{*rc::gen::inRange(0, 13)};
        case 1:
            return move::Pause{};
        case 2:
            return move::Resume{};
        case 3:
            return move::Delete{any_pods()};
        case 4:
            return move::Fail{any_pods()};
        case 5:
            return move::Recover{any_pods()};
        case 6:
            return move::SetPartition{*rc::gen::inRange(0, 6)};
        case 7:
            return move::Select{
                *rc::gen::element<std::optional<std::size_t>>(std::nullopt, 0, 1, 2)};
        case 8:
            return move::Create{beside, any_version(), *rc::gen::inRange(0, 4)};
        case 9:
            return move::Apply{any_version(), *rc::gen::inRange(0, 13)};
        default:
            return move::Apply{any_version()};
    }
}

Setup any_setup() {
    Setup setup;
    setup.replicas = *rc::gen::inRange(0, 11);
    setup.min_ready = std::chrono::seconds{*rc::gen::element(0, 0, 3)};
    setup.paused = *rc::gen::inRange(0, 10) == 0;
    setup.history = *rc::gen::element(10, 1, 0);
    setup.rolls_out = false;
    setup.visitors.rate = 1e-9;
    setup.network.lists_unready = *rc::gen::inRange(0, 4) == 0;
    for (std::size_t r = 0; r < revisions; ++r) {
        PodTemplate made;
        made.boot = Distribution::fixed(std::chrono::milliseconds{*rc::gen::inRange(0, 4000)});
        made.shutdown = Distribution::fixed(std::chrono::seconds{*rc::gen::inRange(0, 4)});
        made.becomes_ready = r == 0 || *rc::gen::inRange(0, 4) > 0;
        setup.revisions.push_back(made);
    }
    setup.actions.push_back({command, move::Apply{setup.version(1)}});
    const int more = *rc::gen::inRange(0, 8);
    for (int i = 0; i < more; ++i) {
        setup.actions.push_back(
            {command + std::chrono::milliseconds{*rc::gen::inRange(0, 20'000)}, any_move(setup)});
    }
    std::ranges::stable_sort(setup.actions, {}, &TimedMove::at);
    return setup;
}

std::string describe(const move::Pods& pods) {
    return fmt::format("{} of {} ordinal {}", pods.count,
                       pods.version ? std::to_string(*pods.version) : "any",
                       pods.ordinal ? std::to_string(*pods.ordinal) : "any");
}

std::string describe(const Move& what) {
    return std::visit(
        on{
            [](const move::Create& a) {
                return fmt::format("create {} {} x {}", a.workload, *a.made_of.version, a.replicas);
            },
            [](const move::Apply& a) {
                return fmt::format("apply {} {}", *a.made_of.version,
                                   a.replicas ? std::to_string(*a.replicas) : "");
            },
            [](const move::Scale& a) { return fmt::format("scale {}", a.replicas); },
            [](const move::Pause&) { return std::string("pause"); },
            [](const move::Resume&) { return std::string("resume"); },
            [](const move::SetPartition& a) { return fmt::format("partition {}", a.partition); },
            [](const move::Select& a) {
                return "select " + (a.version ? std::to_string(*a.version) : "all");
            },
            [](const move::Undo& a) { return fmt::format("undo {}", a.to_revision); },
            [](const move::Expose& a) {
                return fmt::format("expose {}", fmt::join(a.versions, " "));
            },
            [](const move::Delete& a) { return "delete " + describe(a.pods); },
            [](const move::Fail& a) { return "fail " + describe(a.pods); },
            [](const move::Recover& a) { return "recover " + describe(a.pods); },
        },
        what);
}

/// What a counter-example needs to become a case.
std::string describe(const Setup& setup) {
    std::string text = fmt::format(
        "{} replicas, min-ready {} s, paused {}, history {}, parallel {}, partition {}\n",
        setup.replicas, to_seconds(setup.min_ready), setup.paused, setup.history,
        setup.pod_management == PodManagement::parallel, setup.partition);
    for (const PodTemplate& made : setup.revisions) {
        text += fmt::format("boot {} s, shutdown {} s, ready {}\n", made.boot.mean_seconds(),
                            made.shutdown.mean_seconds(), made.becomes_ready);
    }
    for (const TimedMove& timed : setup.actions)
        text += fmt::format("{} s {}\n", to_seconds(timed.at - command), describe(timed.what));
    return text;
}

template <class... Kinds>
bool has(const Setup& setup) {
    return std::ranges::any_of(setup.actions, [](const TimedMove& timed) {
        return (std::holds_alternative<Kinds>(timed.what) || ...);
    });
}

bool scales(const TimedMove& timed) {
    if (const auto* apply = std::get_if<move::Apply>(&timed.what))
        return apply->replicas.has_value();
    return std::holds_alternative<move::Scale>(timed.what);
}

/// What the first Deployment is asked for as time goes by, held against its bounds.
class Watch {
  public:
    Watch(const Setup& setup, Fenceposts posts)
        : setup_(setup),
          posts_(posts),
          sizes_(2 * setup.revisions.size()),
          replicas_(setup.replicas),
          available_(setup.replicas) {
        sizes_.front() = setup.replicas;
    }

    void see(Time at, const Fact& fact) {
        act(at);
        if (const auto* resized = std::get_if<fact::Resized>(&fact)) {
            const int before = sum();
            sizes_[resized->revision] = resized->to;
            // Sets of the second Deployment are copies, or revisions that the first never ran.
            if (!has<move::Create>(setup_)) {
                RC_ASSERT(sum() <= std::max(replicas_ + posts_.surge, before));
            }
        } else if (const auto* status = std::get_if<fact::StatusChanged>(&fact)) {
            if (status->workload > 0) return;
            const int floor = replicas_ - posts_.unavailable;
            const int available = status->counts.available;
            if (is_calm(at)) RC_ASSERT(available >= std::min(floor, available_));
            available_ = available;
        }
    }

  private:
    int sum() const { return std::accumulate(sizes_.begin(), sizes_.end(), 0); }

    void act(Time at) {
        while (next_ < setup_.actions.size() && setup_.actions[next_].at <= at) {
            const TimedMove& timed = setup_.actions[next_++];
            if (const auto* scale = std::get_if<move::Scale>(&timed.what))
                replicas_ = scale->replicas;
            const auto* apply = std::get_if<move::Apply>(&timed.what);
            if (apply != nullptr && apply->replicas) replicas_ = *apply->replicas;
            if (scales(timed)) scaled_ = timed.at;
        }
    }

    /// No pod died from outside, and the replicas are not being changed.
    bool is_calm(Time at) const { return !has<move::Delete, move::Fail>(setup_) && scaled_ != at; }

    const Setup& setup_;
    Fenceposts posts_;
    std::vector<int> sizes_;
    int replicas_;
    int available_;
    std::size_t next_ = 0;
    std::optional<Time> scaled_;
};

/// The rollout is complete, or its condition says why it is not.
void assert_explained(const Cluster& cluster) {
    const LiveWorkload& workload = cluster.workloads().front();
    if (is_complete(workload.api.counts, workload.replicas)) return;
    // The template of a paused Deployment may stand for nothing that runs.
    RC_ASSERT(workload.api.progressing.has_value());
    const ConditionReason reason = workload.api.progressing->reason;
    RC_ASSERT(workload.paused || reason == ConditionReason::progress_deadline_exceeded ||
              reason == ConditionReason::new_replica_set_available);
}

/// Some pod of the set stands and is not available.
bool has_sick_pod(const Cluster& cluster) {
    return std::ranges::any_of(cluster.pods(), [](const Pod& pod) {
        return pod.phase == Phase::starting || (pod.phase == Phase::ready && !pod.available);
    });
}

void make_stateful(Setup& setup) {
    setup.kind = WorkloadKind::statefulset;
    setup.paused = false;
    if (*rc::gen::arbitrary<bool>()) setup.pod_management = PodManagement::parallel;
    setup.rules = (*rc::gen::elementOf(std::vector<KubernetesVersion>(kubernetes_versions.begin(),
                                                                      kubernetes_versions.end())))
                      .rules;
    setup.set_max_unavailable = {*rc::gen::inRange(1, 4), false};
    setup.partition = *rc::gen::element(0, 0, 2);
}

Strategy any_release() {
    Canary canary;
    canary.split = *rc::gen::element(Split::pods, Split::router);
    return *rc::gen::element<Strategy>(Recreate{}, BlueGreen{}, canary);
}

int ready_ordinals_of_target(const Cluster& cluster) {
    const LiveWorkload& workload = cluster.workloads().front();
    return static_cast<int>(std::ranges::count_if(cluster.pods(), [&](const Pod& pod) {
        return pod.available && pod.ordinal >= 0 && pod.revision == workload.target;
    }));
}

}  // namespace

TEST_CASE("any sequence of actions keeps the bounds and ends, or is reported with the reason") {
    const bool holds = rc::check([] {
        const Setup setup = any_setup();
        RC_LOG() << describe(setup);
        const int surge = *rc::gen::inRange(0, 4);
        const int missing = *rc::gen::inRange(surge == 0 ? 1 : 0, 4);
        const Rolling rolling{{surge, false}, {missing, false}};
        Watch watch(setup, {surge, missing});
        const auto world =
            simulate(setup, rolling, [&](Time at, const Fact& fact) { watch.see(at, fact); });
        assert_explained(world->cluster());
    });
    CHECK(holds);
}

TEST_CASE("Recreate never runs two revisions at once, whatever is done to it, and ends") {
    const bool holds = rc::check([] {
        const Setup setup = any_setup();
        RC_LOG() << describe(setup);
        // What follows the replicas does not wait for anybody.
        const bool follows =
            setup.paused || has<move::Pause>(setup) || std::ranges::any_of(setup.actions, scales);
        std::vector<std::pair<std::size_t, PodId>> there;  // revision and pod, not gone
        std::unique_ptr<World> world;
        std::vector<std::pair<Fact, Time>> told;
        world = simulate(setup, Recreate{},
                         [&](Time at, const Fact& fact) { told.emplace_back(fact, at); });
        const Cluster& cluster = world->cluster();
        for (const auto& [fact, at] : told) {
            if (const auto* created = std::get_if<fact::PodCreated>(&fact)) {
                const Pod& pod = cluster.pod(created->pod);
                if (pod.version != pod.revision || has<move::Create>(setup)) continue;
                const bool beside_others = std::ranges::any_of(
                    there, [&](const auto& other) { return other.first != pod.revision; });
                if (!follows) RC_ASSERT(!beside_others);
                there.emplace_back(pod.revision, created->pod);
            } else if (const auto* gone = std::get_if<fact::PodGone>(&fact)) {
                const PodId id = gone->pod;
                std::erase_if(there, [&](const auto& other) { return other.second == id; });
            }
        }
        assert_explained(cluster);
    });
    CHECK(holds);
}

TEST_CASE("any strategy on pods that become ready ends on its template") {
    const bool holds = rc::check([] {
        Setup setup = any_setup();
        setup.paused = false;
        setup.min_ready = {};
        for (PodTemplate& made : setup.revisions) made.becomes_ready = true;
        std::erase_if(setup.actions, [](const TimedMove& timed) {
            return std::holds_alternative<move::Fail>(timed.what) ||
                   std::holds_alternative<move::Pause>(timed.what) ||
                   std::holds_alternative<move::Create>(timed.what) ||
                   std::holds_alternative<move::SetPartition>(timed.what) ||
                   std::holds_alternative<move::Select>(timed.what);
        });
        const Strategy strategy = any_release();
        if (*rc::gen::arbitrary<bool>()) {
            setup.kind = WorkloadKind::statefulset;
            setup.needs_second_set = std::holds_alternative<BlueGreen>(strategy);
            if (*rc::gen::arbitrary<bool>()) setup.pod_management = PodManagement::parallel;
        }
        RC_LOG() << describe(setup);
        const auto world = simulate(setup, controller_of(strategy), [](Time, const Fact&) {});
        const LiveWorkload& workload = world->cluster().workloads().front();
        RC_ASSERT(workload.api.counts.replicas == workload.replicas);
        RC_ASSERT(workload.api.counts.updated == workload.replicas);
        RC_ASSERT(workload.api.counts.available == workload.replicas);
    });
    CHECK(holds);
}

TEST_CASE(
    "a StatefulSet whose pods all become ready ends on its template, whatever is done to it") {
    const bool holds = rc::check([] {
        Setup setup = any_setup();
        make_stateful(setup);
        for (PodTemplate& made : setup.revisions) made.becomes_ready = true;
        std::erase_if(setup.actions, [](const TimedMove& timed) {
            return std::holds_alternative<move::Fail>(timed.what) ||
                   std::holds_alternative<move::Create>(timed.what);
        });
        RC_LOG() << describe(setup);
        const auto world = simulate(setup, Rolling{}, [](Time, const Fact&) {});
        const LiveWorkload& workload = world->cluster().workloads().front();
        const WorkloadCounts& counts = workload.api.counts;
        RC_ASSERT(counts.replicas == workload.replicas);
        RC_ASSERT(counts.available == workload.replicas);
        RC_ASSERT(ready_ordinals_of_target(world->cluster()) >=
                  std::max(0, workload.replicas - workload.partition));
        if (workload.partition == 0) RC_ASSERT(workload.current == workload.target);
    });
    CHECK(holds);
}

TEST_CASE("a StatefulSet that does not end has a pod that is not ready, or waits for a hand") {
    const bool holds = rc::check([] {
        Setup setup = any_setup();
        make_stateful(setup);
        setup.on_delete = *rc::gen::inRange(0, 4) == 0;
        std::erase_if(setup.actions, [](const TimedMove& timed) {
            return std::holds_alternative<move::Create>(timed.what);
        });
        int ordered_out = 0;  // pods that the set took away and that are not back
        const bool ordered = setup.pod_management == PodManagement::ordered_ready;
        // A scale-down may take its first pod while an update still waits for one.
        const bool alone = !has<move::Delete>(setup) &&
                           std::ranges::none_of(setup.actions, scales) && ordered &&
                           !setup.rules.max_unavailable_gate;
        RC_LOG() << describe(setup);
        const auto world = simulate(setup, Rolling{}, [&](Time at, const Fact& fact) {
            if (at < command) return;
            if (std::holds_alternative<fact::PodTerminating>(fact)) ++ordered_out;
            if (std::holds_alternative<fact::PodGone>(fact)) --ordered_out;
            if (alone) RC_ASSERT(ordered_out <= 1);
        });
        const LiveWorkload& workload = world->cluster().workloads().front();
        const bool done =
            workload.api.counts.available == workload.replicas &&
            ready_ordinals_of_target(world->cluster()) >= workload.replicas - workload.partition;
        RC_ASSERT(done || setup.on_delete || has_sick_pod(world->cluster()));
    });
    CHECK(holds);
}
