#include "scenarios/experiment.hpp"

#include "scenarios/names.hpp"
#include "sim/metrics/cost.hpp"
#include "sim/metrics/divergence.hpp"
#include "sim/metrics/exposure.hpp"
#include "sim/metrics/pods.hpp"
#include "sim/metrics/requests.hpp"
#include "sim/simulate.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace stratsim {

std::string_view name_of(RolloutOutcome outcome) {
    switch (outcome) {
        case RolloutOutcome::complete:
            return "complete";
        case RolloutOutcome::stalled:
            return "stalled";
        case RolloutOutcome::rolled_back:
            return "rolled-back";
    }
    return "";
}

namespace {

struct Replication {
    Measures measures;
    RolloutOutcome outcome;
};

void keep(RunDetail& detail, const Scenario& scenario, const World& world,
          const Downtime& downtime) {
    detail.outages = downtime.outages();
    detail.bins = world.traffic.ledger().bins;
    detail.settled = world.settled;
    const Listing& listing = world.cluster.listing();
    const auto accepted_by = [&](PodId id) {
        return listing.expected_seconds(id, world.settled) -
               listing.refused_seconds(id, world.settled);
    };
    double all_expected = 0;
    double all_visits = 0;
    for (std::size_t i = 0; i < world.cluster.pods().size(); ++i) {
        all_expected += accepted_by(static_cast<PodId>(i));
        all_visits += static_cast<double>(world.cluster.pods()[i].visits);
    }
    const double visits_a_second = all_expected > 0 ? all_visits / all_expected : 0;
    for (const Pod& pod : world.cluster.pods()) {
        const auto id = static_cast<PodId>(detail.pods.size());
        detail.pods.push_back(
            {.name = pod_name(scenario, pod),
             .revision = pod.revision,
             .is_new = pod.is_new,
             .created = pod.created,
             .ready = pod.ready_at,
             .deleted = pod.deleted_at,
             .deaf = pod.deaf_since == never ? std::nullopt : std::optional(pod.deaf_since),
             .gone = pod.phase == Phase::gone ? std::optional(pod.dies_at) : std::nullopt,
             .visits = pod.visits,
             .expected_visits = accepted_by(id) * visits_a_second});
    }
}

Replication replicate(const Scenario& scenario, std::uint64_t replication, RunDetail* detail) {
    const auto strategy = strategy_of(scenario);
    const Decide decider = control_of(scenario);
    Downtime downtime;
    PodCounts pods;
    Exposure exposure;
    const Witness tell = [&](Time at, const Fact& fact) {
        downtime.see(at, fact);
        pods.see(at, fact);
        exposure.see(at, fact);
        if (detail != nullptr) detail->timeline.see(at, fact);
    };
    const auto world = simulate(setup_of(scenario, replication), decider, tell);
    downtime.end(world->settled);
    pods.end(world->settled);
    exposure.end(world->settled);
    if (detail != nullptr) keep(*detail, scenario, *world, downtime);

    Replication result{.measures = {}, .outcome = world->outcome};
    Measures& m = result.measures;
    const bool done = strategy && world->outcome != RolloutOutcome::stalled;
    m.add("rollout.duration_s", Unit::seconds, Better::less,
          done ? std::optional<double>(to_seconds(world->ended)) : std::nullopt);
    m.add("rollout.settled_s", Unit::seconds, Better::neither, to_seconds(world->settled));
    Requests::rows(m, *world);
    downtime.rows(m);
    Requests::latency_rows(m, *world);
    pods.rows(m, *world);
    Cost{scenario.cost_per_pod_second()}.rows(m, *world);
    Divergence::rows(m, *world);
    exposure.exposure_rows(m, *world);
    exposure.compatibility_rows(m, *world);
    exposure.rollback_rows(m, *world);
    m.add("state.surviving_share", Unit::fraction, Better::more,
          world->cluster.visits().surviving_share());
    return result;
}

/// One run that only counts tells how many requests there are, and what counting leaves open.
Demand demand_of(Scenario scenario) {
    scenario.engine = EngineKind::aggregate;
    const Measures counted = replicate(scenario, 0, nullptr).measures;
    const auto asks = [&](const Expectation& e) { return !is_outcome(e.path) && !counted[e.path]; };
    return {.requests = counted["requests.total"].value_or(0) * static_cast<double>(scenario.runs),
            .asks_for_users = std::ranges::any_of(scenario.expectations, asks)};
}

}  // namespace

std::optional<Spread> Experiment::spread(std::string_view path) const {
    const auto& list = measures().list();
    const auto found = std::ranges::find(list, path, &Measure::path);
    if (found == list.end()) return std::nullopt;
    const auto column = static_cast<std::size_t>(found - list.begin());
    std::vector<std::optional<double>> values;
    values.reserve(runs.size());
    for (const Measures& run : runs) values.push_back(run.list()[column].value);
    return spread_of(values);
}

std::size_t Experiment::runs_with_zero(std::string_view path) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(runs, [&](const Measures& run) { return run[path] == 0.0; }));
}

std::size_t Experiment::runs_with(RolloutOutcome wanted) const {
    return static_cast<std::size_t>(std::ranges::count(outcomes, wanted));
}

const std::vector<Measure>& known_measures() {
    static const std::vector<Measure> list = [] {
        Scenario least;  // every run has all of them, so the shortest tells
        least.strategy = "none";
        least.pods = 1;
        least.visits = 1;
        return replicate(least, 0, nullptr).measures.list();
    }();
    return list;
}

Experiment run_experiment(const Scenario& asked, unsigned threads) {
    Experiment experiment;
    experiment.scenario = asked;
    experiment.engine = engine_for(asked, [&] { return demand_of(asked); });
    Scenario scenario = asked;
    if (experiment.engine.engine == Engine::aggregate) scenario.engine = EngineKind::aggregate;
    const auto runs = static_cast<std::size_t>(scenario.runs);
    std::vector<Replication> results(runs);

    // Workers take the next replication; each writes its own slot, so the order of work is nobody's
    // business, and the reduction goes through the slots in order.
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failing;
    const auto work = [&] {
        try {
            for (std::size_t i = next++; i < runs; i = next++) {
                results[i] = replicate(scenario, i, i == 0 ? &experiment.detail : nullptr);
            }
        } catch (...) {
            const std::scoped_lock lock(failing);
            if (!failure) failure = std::current_exception();
            next = runs;
        }
    };
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    threads = static_cast<unsigned>(std::min<std::size_t>(threads, runs));
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
        work();
    }
    if (failure) std::rethrow_exception(failure);

    experiment.runs.reserve(runs);
    for (Replication& result : results) {
        experiment.runs.push_back(std::move(result.measures));
        if (scenario.strategy != "none") experiment.outcomes.push_back(result.outcome);
    }
    if (scenario.strategy != "none") experiment.outcome = results.front().outcome;
    experiment.judgments = judge(experiment);
    return experiment;
}

}  // namespace stratsim
