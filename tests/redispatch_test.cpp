#include "sim/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <fmt/format.h>

// What a real balancer did with pods that refuse while they are still listed, and what the
// simulated ones do. Recorded with HAProxy 2.6.12 (Debian 12, one thread) on a loopback interface,
// "option redispatch", no health checks: of n servers the first d have no listener, the others
// answer after an exponential time of mean 20 ms; 6000 requests, Poisson, 200 a second, each on a
// connection of its own. A further try takes HAProxy 0.05 ms there if it has nothing else to do,
// and some 0.1 ms with these requests. Tries of different requests come between each other, and
// the more the busier the machine is: three recordings in turn and one by connections that had been
// made beside a compiler were made again on the idle machine.

namespace stratsim {

namespace {

struct Recorded {
    BalancerKind balancer;
    int pods;
    int deaf;
    int retries;
    int lost;  ///< of 6000
};

constexpr Recorded recordings[] = {
    {BalancerKind::round_robin, 4, 2, 3, 0},
    {BalancerKind::haproxy_least, 4, 2, 0, 4424},
    {BalancerKind::haproxy_least, 4, 2, 3, 3592},
    {BalancerKind::haproxy_random_of_two, 4, 2, 0, 3690},
    {BalancerKind::haproxy_random_of_two, 4, 2, 3, 643},
    {BalancerKind::haproxy_random, 4, 2, 0, 2708},
    {BalancerKind::haproxy_random, 4, 2, 3, 88},
    {BalancerKind::round_robin, 5, 3, 3, 3},
    {BalancerKind::haproxy_least, 5, 3, 0, 4655},
    {BalancerKind::haproxy_least, 5, 3, 3, 3741},
    {BalancerKind::haproxy_random_of_two, 5, 3, 0, 4339},
    {BalancerKind::haproxy_random_of_two, 5, 3, 3, 1856},
    {BalancerKind::haproxy_random, 5, 3, 0, 3509},
    {BalancerKind::haproxy_random, 5, 3, 3, 493},
    {BalancerKind::round_robin, 5, 4, 3, 2917},
    {BalancerKind::haproxy_least, 5, 4, 0, 5367},
    {BalancerKind::haproxy_least, 5, 4, 3, 5100},
    {BalancerKind::haproxy_random_of_two, 5, 4, 0, 5253},
    {BalancerKind::haproxy_random_of_two, 5, 4, 3, 4162},
    {BalancerKind::haproxy_random, 5, 4, 0, 4797},
    {BalancerKind::haproxy_random, 5, 4, 3, 1868},
    {BalancerKind::round_robin, 3, 2, 3, 97},
    {BalancerKind::haproxy_least, 3, 2, 0, 5178},
    {BalancerKind::haproxy_least, 3, 2, 3, 4761},
    {BalancerKind::haproxy_random_of_two, 3, 2, 0, 4746},
    {BalancerKind::haproxy_random_of_two, 3, 2, 3, 1927},
    {BalancerKind::haproxy_random, 3, 2, 0, 3796},
    {BalancerKind::haproxy_random, 3, 2, 3, 418},
    {BalancerKind::round_robin, 4, 1, 3, 0},
    {BalancerKind::haproxy_least, 4, 1, 0, 3429},
    {BalancerKind::haproxy_least, 4, 1, 3, 0},
    {BalancerKind::haproxy_random_of_two, 4, 1, 0, 2478},
    {BalancerKind::haproxy_random_of_two, 4, 1, 3, 0},
    {BalancerKind::haproxy_random, 4, 1, 0, 1656},
    {BalancerKind::haproxy_random, 4, 1, 3, 0},
};

/// `deaf` of the pods end at once, and the balancer never hears of it; nobody replaces them.
Setup with_deaf_pods(int pods, int deaf) {
    PodTemplate made_of;
    made_of.boot = Distribution::fixed(std::chrono::hours{10});
    made_of.service_time = Distribution::exponential(std::chrono::milliseconds{20})
                               .plus(std::chrono::microseconds{300});
    made_of.on_sigterm = OnSigterm::exit;
    made_of.concurrency = 0;
    Setup s;
    s.replicas = pods;
    s.rolls_out = false;
    s.revisions = {made_of};
    s.network.removal = Distribution::fixed(std::chrono::hours{10});
    s.network.falls_back = false;
    s.network.refusal_lag = std::chrono::microseconds{100};
    s.visitors.rate = 200;
    s.actions = {{command, move::Delete{{.count = deaf}}}};
    return s;
}

/// After so many requests, and their answers.
Ledger ledger_of(Setup s, std::uint64_t requests = 20'000) {
    s.visits = requests;
    const auto world = simulate(
        s, [](const Observed& o) { return as_observed(o); }, [](Time, const Fact&) {});
    return world->traffic().ledger();
}

double refused(const Ledger& ledger) {
    return static_cast<double>(ledger.failed[static_cast<std::size_t>(Outcome::refused)]);
}

double lost_part(const Setup& s) {
    const Ledger ledger = ledger_of(s);
    return refused(ledger) / static_cast<double>(ledger.total);
}

}  // namespace

TEST_CASE("refused requests find other pods as they do behind HAProxy") {
    constexpr std::uint64_t repetitions = 20;
    for (const Recorded& r : recordings) {
        Setup s = with_deaf_pods(r.pods, r.deaf);
        s.network.balancer = r.balancer;
        s.network.retries = r.retries;
        double sum = 0;
        double squares = 0;
        for (s.replication = 0; s.replication < repetitions; ++s.replication) {
            const Ledger ledger = ledger_of(s, 6000);
            const double lost = refused(ledger);
            sum += lost;
            squares += lost * lost;
        }
        const double mean = sum / repetitions;
        const double variance = (squares - sum * mean) / (repetitions - 1);
        // Four standard errors of one recording beside the mean; a count of 0 is one of Poisson's.
        const double allowed = 4 * std::sqrt(std::max(variance, 1.0) * (1 + 1.0 / repetitions));
        CAPTURE(fmt::format("balancer {}, {} of {} deaf, {} retries: {:.0f}, recorded {}",
                            static_cast<int>(r.balancer), r.deaf, r.pods, r.retries, mean, r.lost));
        CHECK(std::abs(mean - r.lost) <= allowed);
    }
}

TEST_CASE("a balancer that counts connections offers refused requests to other deaf pods first") {
    Setup s = with_deaf_pods(4, 2);
    s.network.balancer = BalancerKind::haproxy_least;
    s.network.retries = 3;
    const double bounced = lost_part(s);
    // One that remembers where a request was needs two further tries at most.
    s.network.redispatch = Redispatch::but_tried;
    CHECK(bounced > 0.3);
    CHECK(lost_part(s) == 0);
}

TEST_CASE("where the address decides, all tries but the last wait for the same pod") {
    Setup s = with_deaf_pods(4, 2);
    s.network.balancer = BalancerKind::source_hash;
    s.visitors.timeout = std::chrono::seconds{15};
    const double at_once = lost_part(s);
    CHECK(at_once == doctest::Approx(0.5).epsilon(0.1));
    s.network.retries = 3;  // the last one goes elsewhere, to a deaf pod one time in three
    s.keep_records = true;
    s.visits = 20'000;
    const auto world = simulate(
        s, [](const Observed& o) { return as_observed(o); }, [](Time, const Fact&) {});
    const Duration seconds_and_lag = std::chrono::seconds{2} + s.network.refusal_lag;
    for (const RequestRecord& r : world->traffic().records()) {
        if (r.outcome == Outcome::refused) CHECK(r.end - r.arrival == seconds_and_lag);
    }
    const Ledger& ledger = world->traffic().ledger();
    CHECK(refused(ledger) / static_cast<double>(ledger.total) ==
          doctest::Approx(at_once / 3).epsilon(0.2));
}

TEST_CASE("a client that has no patience for a second try gives up") {
    Setup s = with_deaf_pods(4, 2);
    s.network.balancer = BalancerKind::round_robin;
    s.network.redispatch = Redispatch::nowhere;
    s.network.retries = 3;
    s.visitors.timeout = std::chrono::milliseconds{900};
    const Ledger impatient = ledger_of(s);
    CHECK(impatient.failed[static_cast<std::size_t>(Outcome::refused)] == 0);
    CHECK(static_cast<double>(impatient.failed[static_cast<std::size_t>(Outcome::timeout)]) ==
          doctest::Approx(10000).epsilon(0.05));
    s.visitors.timeout = std::chrono::seconds{15};
    const Ledger patient = ledger_of(s);
    CHECK(patient.failed[static_cast<std::size_t>(Outcome::timeout)] == 0);
    CHECK(patient.total == patient.succeeded + patient.failures());
    CHECK(patient.failures() == impatient.failures());
}

TEST_CASE("an ejection waits for the answers that it rests on, and is ignored in panic") {
    // Every answer of one pod of four is an error after 1 s; ejected for good after three.
    Setup s = with_deaf_pods(4, 1);
    s.network.balancer = BalancerKind::round_robin;
    s.network.eject_after = 3;
    s.network.ejected_for = std::chrono::hours{1};
    const Ledger ejects = ledger_of(s);
    CHECK(refused(ejects) == 3);

    Setup most = with_deaf_pods(4, 3);
    most.network = s.network;
    most.network.removal = Distribution::fixed(std::chrono::hours{10});
    CHECK(refused(ledger_of(most)) == 9);
    most.network.panic_below = Share{500'000};
    // With three ejected a quarter is left, and all are used again; with two, half is.
    CHECK(refused(ledger_of(most)) > 5000);

    Setup slow = with_deaf_pods(4, 1);
    slow.actions.clear();
    slow.revisions[0].errors = everything;
    slow.revisions[0].error_time = Distribution::fixed(std::chrono::seconds{1});
    slow.network.eject_after = 3;
    slow.network.ejected_for = std::chrono::hours{1};
    slow.network.eject_at_most = Share{250'000};
    slow.keep_records = true;
    slow.warm_up = Duration{};
    const auto world = simulate(
        slow, [](const Observed& o) { return as_observed(o); }, [](Time, const Fact&) {},
        command + std::chrono::seconds{3});
    std::array<int, 4> early{};
    std::array<int, 4> late{};
    for (const RequestRecord& r : world->traffic().records()) {
        ++(r.arrival < command + std::chrono::seconds{1} ? early : late)[r.pod];
    }
    CHECK(*std::ranges::min_element(early) > 20);
    CHECK(std::ranges::count(late, 0) <= 1);
    CHECK(*std::ranges::min_element(late) < 10);
}

TEST_CASE("a young pod's part grows as its balancer makes it grow") {
    // One of two pods is heard of at 0, its window is 20 s. Until then it gets, of 4000 requests,
    // the mean of w / (1 + w), where its weight w is x, sqrt(x) or max(1/2, x) for x from 0 to 1:
    // 1 - ln 2, 2 ln 2 - 1 and 1/6 + 1/2 - ln(4/3).
    Setup s = with_deaf_pods(2, 1);
    s.revisions[0].boot = Distribution::fixed(std::chrono::milliseconds{1});
    s.network.removal.reset();
    s.network.balancer = BalancerKind::random;
    s.network.slow_start = std::chrono::seconds{20};
    const auto of_the_young = [](const Setup& setup) {
        const auto world = simulate(
            setup, [](const Observed& o) { return as_observed(o); }, [](Time, const Fact&) {},
            command + std::chrono::seconds{20});
        return static_cast<double>(world->cluster().pods().back().tally.sent);
    };
    s.network.slow_start_from = Share{10'000};
    CHECK(of_the_young(s) == doctest::Approx(4000 * (1 - std::log(2.0))).epsilon(0.08));
    s.network.slow_start_aggression = 2;
    CHECK(of_the_young(s) == doctest::Approx(4000 * (2 * std::log(2.0) - 1)).epsilon(0.08));
    s.network.slow_start_aggression = 1;
    s.network.slow_start_from = Share{500'000};
    CHECK(of_the_young(s) == doctest::Approx(4000 * (2.0 / 3 - std::log(4.0 / 3))).epsilon(0.08));
    s.network.slow_start = Duration{};
    CHECK(of_the_young(s) == doctest::Approx(2000).epsilon(0.08));
}

}  // namespace stratsim
