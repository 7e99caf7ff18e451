#include "sim/pods/probe.hpp"
#include "sim/simulate.hpp"
#include "tests/world.hpp"

#include <doctest/doctest.h>
#include <set>

// Readiness that a pod's own work takes away and gives back, and what a balancer makes of a pod
// that fails fast.

using namespace stratsim;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const Controller nothing_changes(as_observed);
const Witness nobody = [](Time, const Fact&) {};

/// Two pods of one worker each that answer `rate` requests a second of half a second, behind
/// probes at every 10 s.
Setup probed_pods(double rate) {
    PodTemplate made_of;
    made_of.service_time = Distribution::fixed(milliseconds{500});
    made_of.concurrency = 1;
    made_of.ready_when = ReadyWhen::probed;
    made_of.readiness = Probe{};
    made_of.probe_time = Distribution::fixed(milliseconds{1});
    Setup s;
    s.replicas = 2;
    s.revisions = {made_of};
    s.rolls_out = false;
    s.network.falls_back = false;
    s.visitors.rate = rate;
    s.visitors.timeout = std::chrono::hours{1};
    s.warm_up = Duration{};
    s.observe = std::chrono::minutes{5};
    return s;
}

struct Watched {
    std::vector<double> unready;
    int ready = 0;
    std::uint64_t lost = 0;
    std::uint64_t total = 0;
};

Watched watch(const Setup& setup) {
    Watched seen;
    const Witness witness = [&](Time at, const Fact& fact) {
        if (std::holds_alternative<fact::PodUnready>(fact)) seen.unready.push_back(to_seconds(at));
        if (std::holds_alternative<fact::PodReady>(fact) && at > command) ++seen.ready;
    };
    const auto world = simulate(setup, nothing_changes, witness);
    const Ledger& ledger = world->traffic().ledger();
    seen.lost = ledger.failures();
    seen.total = ledger.total;
    CHECK(ledger.succeeded + ledger.failures() == ledger.total);
    return seen;
}

Duration no_time(std::uint64_t) {
    return {};
}

}  // namespace

TEST_CASE(
    "a pod whose queue is longer than the probe's time-out stops being ready, and comes back") {
    const Watched seen = watch(probed_pods(8));
    REQUIRE(!seen.unready.empty());
    // Three probes fail, ten seconds apart, the last one a second before.
    CHECK(seen.unready.front() > 20);
    CHECK(seen.unready.front() < 60);
    CHECK(seen.ready > 0);  // nobody sends to it any more, so its queue runs dry
    CHECK(seen.lost > 0);   // with both away there is no endpoint
}

TEST_CASE("half loaded pods stay ready, and so do overloaded ones whose probes are patient") {
    CHECK(watch(probed_pods(1.5)).unready.empty());
    Setup patient = probed_pods(8);
    patient.revisions[0].readiness->timeout = std::chrono::hours{1};
    CHECK(watch(patient).unready.empty());
}

TEST_CASE("a slower answer than the time-out is a failed probe") {
    Setup slow = probed_pods(0.01);
    slow.revisions[0].probe_time = Distribution::fixed(milliseconds{1500});
    CHECK(watch(slow).unready.size() >= 2);
    slow.revisions[0].probe_time = Distribution::fixed(milliseconds{900});
    CHECK(watch(slow).unready.empty());
    // Said nothing of, a probe takes as long as a request.
    slow.revisions[0].probe_time.reset();
    slow.revisions[0].service_time = Distribution::fixed(seconds{2});
    CHECK(watch(slow).unready.size() >= 2);
}

TEST_CASE("a starting pod is ready at the first probe that is answered in time") {
    PodTemplate made_of;
    made_of.ready_when = ReadyWhen::probed;
    made_of.readiness = Probe{.period = seconds{5}, .success_threshold = 2};
    const auto boot = [](std::uint64_t) { return Duration{seconds{7}}; };
    CHECK(start_up(made_of, boot, no_time).ready == seconds{15});
    const auto third = [](std::uint64_t probe) { return Duration{seconds{probe < 2 ? 2 : 0}}; };
    CHECK(start_up(made_of, boot, third).ready == seconds{25});
    const auto slow = [](std::uint64_t) { return Duration{seconds{2}}; };
    CHECK_FALSE(start_up(made_of, boot, slow).ready);
    made_of.readiness->timeout = seconds{2};
    CHECK(start_up(made_of, boot, slow).ready == seconds{15});
}

TEST_CASE("a startup probe that nobody answers in time restarts the container") {
    PodTemplate made_of;
    made_of.ready_when = ReadyWhen::started;
    made_of.startup = Probe{.period = seconds{1}, .failure_threshold = 5};
    const auto boot = [](std::uint64_t) { return Duration{seconds{2}}; };
    const auto slow_at_first = [](std::uint64_t probe) {
        return Duration{seconds{probe < 4 ? 2 : 0}};
    };
    CHECK(start_up(made_of, boot, no_time).ready == seconds{2});
    // Probes at 2, 3 and 4 s fail, and with the fifth failure it is over: again after 4 + 10 s.
    const StartUp again = start_up(made_of, boot, slow_at_first);
    REQUIRE(again.ready);
    CHECK(*again.ready > seconds{14});
}

TEST_CASE("a fast-failing pod attracts its speed's share under least connections") {
    // At saturation every pod works all the time: requests go by speed,
    // (1/s_f) / ((1/s_f) + (n-1)/s_ok).
    PodTemplate good;
    good.service_time = Distribution::exponential(milliseconds{40});
    good.concurrency = 1;
    PodTemplate bad = good;
    bad.errors = everything;
    bad.error_time = Distribution::fixed(milliseconds{5});
    Setup s;
    s.replicas = 4;
    s.revisions = {good, bad};
    s.network.balancer = BalancerKind::least_connections;
    s.network.falls_back = false;
    s.visitors.closed = true;
    s.visitors.users = 60;
    s.visitors.timeout = std::chrono::hours{1};
    s.observe = std::chrono::minutes{3};
    const auto one_bad = [](const Observed& seen) {
        Desired desired = as_observed(seen);
        desired.old_sizes.assign(desired.old_sizes.size(), 3);
        desired.new_size = 1;
        return desired;
    };
    const auto world = simulate(s, one_bad, nobody);
    const Ledger& ledger = world->traffic().ledger();
    const double share = static_cast<double>(ledger.answered[1]) /
                         static_cast<double>(ledger.answered[0] + ledger.answered[1]);
    const double law = (1 / 0.005) / (1 / 0.005 + 3 / 0.040);
    CHECK(share == doctest::Approx(law).epsilon(0.03));
    // Errors that take their time attract nobody.
    s.revisions[1].error_time.reset();
    const auto fair = simulate(s, one_bad, nobody);
    const Ledger& even = fair->traffic().ledger();
    CHECK(static_cast<double>(even.answered[1]) ==
          doctest::Approx(static_cast<double>(even.answered[0]) / 3).epsilon(0.05));
}

TEST_CASE("a cookie holds whichever balancer gets the request") {
    PodTemplate made_of;
    made_of.service_time = Distribution::fixed(milliseconds{5});
    Setup s;
    s.replicas = 6;
    s.revisions = {made_of};
    s.rolls_out = false;
    s.network.balancer = BalancerKind::sticky;
    s.network.instances = 3;
    s.visitors.users = 20;
    s.visits = 2000;
    s.keep_records = true;
    const auto pods_of_users = [&] {
        const auto world = simulate(s, nothing_changes, nobody);
        std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
        for (const RequestRecord& r : world->traffic().records()) pairs.insert({r.user, r.pod});
        return pairs.size();
    };
    CHECK(pods_of_users() == 20);
    // What each balancer remembers for itself does not: the user goes through all of them.
    s.network.affinity = std::chrono::hours{3};
    CHECK(pods_of_users() > 40);
}

TEST_CASE("requests come until all has settled and no longer, whether pods are probed or not") {
    for (const bool probed : {false, true}) {
        const Scenario s = probed ? scenario("rolling", {{"pods", "3"}, {"readiness", "period=5s"}})
                                  : scenario("rolling", {{"pods", "3"}});
        const auto world = simulate(setup_of(s, 0), Rolling{}, nobody);
        const double expected = 100 * to_seconds(world->settled() - command);
        CHECK(static_cast<double>(world->traffic().ledger().total) ==
              doctest::Approx(expected).epsilon(0.1));
        CHECK(world->settled() < command + std::chrono::minutes{5});
    }
}
