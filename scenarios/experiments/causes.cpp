#include "scenarios/experiments/causes.hpp"

#include "scenarios/experiments/workers.hpp"
#include "scenarios/settings/validate.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stratsim {

namespace {

using std::chrono::seconds;

constexpr std::uint64_t runs_for_sleeps = 20;
/// A remedy that saves less than this part is told as one without effect.
constexpr double least_effect = 0.05;

/// One cause's share of one run.
struct CauseOfRun {
    std::uint64_t lost = 0;
    std::uint64_t retried = 0;
    std::array<std::uint64_t, outcomes> by_outcome{};
    std::uint32_t example = 0;
    double listed_on_s = 0;  ///< over its pods
    std::uint64_t pods = 0;
    std::vector<Time> times;
};
using RunCauses = std::array<CauseOfRun, causes>;

RunCauses causes_of_run(const Scenario& scenario, std::uint64_t run) {
    const CaseFile file = open_case(scenario, run);
    RunCauses by_cause;
    std::array<std::set<std::size_t>, causes> pods;
    for (std::uint32_t number = 1; number <= file.records.size(); ++number) {
        if (file.records[number - 1].outcome == Outcome::success) continue;
        const CauseChain chain = chain_of(file, number);
        const auto at = static_cast<std::size_t>(chain.cause);
        CauseOfRun& part = by_cause[at];
        if (part.lost++ == 0) part.example = number;
        ++part.by_outcome[static_cast<std::size_t>(chain.outcome)];
        if (chain.tries > 1) ++part.retried;
        part.times.push_back(std::max(command, chain.at));
        if (!chain.pod || !chain.wrong_since || !chain.heard) continue;
        if (*chain.heard <= *chain.wrong_since || !pods[at].insert(*chain.pod).second) continue;
        part.listed_on_s += to_seconds(*chain.heard - *chain.wrong_since);
        ++part.pods;
    }
    return by_cause;
}

/// Every run's causes, in order of the runs whatever the threads.
std::vector<RunCauses> causes_of_all(const Scenario& scenario, const Execution& execution) {
    std::vector<RunCauses> all(static_cast<std::size_t>(scenario.runs));
    share_out(0, all.size(), execution.threads, [&](std::size_t i) {
        if (execution.is_stopped()) throw Interrupted("the causes were not found out");
        all[i] = causes_of_run(scenario, i);
        return true;
    });
    return all;
}

/// The interval, of a length that suits the rollout, in which most of them came.
void find_busiest(LostGroup& group, const std::vector<RunCauses>& all) {
    const auto at = static_cast<std::size_t>(group.cause);
    const Duration width =
        std::max<Duration>(std::chrono::ceil<seconds>((group.last - group.first) / 20), seconds{1});
    std::vector<std::uint64_t> bins(static_cast<std::size_t>((group.last - group.first) / width) +
                                    1);
    for (const RunCauses& run : all) {
        for (const Time time : run[at].times)
            ++bins[static_cast<std::size_t>((time - group.first) / width)];
    }
    const auto most = std::ranges::max_element(bins);
    group.busiest = group.first + (most - bins.begin()) * width + width / 2;
    group.busiest_share = static_cast<double>(*most) / static_cast<double>(group.lost);
}

std::vector<LostGroup> groups_of(const std::vector<RunCauses>& all) {
    std::vector<LostGroup> groups;
    for (std::size_t m = 0; m < causes; ++m) {
        LostGroup group{.cause = static_cast<Cause>(m), .first = never, .last = command};
        std::array<std::uint64_t, outcomes> by_outcome{};
        double listed_on = 0;
        std::uint64_t pods = 0;
        for (std::size_t run = 0; run < all.size(); ++run) {
            const CauseOfRun& part = all[run][m];
            if (part.lost == 0) continue;
            if (group.lost == 0) {
                group.example_run = run;
                group.example = part.example;
            }
            for (std::size_t o = 0; o < outcomes; ++o) by_outcome[o] += part.by_outcome[o];
            group.lost += part.lost;
            group.retried += part.retried;
            listed_on += part.listed_on_s;
            pods += part.pods;
            const auto [first, last] = std::ranges::minmax(part.times);
            group.first = std::min(group.first, first);
            group.last = std::max(group.last, last);
        }
        if (group.lost == 0) continue;
        const auto most = std::ranges::max_element(by_outcome);
        group.outcome = static_cast<Outcome>(most - by_outcome.begin());
        if (pods > 0) group.listed_on_s = listed_on / static_cast<double>(pods);
        find_busiest(group, all);
        groups.push_back(group);
    }
    std::ranges::stable_sort(groups, std::greater{}, &LostGroup::lost);
    return groups;
}

TriedRemedy tried(const Experiment& now, Changes changes, const Execution& execution) {
    TriedRemedy remedy{.changes = std::move(changes), .after = {}};
    remedy.after = run_experiment(with(now.scenario, remedy.changes), execution);
    remedy.lost = remedy.after.mean("requests.failed");
    remedy.pod_seconds =
        remedy.after.mean("cost.extra_pod_seconds") - now.mean("cost.extra_pod_seconds");
    const auto before = now.spread("rollout.duration_s");
    const auto after = remedy.after.spread("rollout.duration_s");
    if (before && after) remedy.time_s = after->p50 - before->p50;
    return remedy;
}

/// The shortest sleep that saves nearly all that any sleep saves.
std::optional<Change> best_sleep(const Experiment& now, const Execution& execution) {
    if (now.scenario.strategy == "none") return std::nullopt;
    struct Candidate {
        Change change;
        double lost;
    };
    std::vector<Candidate> candidates;
    for (Change& change : longer_sleeps(now.scenario)) {
        Scenario scenario = with(now.scenario, {change});
        if (!validate(scenario).empty()) continue;
        fix_runs(scenario, std::min(scenario.runs, runs_for_sleeps));
        const double lost = run_experiment(scenario, execution).mean("requests.failed");
        candidates.push_back({std::move(change), lost});
    }
    if (candidates.empty()) return std::nullopt;
    const double least = std::ranges::min(candidates, {}, &Candidate::lost).lost;
    const double now_lost = now.mean("requests.failed");
    for (const Candidate& candidate : candidates) {
        if (candidate.lost <= least + std::max(0.5, 0.02 * (now_lost - least)))
            return candidate.change;
    }
    return std::nullopt;
}

void find_remedies(Why& why, const Execution& execution) {
    std::vector<Cause> lost_by;
    for (const LostGroup& group : why.groups) lost_by.push_back(group.cause);
    Changes list = answers_to(why.now.scenario, lost_by);
    if (auto sleep = best_sleep(why.now, execution)) list.insert(list.begin(), std::move(*sleep));
    const double lost = why.now.mean("requests.failed");
    for (Change& change : list) {
        if (!validate(with(why.now.scenario, {change})).empty()) continue;
        TriedRemedy remedy = tried(why.now, {std::move(change)}, execution);
        auto& where = remedy.lost <= (1 - least_effect) * lost   ? why.remedies
                      : remedy.lost >= (1 + least_effect) * lost ? why.worse
                                                                 : why.no_effect;
        where.push_back(std::move(remedy));
    }
    std::ranges::stable_sort(why.remedies, {}, &TriedRemedy::lost);
    // Two changes together, where the best of them leaves much to save.
    if (why.remedies.size() < 2 || why.remedies.front().lost < 0.05 * lost) return;
    Changes both = why.remedies[0].changes;
    both.push_back(why.remedies[1].changes.front());
    if (!validate(with(why.now.scenario, both)).empty()) return;
    TriedRemedy pair = tried(why.now, std::move(both), execution);
    if (pair.lost < why.remedies.front().lost)
        why.remedies.insert(why.remedies.begin(), std::move(pair));
}

}  // namespace

std::uint64_t Why::lost() const {
    std::uint64_t sum = 0;
    for (const LostGroup& group : groups) sum += group.lost;
    return sum;
}

Why find_causes(const Scenario& asked, const Execution& execution) {
    Scenario scenario = asked;
    scenario.engine = EngineKind::request;  // each cause is the cause of one request
    Why why{.now = run_experiment(scenario, execution)};
    fix_runs(scenario, why.now.runs.size());
    why.groups = groups_of(causes_of_all(scenario, execution));
    return why;
}

Why find_out_why(const Scenario& asked, const Execution& execution) {
    Why why = find_causes(asked, execution);
    if (!why.groups.empty()) find_remedies(why, execution);
    return why;
}

}  // namespace stratsim
