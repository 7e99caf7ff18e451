#include "scenarios/experiments/experiment.hpp"

#include "scenarios/experiments/names.hpp"
#include "scenarios/experiments/replay.hpp"
#include "scenarios/experiments/workers.hpp"
#include "sim/metrics/cost.hpp"
#include "sim/metrics/divergence.hpp"
#include "sim/metrics/exposure.hpp"
#include "sim/metrics/pods.hpp"
#include "sim/metrics/requests.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace stratsim {

namespace {

struct Replication {
    Measures measures;
    RolloutOutcome outcome;
};

/// Since when each pod's program listens; the pods themselves do not keep it.
struct Listening {
    std::vector<std::optional<Time>> since;

    void see(Time at, const Fact& fact) {
        const auto* begins = std::get_if<fact::PodListens>(&fact);
        if (begins == nullptr) return;
        if (index_of(begins->pod) >= since.size()) since.resize(index_of(begins->pod) + 1);
        since[index_of(begins->pod)] = at;
    }
    std::optional<Time> of(PodId id, const Pod& pod) const {
        if (pod.created < command) return pod.created;
        return index_of(id) < since.size() ? since[index_of(id)] : std::nullopt;
    }
};

void keep(RunDetail& detail, const World& world, const Downtime& downtime,
          const Listening& listening) {
    detail.outages = downtime.outages();
    detail.bins = world.traffic().ledger().bins;
    detail.settled = world.settled();
    const Listing& listing = world.cluster().service().listing();
    const auto accepted_by = [&](PodId id) {
        return listing.expected_seconds(id, world.settled()) -
               listing.refused_seconds(id, world.settled());
    };
    double all_expected = 0;
    double all_visits = 0;
    for (std::size_t i = 0; i < world.cluster().pods().size(); ++i) {
        all_expected += accepted_by(static_cast<PodId>(i));
        all_visits += static_cast<double>(world.cluster().pods()[i].visits);
    }
    const double visits_a_second = all_expected > 0 ? all_visits / all_expected : 0;
    detail.pods.reserve(world.cluster().pods().size());
    for (const Pod& pod : world.cluster().pods()) {
        const auto id = static_cast<PodId>(detail.pods.size());
        detail.pods.push_back(
            {.revision = pod.revision,
             .index = pod.index,
             .set = pod.set,
             .ordinal = pod.ordinal,
             .is_new = pod.is_new,
             .created = pod.created,
             .listens = listening.of(id, pod),
             .ready = pod.ready_at,
             .listed = pod.listed_at,
             .deleted = pod.deleted_at,
             .deaf = pod.deaf_since == never ? std::nullopt : std::optional(pod.deaf_since),
             .gone = pod.phase == Phase::gone ? std::optional(pod.dies_at) : std::nullopt,
             .visits = pod.visits,
             .expected_visits = accepted_by(id) * visits_a_second});
    }
}

Replication replicate(const Scenario& scenario, std::uint64_t replication, RunDetail* detail,
                      bool latencies = true) {
    const auto strategy = strategy_of(scenario);
    Downtime downtime;
    PodCounts pods;
    Exposure exposure;
    Listening listening;
    const Witness tell = [&](Time at, const Fact& fact) {
        downtime.see(at, fact);
        pods.see(at, fact);
        exposure.see(at, fact);
        if (detail == nullptr) return;
        detail->timeline.see(at, fact);
        listening.see(at, fact);
    };
    const auto world = replay(scenario, replication, tell, {.latencies = latencies});
    downtime.end(world->settled());
    pods.end(world->settled());
    exposure.end(world->settled());
    if (detail != nullptr) keep(*detail, *world, downtime, listening);

    Replication result{.measures = {}, .outcome = world->outcome()};
    Measures& m = result.measures;
    const bool done = strategy && world->outcome() != RolloutOutcome::stalled;
    m.add("rollout.duration_s",
          done ? std::optional<double>(to_seconds(world->ended())) : std::nullopt);
    m.add("rollout.settled_s", to_seconds(world->settled()));
    Requests::rows(m, *world);
    downtime.rows(m);
    Requests::latency_rows(m, *world);
    pods.rows(m, *world);
    Cost{scenario.cost_per_pod_second()}.rows(m, *world);
    Divergence::rows(m, *world);
    exposure.exposure_rows(m, *world);
    exposure.compatibility_rows(m, *world);
    exposure.rollback_rows(m, *world);
    m.add("state.surviving_share", world->cluster().visits().surviving_share());
    return result;
}

std::uint64_t most_runs(const Scenario& scenario) {
    return scenario.until && !scenario.given("runs") ? most_runs_until : scenario.runs;
}

/// One run that only counts tells how many requests there are, and what counting leaves open.
Demand demand_of(Scenario scenario) {
    scenario.engine = EngineKind::aggregate;
    const Measures counted = replicate(scenario, 0, nullptr).measures;
    const auto asks = [&](const Expectation& e) { return !is_outcome(e.path) && !counted[e.path]; };
    constexpr std::uint64_t usual_runs = 1000;  // with `until` nobody knows
    const std::uint64_t runs =
        scenario.until ? std::min(most_runs(scenario), usual_runs) : scenario.runs;
    return {.requests = counted["requests.total"].value_or(0) * static_cast<double>(runs),
            .asks_for_users = std::ranges::any_of(scenario.expectations, asks)};
}

}  // namespace

std::optional<Time> PodLife::early_until() const {
    if (!listed) return std::nullopt;
    const Time end = deleted.value_or(never);
    return std::max(*listed, std::min(end, listens.value_or(end)));
}

std::optional<Spread> Experiment::spread(std::string_view path) const {
    const auto column = column_of(path);
    if (!column) return std::nullopt;
    std::vector<std::optional<double>> values;
    values.reserve(runs.size());
    for (const Measures& run : runs) values.push_back(run.list()[*column].value);
    return spread_of(values);
}

double Experiment::mean(std::string_view path) const {
    const auto known = spread(path);
    return known ? known->mean : 0;
}

std::optional<std::size_t> worst_run(const Experiment& e, std::string_view path) {
    const auto column = column_of(path);
    if (!column) return std::nullopt;
    const bool more_is_better = known_measures[*column].better == Better::more;
    std::optional<std::size_t> worst;
    for (std::size_t i = 0; i < e.runs.size(); ++i) {
        const auto value = e.runs[i][path];
        if (!value) continue;
        const auto most = worst ? e.runs[*worst][path] : std::nullopt;
        const bool worse = !most || (more_is_better ? *value < *most : *value > *most);
        if (worse) worst = i;
    }
    return worst;
}

std::size_t Experiment::runs_with_zero(std::string_view path) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(runs, [&](const Measures& run) { return run[path] == 0.0; }));
}

std::size_t Experiment::runs_with(RolloutOutcome wanted) const {
    return static_cast<std::size_t>(std::ranges::count(outcomes, wanted));
}

bool Experiment::mostly(RolloutOutcome wanted) const {
    return 2 * runs_with(wanted) > outcomes.size();
}

namespace {

/// Replications on several threads. Each run has its own slot, so the order of work is nobody's
/// business.
class Replications {
  public:
    Replications(const Scenario& scenario, const Execution& execution, Experiment& experiment)
        : scenario_(scenario), execution_(execution), experiment_(experiment) {}

    /// Goes on until the experiment has `count`, of `planned` in all; fewer if it is stopped.
    void extend_to(std::size_t count, std::size_t planned) {
        const std::size_t begun = experiment_.runs.size();
        std::vector<std::optional<Replication>> runs(count - begun);
        share_out(begun, count, execution_.threads, [&](std::size_t i) {
            if (execution_.is_stopped()) return false;
            auto& run = runs[i - begun];
            run = replicate(scenario_, i, i == 0 ? &experiment_.detail : nullptr,
                            execution_.latencies);
            tell(*run, planned);
            return true;
        });
        for (auto& run : runs) {
            // What comes behind one that was not made is left out: the quick ones would be too
            // many.
            if (!run) break;
            experiment_.runs.push_back(std::move(run->measures));
            if (scenario_.strategy != "none") experiment_.outcomes.push_back(run->outcome);
        }
    }

  private:
    /// Whoever watches hears of one run after the other.
    void tell(const Replication& run, std::size_t planned) {
        if (!execution_.watch) return;
        const std::scoped_lock lock(telling_);
        const auto& until = scenario_.until;
        const std::string_view path = until && !is_outcome(until->number.path)
                                          ? std::string_view(until->number.path)
                                          : "requests.failed";
        if (const auto value = run.measures[path]) watched_.add(*value);
        const Spread so_far = watched_.spread();
        const Interval interval = mean_interval(so_far);
        std::optional<double> half_width;
        if (interval.low && so_far.mean != 0)
            half_width = (*interval.high - *interval.low) / 2 / std::abs(so_far.mean);
        execution_.watch({.done = ++told_, .planned = planned, .half_width = half_width});
    }

    const Scenario& scenario_;
    const Execution& execution_;
    Experiment& experiment_;
    std::mutex telling_;
    std::size_t told_ = 0;
    RunningMean watched_;
};

}  // namespace

void fix_runs(Scenario& scenario, std::uint64_t runs) {
    scenario.runs = runs;
    scenario.until.reset();
}

namespace {

/// How many runs there are before somebody looks whether they are enough.
struct Looks {
    std::size_t first;
    std::size_t (*next)(std::size_t count);
    std::size_t planned;  ///< 0: nobody knows
};

/// Goes on until the runs are enough, all are made, or it is stopped.
Experiment run_in_steps(const Scenario& asked, const Execution& execution, const Looks& looks,
                        const std::function<bool(Experiment&)>& is_enough) {
    Experiment experiment;
    experiment.scenario = asked;
    if (execution.is_stopped()) throw Interrupted("no run was finished");
    experiment.detail.timeline.milestones_only = execution.milestones_only;
    experiment.engine = engine_for(asked, [&] { return demand_of(asked); });
    Scenario scenario = asked;
    scenario.engine = kind_of(experiment.engine.engine);
    const auto most = static_cast<std::size_t>(most_runs(scenario));
    Replications replications(scenario, execution, experiment);
    for (std::size_t count = looks.first;; count = looks.next(count)) {
        count = std::min(count, most);
        replications.extend_to(count, looks.planned);
        if (experiment.runs.empty()) throw Interrupted("no run was finished");
        experiment.interrupted = experiment.runs.size() < count;
        if (is_enough(experiment) || count == most || experiment.interrupted) return experiment;
    }
}

}  // namespace

Experiment run_until_decided(const Scenario& asked, const Execution& execution,
                             const std::function<bool(const Experiment&)>& is_decided) {
    constexpr std::size_t at_once = 4;
    const Looks looks{.first = at_once,
                      .next = [](std::size_t count) { return count + at_once; },
                      .planned = static_cast<std::size_t>(asked.runs)};
    return run_in_steps(asked, execution, looks, is_decided);
}

Experiment run_experiment(const Scenario& asked, const Execution& execution) {
    const auto most = static_cast<std::size_t>(most_runs(asked));
    const Looks looks{.first = asked.until ? first_look : most,
                      .next = next_look,
                      .planned = asked.until ? 0 : most};
    Experiment experiment = run_in_steps(asked, execution, looks, [&](Experiment& so_far) {
        if (!asked.until) return true;
        so_far.precision = precision_of(*asked.until, so_far);
        return so_far.precision->reached;
    });
    if (asked.strategy != "none") experiment.outcome = experiment.outcomes.front();
    experiment.judgments = judge(experiment);
    return experiment;
}

}  // namespace stratsim
