#include "sim/simulate.hpp"
#include "strategies/fenceposts.hpp"
#include "strategies/rolling.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <numeric>
#include <rapidcheck.h>

// Any sequence of actions: the bounds hold, and the rollout ends or says why it does not.

using namespace stratsim;

namespace {

constexpr std::size_t revisions = 3;

Action any_action() {
    const auto revision = [] { return *rc::gen::inRange<std::size_t>(0, revisions); };
    const auto pods = [&] {
        return action::Pods{.count = *rc::gen::inRange(0, 4), .revision = revision()};
    };
    switch (*rc::gen::inRange(0, 8)) {
        case 0:
            return action::Scale{*rc::gen::inRange(0, 13)};
        case 1:
            return action::Pause{};
        case 2:
            return action::Resume{};
        case 3:
            return action::Delete{pods()};
        case 4:
            return action::Fail{pods()};
        case 5:
            return action::Recover{pods()};
        default:
            return action::Apply{.revision = revision()};
    }
}

Setup any_setup() {
    Setup setup;
    setup.replicas = *rc::gen::inRange(0, 11);
    setup.min_ready = std::chrono::seconds{*rc::gen::element(0, 0, 3)};
    setup.rolls_out = false;
    setup.visitors.rate = 1e-9;
    for (std::size_t r = 0; r < revisions; ++r) {
        PodTemplate made;
        made.boot = Distribution::fixed(std::chrono::milliseconds{*rc::gen::inRange(0, 4000)});
        made.shutdown = Distribution::fixed(std::chrono::seconds{*rc::gen::inRange(0, 4)});
        made.becomes_ready = r == 0 || *rc::gen::inRange(0, 4) > 0;
        setup.revisions.push_back(made);
    }
    setup.actions.push_back({command, action::Apply{.revision = 1}});
    const int more = *rc::gen::inRange(0, 8);
    for (int i = 0; i < more; ++i) {
        setup.actions.push_back(
            {command + std::chrono::milliseconds{*rc::gen::inRange(0, 20'000)}, any_action()});
    }
    std::ranges::stable_sort(setup.actions, {}, &TimedAction::at);
    return setup;
}

bool harms_pods(const Setup& setup) {
    return std::ranges::any_of(setup.actions, [](const TimedAction& timed) {
        return std::holds_alternative<action::Delete>(timed.what) ||
               std::holds_alternative<action::Fail>(timed.what);
    });
}

bool scales(const Setup& setup) {
    return std::ranges::any_of(setup.actions, [](const TimedAction& timed) {
        return std::holds_alternative<action::Scale>(timed.what);
    });
}

}  // namespace

TEST_CASE("any sequence of actions keeps the bounds and ends, or is reported with the reason") {
    const bool holds = rc::check([] {
        const Setup setup = any_setup();
        const int surge = *rc::gen::inRange(0, 4);
        const int missing = *rc::gen::inRange(surge == 0 ? 1 : 0, 4);
        const Rolling rolling{{surge, false}, {missing, false}};

        std::vector<int> sizes(revisions);
        sizes.front() = setup.replicas;
        int most = setup.replicas;
        int least = setup.replicas;
        const auto world = simulate(
            setup, [&](const Observed& seen) { return rolling.decide(seen); },
            [&](Time, const Fact& fact) {
                if (const auto* resized = std::get_if<fact::Resized>(&fact)) {
                    sizes[resized->revision] = resized->to;
                    most = std::max(most, std::accumulate(sizes.begin(), sizes.end(), 0));
                } else if (const auto* status = std::get_if<fact::StatusChanged>(&fact)) {
                    least = std::min(least, status->counts.available);
                }
            });

        int largest = setup.replicas;
        for (const TimedAction& timed : setup.actions) {
            if (const auto* scale = std::get_if<action::Scale>(&timed.what)) {
                largest = std::max(largest, scale->replicas);
            }
        }
        RC_ASSERT(most <= largest + surge);
        if (!harms_pods(setup) && !scales(setup)) RC_ASSERT(least >= setup.replicas - missing);

        const LiveWorkload& workload = world->cluster.workloads().front();
        const WorkloadCounts& counts = workload.api.counts;
        if (is_complete(counts, workload.replicas)) return;
        // The template of a paused Deployment may stand for nothing that runs.
        RC_ASSERT(workload.api.progressing.has_value());
        const ConditionReason reason = workload.api.progressing->reason;
        RC_ASSERT(workload.paused || reason == ConditionReason::progress_deadline_exceeded ||
                  reason == ConditionReason::new_replica_set_available);
    });
    CHECK(holds);
}

TEST_CASE(
    "a StatefulSet whose pods all become ready ends on its template, whatever is done to it") {
    const bool holds = rc::check([] {
        Setup setup = any_setup();
        setup.kind = WorkloadKind::statefulset;
        if (*rc::gen::arbitrary<bool>()) setup.pod_management = PodManagement::parallel;
        setup.rules = (*rc::gen::elementOf(std::vector<KubernetesVersion>(
                           kubernetes_versions.begin(), kubernetes_versions.end())))
                          .rules;
        setup.set_max_unavailable = {*rc::gen::inRange(1, 4), false};
        for (PodTemplate& made : setup.revisions) made.becomes_ready = true;
        std::erase_if(setup.actions, [](const TimedAction& timed) {
            return std::holds_alternative<action::Fail>(timed.what);
        });
        const auto world = simulate(
            setup, [](const Observed& seen) { return Rolling{}.decide(seen); },
            [](Time, const Fact&) {});
        const LiveWorkload& workload = world->cluster.workloads().front();
        const WorkloadCounts& counts = workload.api.counts;
        RC_ASSERT(counts.replicas == workload.replicas);
        RC_ASSERT(counts.updated == workload.replicas);
        RC_ASSERT(counts.available == workload.replicas);
        RC_ASSERT(workload.current == workload.target);
    });
    CHECK(holds);
}
