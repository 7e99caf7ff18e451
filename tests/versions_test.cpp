#include "tests/world.hpp"

#include <doctest/doctest.h>

using namespace stratsim;

namespace {

/// A StatefulSet gets a version that never becomes ready, and a person takes it back.
RolloutOutcome repaired(std::string_view version, std::string_view policy) {
    const auto x = run("rolling", {{"kind", "statefulset"},
                                   {"pods", "3"},
                                   {"boot", "2s"},
                                   {"new", "ready=never"},
                                   {"pod-management", policy},
                                   {"kubernetes", version},
                                   {"actions", "20s undo"},
                                   {"runs", "1"}});
    return x.outcomes.front();
}

}  // namespace

TEST_CASE("an OrderedReady set does not repair itself under any version") {
    for (const KubernetesVersion& version : kubernetes_versions) {
        INFO(version.name);
        CHECK(repaired(version.name, "OrderedReady") == RolloutOutcome::stalled);
    }
}

TEST_CASE("a Parallel set repairs itself unless the broken pod counts against maxUnavailable") {
    for (const KubernetesVersion& version : kubernetes_versions) {
        INFO(version.name);
        const bool is_stuck = version.name == "1.35.0";
        CHECK(repaired(version.name, "Parallel") ==
              (is_stuck ? RolloutOutcome::stalled : RolloutOutcome::rolled_back));
    }
}

TEST_CASE("a StatefulSet's maxUnavailable counts where its gate is on, by version or by flag") {
    const auto fewest = [](std::string_view version, std::string_view gate) {
        auto s = scenario("rolling", {{"kind", "statefulset"},
                                      {"pods", "6"},
                                      {"boot", "2s"},
                                      {"max-unavailable", "3"},
                                      {"pod-management", "Parallel"},
                                      {"kubernetes", version},
                                      {"runs", "1"}});
        if (!gate.empty()) s.feature_gate = Text<FeatureGate>::parse(gate);
        return run_experiment(s).measures()["pods.min_available"].value();
    };
    for (const std::string_view off : {"1.34", "1.35.4", "1.36"}) {
        CHECK(fewest(off, "") == 5);
        CHECK(fewest(off, "MaxUnavailableStatefulSet=true") == 3);
    }
    for (const std::string_view on : {"1.35.0", "1.37"}) {
        CHECK(fewest(on, "") == 3);
        CHECK(fewest(on, "MaxUnavailableStatefulSet=false") == 5);
    }
}

TEST_CASE("a version or a gate that is not known is refused with the list") {
    CHECK_THROWS_WITH_AS(scenario("rolling", {{"kubernetes", "1.33"}}),
                         "'1.33' is none of 1.34|1.35.0|1.35.4|1.36|1.37", BadValue);
    CHECK_THROWS_AS(scenario("rolling", {{"feature-gate", "Other=true"}}), BadValue);
}

TEST_CASE("actions print as they are written") {
    const std::string text =
        "1s scale 20, 2s pause, 3s resume, 4s delete 2 old, 5s fail #0, 6s recover 1, 7s apply new "
        "5, 8s partition 2, 9s undo, 10s undo 1, 11s scale canary 3, 12s create canary 2 new, "
        "13s select old canary, 14s select none, 15s apply k8s/web.yaml, 16s resume canary";
    CHECK(Text<ActionList>::print(Text<ActionList>::parse(text)) == text);
    for (const char* wrong :
         {"", "scale 20", "1s", "1s scale", "1s scale x", "1s pause 3", "1s,", "1s create canary",
          "1s select", "1s undo 1 2", "1s fail", "1s delete -1", "1s switch green"}) {
        CHECK_THROWS_AS(Text<ActionList>::parse(wrong), BadValue);
    }
}
