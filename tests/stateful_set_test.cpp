#include "sim/stateful_set.hpp"

#include <doctest/doctest.h>

using namespace stratsim;

namespace {

using State = OrdinalSeen::State;
constexpr OrdinalSeen old_pod{State::available, false};
constexpr OrdinalSeen new_pod{State::available, true};

OrdinalPlan plan(const std::vector<OrdinalSeen>& ordinals, const StatefulSetSpec& spec) {
    OrdinalPlan result;
    stateful_set_pass(ordinals, spec, result);
    return result;
}

}  // namespace

TEST_CASE("an update replaces the highest ordinal first, one pod at a time, under both policies") {
    for (const bool ordered : {true, false}) {
        const auto first = plan({old_pod, old_pod, old_pod}, {.replicas = 3, .ordered = ordered});
        CHECK(first.remove == std::vector<OrdinalPlan::Item>{{0, 2, false}});
        CHECK(first.create.empty());
        const auto waits =
            plan({old_pod, old_pod, {State::unready, true}}, {.replicas = 3, .ordered = ordered});
        CHECK(waits.remove.empty());
        const auto next = plan({old_pod, old_pod, new_pod}, {.replicas = 3, .ordered = ordered});
        CHECK(next.remove == std::vector<OrdinalPlan::Item>{{0, 1, false}});
    }
}

TEST_CASE("OrderedReady makes one pod after the other, Parallel all at once") {
    CHECK(plan({}, {.replicas = 3, .ordered = true}).create.size() == 1);
    CHECK(plan({}, {.replicas = 3, .ordered = false}).create.size() == 3);
}

TEST_CASE("OrderedReady does not repair a broken pod by a rollback, Parallel does") {
    // The highest ordinal stands in the bad revision and never becomes ready; the old one is
    // wanted.
    const std::vector<OrdinalSeen> stuck{new_pod, new_pod, {State::unready, false}};
    CHECK(plan(stuck, {.replicas = 3, .ordered = true}).remove.empty());
    CHECK(plan(stuck, {.replicas = 3, .ordered = false}).remove ==
          std::vector<OrdinalPlan::Item>{{0, 2, false}});
}

TEST_CASE("a partition keeps the lower ordinals at the old revision") {
    CHECK(plan({old_pod, old_pod, new_pod}, {.replicas = 3, .partition = 2}).remove.empty());
    const auto back = plan({old_pod, {}, new_pod}, {.replicas = 3, .partition = 2});
    CHECK(back.create == std::vector<OrdinalPlan::Item>{{0, 1, false}});
    const auto fresh = plan({old_pod, old_pod, {}}, {.replicas = 3, .partition = 2});
    CHECK(fresh.create == std::vector<OrdinalPlan::Item>{{0, 2, true}});
}

TEST_CASE("scaling down goes from the top and stops at a sick lower pod when ordered") {
    CHECK(plan({old_pod, old_pod, old_pod}, {.replicas = 1, .to_new = false}).remove ==
          std::vector<OrdinalPlan::Item>{{0, 2, false}});
    CHECK(plan({old_pod, old_pod, old_pod}, {.replicas = 1, .to_new = false, .ordered = false})
              .remove.size() == 2);
    CHECK(plan({{State::unready, false}, old_pod, old_pod}, {.replicas = 1, .to_new = false})
              .remove.empty());
}
