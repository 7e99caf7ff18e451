#include "sim/cluster/endpoints.hpp"
#include "sim/simulate.hpp"
#include "strategies/strategy.hpp"
#include "tests/world.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>

// What several Deployments, pauses and Services do to each other.

using namespace stratsim;
using std::chrono::seconds;

namespace {

PodTemplate booting_in(Duration boot) {
    PodTemplate made;
    made.boot = Distribution::fixed(boot);
    made.shutdown = Distribution::fixed(seconds{3});
    return made;
}

/// The template that quiet() gives this number.
PodTemplate numbered(std::size_t version) {
    PodTemplate made = booting_in(seconds{2});
    made.version = version;
    return made;
}

Setup quiet(std::vector<TimedMove> actions, int revisions = 2) {
    Setup setup;
    setup.replicas = 3;
    setup.rolls_out = false;
    setup.visitors.rate = 1e-9;
    for (int r = 0; r < revisions; ++r) setup.revisions.push_back(booting_in(seconds{2}));
    setup.actions = std::move(actions);
    return setup;
}

struct Stopped {
    Witness nobody = [](Time, const Fact&) {};
    std::unique_ptr<World> world;
    const Cluster& cluster() const { return world->cluster(); }
    const WorkloadCounts& counts(std::size_t workload) const {
        return cluster().workloads()[workload].api.counts;
    }
};

Stopped at(Duration instant, const Setup& setup, const Strategy& strategy = Rolling{}) {
    Stopped stopped;
    stopped.world = simulate(setup, controller_of(strategy), stopped.nobody, command + instant);
    return stopped;
}

std::optional<std::size_t> selector(const Stopped& stopped) {
    return stopped.cluster().service().selector(stopped.cluster().sides());
}

/// Endpoints by revision: ready, serving and terminating, not ready.
std::array<int, 3> listed(const Cluster& cluster, std::size_t version) {
    std::array<int, 3> counts{};
    for (const Endpoint& e : endpoints(cluster)) {
        if (cluster.pod(e.pod).version != version) continue;
        ++counts[e.ready ? 0 : e.serving ? 1 : 2];
    }
    return counts;
}

using ByState = std::array<int, 3>;

}  // namespace

TEST_CASE("two Deployments that run one template have a replica set each") {
    const Setup setup = quiet({{command, move::Create{1, numbered(1), 2}},
                               {command + seconds{5}, move::Apply{numbered(1)}},
                               {command + seconds{60}, move::Scale{0, 1}}});
    const Stopped between = at(seconds{50}, setup);
    CHECK(between.counts(0).available == 3);
    CHECK(between.counts(0).updated == 3);
    CHECK(between.counts(1).available == 2);
    CHECK(listed(between.cluster(), 1) == ByState{5, 0, 0});
    const Stopped after = at(seconds{70}, setup);
    CHECK(after.counts(0).available == 3);
    CHECK(after.counts(1).replicas == 0);
}

TEST_CASE("a selector exchanges the endpoints at once, whatever they are worth") {
    Setup setup = quiet({{command, move::Create{1, numbered(1), 3}},
                         {command + seconds{1}, move::Select{1}},
                         {command + seconds{10}, move::Select{std::nullopt}}});
    setup.selector = 0;
    CHECK(listed(at(Duration{}, setup).cluster(), 0) == ByState{3, 0, 0});
    const Stopped early = at(seconds{1}, setup);
    CHECK(listed(early.cluster(), 0) == ByState{});
    CHECK(listed(early.cluster(), 1) == ByState{0, 0, 3});
    CHECK(listed(at(seconds{3}, setup).cluster(), 1) == ByState{3, 0, 0});
    const Stopped both = at(seconds{11}, setup);
    CHECK(listed(both.cluster(), 0) == ByState{3, 0, 0});
    CHECK(listed(both.cluster(), 1) == ByState{3, 0, 0});
}

TEST_CASE("requests follow the selector") {
    Setup setup = quiet({{command, move::Create{1, numbered(1), 3}},
                         {command + seconds{5}, move::Select{1}},
                         {command + seconds{10}, move::Select{std::nullopt}}});
    setup.selector = 0;
    setup.visitors.rate = 100;
    for (PodTemplate& made : setup.revisions)
        made.service_time = Distribution::fixed(std::chrono::milliseconds{1});
    setup.observe = seconds{15};
    const auto visits = [&](Duration until) {
        const Stopped stopped = at(until, setup);
        std::array<std::uint64_t, 2> by_version{};
        for (const Pod& pod : stopped.cluster().pods()) by_version[pod.version] += pod.visits;
        return by_version;
    };
    CHECK(visits(seconds{5})[1] == 0);
    const auto ten = visits(seconds{10});
    CHECK(ten[0] == visits(seconds{5})[0]);
    CHECK(ten[1] > 400);
    CHECK(visits(seconds{15})[0] > ten[0] + 100);
}

TEST_CASE("a Service that publishes pods that are not ready lists them until they are gone") {
    Setup setup = quiet({{command, move::Apply{numbered(1)}}});
    setup.network.lists_unready = true;
    const Stopped early = at(seconds{1}, setup, Strategy{Rolling{{1, false}, {1, false}}});
    CHECK(listed(early.cluster(), 0) == ByState{3, 0, 0});  // one of them terminates
    CHECK(listed(early.cluster(), 1) == ByState{2, 0, 0});
    CHECK(early.counts(0).ready == 2);
    const auto lost = [](std::string_view publishes) {
        const auto x = run("rolling", {{"boot", "5s"},
                                       {"propagation", "100ms"},
                                       {"publish-not-ready", publishes},
                                       {"runs", "1"}});
        return x.measures()["requests.failed"].value();
    };
    CHECK(lost("true") > 10 * lost("false"));
}

TEST_CASE("a paused Deployment rolls nothing out until it is resumed") {
    const auto paused = run("rolling", {{"paused", "true"}, {"runs", "1"}});
    CHECK(paused.outcomes.front() == RolloutOutcome::stalled);
    CHECK(paused.measures()["exposure.requests_new"].value() == 0);
    const auto resumed =
        run("rolling", {{"paused", "true"}, {"actions", "30s resume"}, {"runs", "1"}});
    CHECK(resumed.outcomes.front() == RolloutOutcome::complete);
}

TEST_CASE("a third version that overtakes a blue/green leaves blue whole and users on it") {
    // Found by walking all states: the version that was on its way was taken for blue.
    Setup setup = quiet({{command + seconds{1}, move::Apply{numbered(2)}}}, 3);
    setup.rolls_out = true;
    const Strategy blue_green = BlueGreen{};
    const Stopped early = at(std::chrono::milliseconds{2500}, setup, blue_green);
    CHECK(early.cluster().size_of(0) == 3);
    CHECK(early.cluster().size_of(1) == 0);
    CHECK(early.cluster().size_of(2) == 3);
    CHECK(selector(early) == std::optional<std::size_t>(0));
    CHECK(selector(at(seconds{4}, setup, blue_green)) == std::optional<std::size_t>(2));
}

TEST_CASE("a StatefulSet's canary that is scaled up in mid-step ends") {
    // Found by chance and shrunk: the only pod was new, and a step waited for it to be old again.
    Setup setup = quiet({{command, move::Apply{numbered(1)}},
                         {command + seconds{5}, move::Scale{1}},
                         {command + seconds{6}, move::Scale{3}}});
    setup.kind = WorkloadKind::statefulset;
    setup.replicas = 0;
    Canary canary;
    canary.split = Split::router;
    const Stopped end = at(std::chrono::hours{1}, setup, Strategy{canary});
    CHECK(end.counts(0).updated == 3);
}

TEST_CASE("a canary with nothing old beside it takes the new version at once") {
    // Found by chance and shrunk: the empty old set is forgotten, and no step could be reached.
    Setup setup = quiet({{command, move::Apply{numbered(1)}}, {command, move::Scale{2}}});
    setup.replicas = 0;
    setup.history = 0;
    const Stopped end = at(seconds{30}, setup, Strategy{Canary{}});
    CHECK(end.counts(0).available == 2);
}
