// Remedies are tried in rounds: first every single change, then pairs, then more, and a round that
// holds one which suffices is the last. Of those that suffice the cheapest in pod-seconds wins.
// Each is tried with a few runs, and the one that is told with all of them.
#include "scenarios/advice.hpp"

#include "scenarios/fields.hpp"

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

Experiment few(Scenario s, const Execution& execution) {
    fix_runs(s, std::min(s.runs, few_runs));
    s.expectations.clear();
    return run_experiment(s, execution);
}

Remedy remedy_of(const Scenario& s, const Changes& changes, const Execution& execution) {
    Remedy remedy;
    for (const Change& change : changes) {
        remedy.settings.insert(remedy.settings.end(), change.settings.begin(),
                               change.settings.end());
        remedy.edits.insert(remedy.edits.end(), change.edits.begin(), change.edits.end());
    }
    remedy.after = run_experiment(with(s, changes), execution);
    return remedy;
}

struct Attempt {
    Changes changes;
    double lost = 0;
    double price = 0;
    bool enough = false;
};

void find_remedy(Advice& advice, const Experiment& now, const Execution& execution) {
    std::optional<Attempt> best;
    for (const std::vector<Ladder>& round : rounds_of(now.scenario)) {
        std::vector<Attempt> enough;
        for (const Ladder& ladder : round) {
            int rungs = 0;
            for (const Changes& changes : ladder) {
                const Scenario changed = with(now.scenario, changes);
                if (!validate(changed).empty()) continue;
                const Experiment tried = few(changed, execution);
                ++advice.tried;
                const Attempt attempt{changes, lost(tried), tried.mean("cost.extra_pod_seconds"),
                                      suffices(tried)};
                if (!tried.mostly(RolloutOutcome::stalled) && (!best || attempt.lost < best->lost))
                    best = attempt;
                if (attempt.enough) enough.push_back(attempt);
                // One more rung, in case all runs do not bear out what a few of them say.
                if (attempt.enough && ++rungs == 2) break;
            }
        }
        std::ranges::stable_sort(enough, {}, &Attempt::price);
        for (const Attempt& attempt : enough) {
            Remedy remedy = remedy_of(now.scenario, attempt.changes, execution);
            if (!suffices(remedy.after)) continue;
            advice.remedy = std::move(remedy);
            return;
        }
    }
    // Nothing suffices: what at least halves the loss is worth telling.
    if (!best) return;
    Remedy remedy = remedy_of(now.scenario, best->changes, execution);
    if (2 * lost(remedy.after) < lost(now)) advice.remedy = std::move(remedy);
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

/// The same few runs of what is known already.
double lost_in_few(const Experiment& e) {
    const std::size_t n = std::min<std::size_t>(e.runs.size(), few_runs);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += e.runs[i]["requests.failed"].value_or(0);
    return n == 0 ? 0 : sum / static_cast<double>(n);
}

void find_sways(Advice& advice, const Experiment& now, const Execution& execution) {
    const double before = lost_in_few(now);
    for (const Dial& dial : dials_of(now.scenario)) {
        if (now.scenario.given(dial.word)) continue;
        Scenario doubled = now.scenario;
        dial.grow(doubled, 2);
        if (!validate(doubled).empty()) continue;
        const double after = lost(few(doubled, execution));
        const Field& field = *find_field(dial.word);
        advice.sways.push_back({.word = dial.word,
                                .value = field.get(now.scenario),
                                .doubled = field.get(doubled),
                                .lost = after,
                                .change = std::abs(after - before)});
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
    const double mean = std::max(lost_in_few(settled), lost(settled));
    advice.limit = round_limit(mean);
    for (const Dial& dial : dials_of(s)) {
        if (!dial.in_margin) continue;
        const auto holds = [&](double factor) {
            Scenario grown = s;
            dial.grow(grown, factor);
            return validate(grown).empty() && lost(few(grown, execution)) < advice.limit;
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
