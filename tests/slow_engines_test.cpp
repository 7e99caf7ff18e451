#include "sim/numbers/elementary.hpp"
#include "sim/numbers/statistics.hpp"
#include "sim/simulate.hpp"
#include "tests/world.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <map>
#include <vector>

// Two hundred thousand rollouts counted, and as many followed: enough to see a difference of a
// hundredth of a standard deviation. And models that are wrong on purpose, which must be seen.

using namespace stratsim;

namespace {

constexpr std::uint64_t many = 200'000;

/// Four pods are replaced within some seconds, and nothing but the requests is left to chance: so
/// each pod's count is a Poisson number, and no two depend on each other.
Setup small(std::uint64_t replication) {
    using std::chrono::milliseconds;
    PodTemplate made_of;
    made_of.boot = Distribution::fixed(milliseconds{700});
    made_of.service_time = Distribution::exponential(milliseconds{1});
    made_of.concurrency = 0;
    made_of.on_sigterm = OnSigterm::drain;
    Setup s;
    s.replicas = 4;
    s.revisions = {made_of, made_of};
    s.network.propagation = Distribution::fixed(milliseconds{300});
    s.network.falls_back = false;
    s.visitors.rate = 100;
    s.visitors.users = 5;
    s.warm_up = Duration::zero();
    s.replication = replication;
    return s;
}

/// Requests of a pod that leaves, of one that comes, of all.
struct Counts {
    std::vector<std::uint64_t> leaving;
    std::vector<std::uint64_t> coming;
    std::vector<std::uint64_t> all;
};

Counts counts_of(Engine engine, std::uint64_t seed, std::uint64_t runs,
                 BalancerKind balancer = BalancerKind::random) {
    Counts counts;
    const Scenario asked = scenario("rolling", {});
    const auto strategy = strategy_of(asked);
    const Witness nobody = [](Time, const Fact&) {};
    for (std::uint64_t run = 0; run < runs; ++run) {
        Setup setup = small(run);
        setup.engine = engine;
        setup.seed = seed;
        setup.network.balancer = balancer;
        const auto world = simulate(setup, controller_of(*strategy), nobody);
        const auto& pods = world->cluster().pods();
        counts.leaving.push_back(pods[3].tally.sent);
        counts.coming.push_back(pods[4].tally.sent);
        counts.all.push_back(world->traffic().ledger().total);
    }
    return counts;
}

/// p of two samples having one distribution: a class for each number, those with fewer than twenty
/// together with the next.
double same_distribution(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    std::map<std::uint64_t, std::pair<double, double>> by_number;
    for (const std::uint64_t n : a) ++by_number[n].first;
    for (const std::uint64_t n : b) ++by_number[n].second;
    const double part = static_cast<double>(a.size()) / static_cast<double>(a.size() + b.size());
    double chi = 0;
    int classes = 0;
    double in_a = 0;
    double sum = 0;
    double left = static_cast<double>(a.size() + b.size());
    for (const auto& [number, both] : by_number) {
        in_a += both.first;
        sum += both.first + both.second;
        left -= both.first + both.second;
        if (sum < 20 || (left < 20 && left > 0)) continue;
        chi += (in_a - sum * part) * (in_a - sum * part) / (sum * part * (1 - part));
        ++classes;
        in_a = sum = 0;
    }
    return classes < 2 ? 1.0 : chi_square_tail(chi, classes - 1);
}

double mean_of(const std::vector<std::uint64_t>& x) {
    double sum = 0;
    for (const std::uint64_t n : x) sum += static_cast<double>(n);
    return sum / static_cast<double>(x.size());
}

double covariance_of(const std::vector<std::uint64_t>& x, const std::vector<std::uint64_t>& y) {
    const double mean_x = mean_of(x);
    const double mean_y = mean_of(y);
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += (static_cast<double>(x[i]) - mean_x) * (static_cast<double>(y[i]) - mean_y);
    return sum / static_cast<double>(x.size() - 1);
}

double dispersion_of(const std::vector<std::uint64_t>& x) {
    return covariance_of(x, x) / mean_of(x);
}

/// Mean time in the system of M/M/c, in seconds. Source: Erlang's C formula.
double erlang_c_time(int servers, double arrivals, double mean_service) {
    const double offered = arrivals * mean_service;
    double blocking = 1;  // Erlang B, by its recursion
    for (int k = 1; k <= servers; ++k) blocking = offered * blocking / (k + offered * blocking);
    const double load = offered / servers;
    const double waits = blocking / (1 - load * (1 - blocking));
    return mean_service + waits * mean_service / (servers * (1 - load));
}

struct Measured {
    double mean;   ///< seconds
    double error;  ///< standard error over runs
};

/// Mean time of requests in pods with queues.
Measured time_in_pods(Engine engine, BalancerKind balancer) {
    constexpr int runs = 40;
    RunningMean means;
    for (std::uint64_t run = 0; run < runs; ++run) {
        PodTemplate made_of;
        made_of.service_time = Distribution::exponential(std::chrono::milliseconds{50});
        made_of.concurrency = 4;
        Setup s;
        s.replicas = 10;
        s.revisions = {made_of};
        s.rolls_out = false;
        s.network.balancer = balancer;
        s.network.falls_back = false;
        s.visitors.rate = 640;  // 80 % of what the pods can do
        s.visitors.timeout = std::chrono::hours{1};
        s.visits = 20'000;
        s.warm_up = std::chrono::seconds{20};
        s.keep_records = true;
        s.engine = engine;
        s.seed = 11;
        s.replication = run;
        const auto world = simulate(
            s, [](const Observed& seen) { return as_observed(seen); }, [](Time, const Fact&) {});
        double time = 0;
        const auto& records = world->traffic().records();
        for (const auto& record : records) time += to_seconds(record.end - record.arrival);
        means.add(time / static_cast<double>(records.size()));
    }
    return {means.mean(), means.sd() / std::sqrt(static_cast<double>(runs))};
}

constexpr double most_by_chance = 1e-5;

}  // namespace

TEST_CASE("two hundred thousand rollouts, counted and followed, have one distribution") {
    const Counts counted = counts_of(Engine::aggregate, 1, many);
    const Counts followed = counts_of(Engine::request, 2, many);
    struct Pair {
        const std::vector<std::uint64_t>& a;
        const std::vector<std::uint64_t>& b;
    };
    const double error = std::sqrt(2.0 / static_cast<double>(many));  // of a dispersion
    for (const Pair& pair :
         {Pair{counted.leaving, followed.leaving}, Pair{counted.coming, followed.coming},
          Pair{counted.all, followed.all}}) {
        INFO("means " << mean_of(pair.a) << " " << mean_of(pair.b));
        CHECK(same_distribution(pair.a, pair.b) > most_by_chance);
        CHECK(std::abs(dispersion_of(pair.a) - 1) < 4.5 * error);
        CHECK(std::abs(dispersion_of(pair.b) - 1) < 4.5 * error);
        // Two one-sided tests: the means differ by less than half a percent, beyond doubt.
        const double both =
            std::sqrt((covariance_of(pair.a, pair.a) + covariance_of(pair.b, pair.b)) /
                      static_cast<double>(many));
        CHECK(std::abs(mean_of(pair.a) - mean_of(pair.b)) + 2.326 * both < 0.005 * mean_of(pair.b));
    }
    for (const Counts* counts : {&counted, &followed}) {
        const double correlation = covariance_of(counts->leaving, counts->coming) /
                                   std::sqrt(covariance_of(counts->leaving, counts->leaving) *
                                             covariance_of(counts->coming, counts->coming));
        CHECK(std::abs(correlation) < 4.5 / std::sqrt(static_cast<double>(many)));
    }
}

TEST_CASE("taking turns is not a split by chance, and a tenth of the rollouts shows it") {
    const Counts counted = counts_of(Engine::aggregate, 1, many / 10);
    const Counts in_turn = counts_of(Engine::request, 2, many / 10, BalancerKind::round_robin);
    CHECK(same_distribution(counted.leaving, in_turn.leaving) < 1e-9);
    CHECK(dispersion_of(in_turn.leaving) < 0.8);
}

TEST_CASE("a split by chance makes M/M/c of each pod, taking turns does not") {
    const double theory = erlang_c_time(4, 64, 0.050);
    for (const Engine engine : {Engine::request, Engine::pods}) {
        const Measured time = time_in_pods(engine, BalancerKind::random);
        INFO("measured " << time.mean << ", theory " << theory);
        CHECK(std::abs(time.mean - theory) < 4 * time.error);
        CHECK(time.error < 0.02 * theory);
    }
    const Measured in_turn = time_in_pods(Engine::request, BalancerKind::round_robin);
    CHECK(theory - in_turn.mean > 8 * in_turn.error);
}
