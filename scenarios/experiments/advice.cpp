// Remedies are tried in rounds: first every single change, then pairs, then more, and a round that
// holds one which suffices is the last. Of those that suffice the cheapest in pod-seconds wins.
// Each is tried with a few runs, and the one that is told with all of them.
#include "scenarios/experiments/advice.hpp"

#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/validate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <functional>

namespace stratsim {

namespace {

constexpr std::uint64_t few_runs = 20;
constexpr double most_growth = 8;

double lost(const Experiment& e) {
    return e.mean("requests.failed");
}

/// Lost is about nothing: none in 9 of 10 runs.
bool suffices(const Experiment& e) {
    return !e.mostly(RolloutOutcome::stalled) &&
           10 * e.runs_with_zero("requests.failed") >= 9 * e.runs.size();
}

/// Attempts of which each does and costs more than the one before it.
using Ladder = std::vector<Changes>;

/// By the number of changes: sets of them, each alone and with longer and longer sleeps.
std::vector<std::vector<Ladder>> rounds_of(const Scenario& s) {
    const Changes single = other_changes(s);
    std::vector<Changes> subsets{{}};
    for (const Change& change : single) {
        const std::size_t before = subsets.size();
        for (std::size_t i = 0; i < before; ++i) {
            if (std::ranges::find(subsets[i], change.about, &Change::about) != subsets[i].end())
                continue;
            Changes both = subsets[i];
            both.push_back(change);
            subsets.push_back(std::move(both));
        }
    }
    std::vector<std::vector<Ladder>> rounds(single.size() + 1);
    for (const Changes& subset : subsets) {
        if (!subset.empty()) rounds[subset.size() - 1].push_back({subset});
        Ladder sleeps;
        for (const Change& sleep : longer_sleeps(s)) {
            sleeps.push_back(subset);
            sleeps.back().push_back(sleep);
        }
        rounds[subset.size()].push_back(std::move(sleeps));
    }
    return rounds;
}

/// So many, of which nothing is expected.
Scenario with_runs(Scenario s, std::uint64_t runs) {
    fix_runs(s, runs);
    s.expectations.clear();
    return s;
}

Scenario with_few_runs(const Scenario& s) {
    return with_runs(s, std::min(s.runs, few_runs));
}

double lost_in_all(const Experiment& e) {
    double sum = 0;
    for (const Measures& run : e.runs) sum += run["requests.failed"].value_or(0);
    return sum;
}

/// Requests are counted where that is exact and `pods` of them, the fewest there ever are, are
/// never so busy that a queue could grow: the pods' lives are those of the followed runs, and it is
/// a fraction of the work.
Scenario counted_if_exact(Scenario s, double pods) {
    constexpr double never_overtaken = 0.8;
    if (s.engine != EngineKind::automatic) return s;
    Scenario counted = s;
    counted.engine = EngineKind::aggregate;
    if (needs_single_requests(counted)) return s;
    const PodTemplate& made_of = s.old_version;
    const double peak = requests_per_second(s) * std::max(1.0, s.shape.factor);
    const double busy = peak * made_of.service_time.mean_seconds() / std::max(1.0, pods);
    return busy <= never_overtaken * made_of.concurrency || made_of.concurrency == 0 ? counted : s;
}

Execution without_latencies(Execution execution) {
    execution.latencies = false;
    return execution;
}

/// Whether the runs lose less than `limit` in the mean. Who has lost more than all of them may
/// is not asked to go on.
bool loses_less_than(double limit, const Scenario& s, const Execution& execution) {
    const double most = limit * static_cast<double>(s.runs);
    const auto too_many = [&](const Experiment& e) { return lost_in_all(e) >= most; };
    const Experiment e = run_until_decided(s, without_latencies(execution), too_many);
    return lost_in_all(e) / static_cast<double>(s.runs) < limit;
}

/// The few runs, or as many of them as show that the scenario does not suffice.
Experiment until_it_fails(const Scenario& asked, const Execution& execution) {
    const Scenario s = with_few_runs(asked);
    return run_until_decided(s, execution, [&](const Experiment& e) {
        const std::size_t losing = e.runs.size() - e.runs_with_zero("requests.failed");
        return 10 * losing > s.runs || 2 * e.runs_with(RolloutOutcome::stalled) > s.runs;
    });
}

/// In all runs of what it mends.
Remedy remedy_of(const Experiment& now, const Changes& changes, const Execution& execution) {
    Remedy remedy;
    for (const Change& change : changes) {
        remedy.settings.insert(remedy.settings.end(), change.settings.begin(),
                               change.settings.end());
        remedy.edits.insert(remedy.edits.end(), change.edits.begin(), change.edits.end());
    }
    remedy.after =
        run_experiment(with_runs(with(now.scenario, changes), now.runs.size()), execution);
    return remedy;
}

struct Attempt {
    Changes changes;
    double price = 0;
};

/// Of those that do not suffice, the one that loses least: worth telling if it halves the loss.
void find_relief(Advice& advice, const Experiment& now, const std::vector<Changes>& tried,
                 const Execution& execution) {
    const Changes* best = nullptr;
    double least = 0;
    for (const Changes& changes : tried) {
        const Scenario changed = with_few_runs(with(now.scenario, changes));
        const Experiment e = run_experiment(changed, execution);
        if (e.mostly(RolloutOutcome::stalled) || (best != nullptr && lost(e) >= least)) continue;
        best = &changes;
        least = lost(e);
    }
    if (best == nullptr) return;
    Remedy remedy = remedy_of(now, *best, execution);
    if (2 * lost(remedy.after) < lost(now)) advice.remedy = std::move(remedy);
}

void find_remedy(Advice& advice, const Experiment& now, const Execution& execution) {
    std::vector<Changes> tried;
    for (const std::vector<Ladder>& round : rounds_of(now.scenario)) {
        std::vector<Attempt> enough;
        for (const Ladder& ladder : round) {
            int rungs = 0;
            for (const Changes& changes : ladder) {
                const Scenario changed = with(now.scenario, changes);
                if (!validate(changed).empty()) continue;
                const Experiment few = until_it_fails(changed, execution);
                ++advice.tried;
                tried.push_back(changes);
                if (few.runs.size() < few.scenario.runs || !suffices(few)) continue;
                enough.push_back({changes, few.mean("cost.extra_pod_seconds")});
                // One more rung, in case all runs do not bear out what a few of them say.
                if (++rungs == 2) break;
            }
        }
        std::ranges::stable_sort(enough, {}, &Attempt::price);
        for (const Attempt& attempt : enough) {
            Remedy remedy = remedy_of(now, attempt.changes, execution);
            if (!suffices(remedy.after)) continue;
            advice.remedy = std::move(remedy);
            return;
        }
    }
    find_relief(advice, now, tried, execution);
}

Distribution scaled(const Distribution& d, double factor) {
    const auto times = [&](Duration x) { return from_seconds(to_seconds(x) * factor); };
    switch (d.law()) {
        case Distribution::Law::fixed:
            return Distribution::fixed(times(d.first()));
        case Distribution::Law::exponential:
            return Distribution::exponential(times(d.first()));
        case Distribution::Law::uniform:
            return Distribution::uniform(times(d.first()), times(d.second()));
        case Distribution::Law::lognormal:
            return Distribution::lognormal(times(d.first()), times(d.second()));
    }
    return d;
}

/// What the answer may hang on, how it grows, and whether a margin is told for it.
struct Dial {
    std::string word;
    std::function<void(Scenario&, double)> grow;
    bool in_margin = true;
};

std::vector<Dial> dials_of(const Scenario& s) {
    std::vector<Dial> dials{
        {"propagation",
         [](Scenario& x, double factor) { x.propagation = scaled(x.propagation, factor); }},
        {"boot", [](Scenario& x, double factor) {
             x.old_version.boot = scaled(x.old_version.boot, factor);
             if (x.new_version.boot) x.new_version.boot = scaled(*x.new_version.boot, factor);
         }}};
    if (!s.load) {
        dials.push_back({"rate", [](Scenario& x, double factor) { x.rate.per_second *= factor; }});
    }
    dials.push_back({.word = "service-time",
                     .grow =
                         [](Scenario& x, double factor) {
                             PodTemplate& old = x.old_version;
                             old.service_time = scaled(old.service_time, factor);
                             if (x.new_version.service_time)
                                 x.new_version.service_time =
                                     scaled(*x.new_version.service_time, factor);
                         },
                     .in_margin = false});
    dials.push_back({.word = "shutdown",
                     .grow =
                         [](Scenario& x, double factor) {
                             x.old_version.shutdown = scaled(x.old_version.shutdown, factor);
                         },
                     .in_margin = false});
    return dials;
}

/// The fewest pods that serve in all but one of twenty runs.
double fewest_pods(const Experiment& e) {
    const auto available = e.spread("pods.min_available");
    return available ? available->p5 : 0;
}

/// In the runs of the headline, beside which they are read.
void find_sways(Advice& advice, const Experiment& now, const Execution& execution) {
    const double pods = fewest_pods(now);
    const auto lost_by_all = [&](const Scenario& s) {
        return lost(run_experiment(with_runs(s, now.runs.size()), without_latencies(execution)));
    };
    std::optional<double> counted;  // as things are
    for (const Dial& dial : dials_of(now.scenario)) {
        if (now.scenario.given(dial.word)) continue;
        Scenario doubled = now.scenario;
        dial.grow(doubled, 2);
        if (!validate(doubled).empty()) continue;
        const Scenario tried = counted_if_exact(doubled, pods);
        const bool counts =
            tried.engine == EngineKind::aggregate && now.engine.engine != Engine::aggregate;
        if (counts && !counted) counted = lost_by_all(counted_if_exact(now.scenario, pods));
        // Counted runs are compared with counted ones, so that chance is the same on both sides.
        const double before = counts ? *counted : lost(now);
        const double change = lost_by_all(tried) - before;
        const Field& field = *find_field(dial.word);
        advice.sways.push_back({.word = dial.word,
                                .value = field.get(now.scenario),
                                .doubled = field.get(doubled),
                                .lost = std::max(0.0, lost(now) + change),
                                .change = std::abs(change)});
    }
    std::ranges::stable_sort(advice.sways, std::greater{}, &Sway::change);
}

/// The first of 1, 2, 5, 10, ... that leaves room above what is lost.
double round_limit(double mean) {
    for (double decade = 1;; decade *= 10) {
        for (const double step : {1.0, 2.0, 5.0}) {
            if (step * decade > 2 * mean) return step * decade;
        }
    }
}

void find_holds(Advice& advice, const Experiment& settled, const Execution& execution) {
    const Scenario& s = settled.scenario;
    const double pods = fewest_pods(settled);
    advice.limit = round_limit(lost(settled));
    for (const Dial& dial : dials_of(s)) {
        if (!dial.in_margin) continue;
        const auto holds = [&](double factor) {
            Scenario grown = s;
            dial.grow(grown, factor);
            return validate(grown).empty() &&
                   loses_less_than(advice.limit,
                                   with_runs(counted_if_exact(grown, pods), settled.runs.size()),
                                   execution);
        };
        Hold hold{.word = dial.word, .value = "", .factor = most_growth, .beyond = true};
        if (!holds(most_growth)) {
            hold.beyond = false;
            double low = 1;
            double high = most_growth;
            for (int i = 0; i < 4; ++i) {
                const double middle = std::sqrt(low * high);
                (holds(middle) ? low : high) = middle;
            }
            hold.factor = low;
        }
        Scenario last = s;
        dial.grow(last, hold.factor);
        hold.value = find_field(dial.word)->get(last);
        advice.holds.push_back(std::move(hold));
    }
}

}  // namespace

std::string_view name_of(Edit::How how) {
    switch (how) {
        case Edit::How::add:
            return "add";
        case Edit::How::replace:
            return "replace";
        case Edit::How::by_hand:
            return "by hand";
    }
    return "";
}

bool needs_mending(const Experiment& e) {
    if (e.scenario.pods == 0 || e.outcomes.empty()) return false;
    const auto median_above_zero = [&](std::string_view path) {
        const auto spread = e.spread(path);
        return spread && spread->p50 > 0;
    };
    return e.mostly(RolloutOutcome::stalled) || median_above_zero("requests.failed") ||
           median_above_zero("downtime.total_s");
}

Advice advise(const Experiment& now, const Execution& execution) {
    Advice advice;
    if (now.scenario.pods == 0 || now.outcomes.empty()) return advice;
    const bool mend = needs_mending(now);
    if (mend) find_remedy(advice, now, execution);
    find_sways(advice, now, execution);
    if (!mend) {
        find_holds(advice, now, execution);
    } else if (advice.remedy && suffices(advice.remedy->after)) {
        find_holds(advice, advice.remedy->after, execution);
    }
    return advice;
}

}  // namespace stratsim
