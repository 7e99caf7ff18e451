#include "sim/requests/batch.hpp"

#include "sim/simulate.hpp"
#include "tests/same_world.hpp"
#include "tests/world.hpp"

#include <doctest/doctest.h>

// Requests that are served pod after pod have the same fates as in order of arrival.

using namespace stratsim;

namespace {

Batch::Entry entry(std::int64_t at, std::uint32_t pod) {
    return {.at = Time{Duration{at}}, .pod = PodId{pod}};
}

/// Half of 300 pods are of a version that errs and takes longer, for a while.
Setup two_versions() {
    const Scenario s = scenario("canary", {{"pods", "300"},
                                           {"steps", "50%"},
                                           {"hold", "4s"},
                                           {"boot", "1s"},
                                           {"rate", "3000/s"},
                                           {"users", "50"},
                                           {"service-time", "exp(80ms)"},
                                           {"concurrency", "1"},
                                           {"queue", "3"},
                                           {"propagation", "0s"},
                                           {"pre-stop", "2s"},
                                           {"error-limit", "100%"},
                                           {"new", "errors=5%,service-time=exp(100ms)"}});
    return setup_of(s, 0);
}

std::unique_ptr<World> run_once(const Setup& setup) {
    const Scenario s =
        scenario("canary", {{"steps", "50%"}, {"hold", "4s"}, {"error-limit", "100%"}});
    const auto strategy = strategy_of(s);
    return simulate(setup, controller_of(*strategy), [](Time, const Fact&) {});
}

}  // namespace

TEST_CASE("a batch tells each pod's requests in order of arrival, and all of them") {
    Batch batch;
    const std::vector<std::uint32_t> sent_to{2, 0, 2, 1, 0, 2};
    for (std::size_t i = 0; i < sent_to.size(); ++i)
        batch.add(entry(static_cast<std::int64_t>(i), sent_to[i]));
    batch.add({.at = Time{Duration{9}}});  // with no pod
    std::vector<std::pair<std::uint32_t, std::int64_t>> served;
    std::vector<std::size_t> places;
    const auto fetches = [](PodId) {};
    batch.by_pod(
        3,
        [&](Batch::Entry& e) {
            served.emplace_back(static_cast<std::uint32_t>(e.pod), e.at.time_since_epoch().count());
            places.push_back(batch.place_of(e));
        },
        fetches, fetches);
    CHECK(served == decltype(served){{0, 1}, {0, 4}, {1, 3}, {2, 0}, {2, 2}, {2, 5}});
    CHECK(places == std::vector<std::size_t>{1, 4, 3, 0, 2, 5});
}

TEST_CASE("served pod after pod or one after the other: the same requests, users and visits") {
    Setup setup = two_versions();
    setup.engine = Engine::pods;
    const auto batched = run_once(setup);
    setup.engine = Engine::request;
    const auto one_by_one = run_once(setup);
    const Ledger& a = batched->traffic().ledger();
    REQUIRE(a.failed[static_cast<std::size_t>(Outcome::refused)] == 0);
    REQUIRE(a.failed[static_cast<std::size_t>(Outcome::overload)] > 100);
    REQUIRE(a.answered[1] > 1000);
    check_same(*batched, *one_by_one);
}
