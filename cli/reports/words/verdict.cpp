#include "cli/reports/words/verdict.hpp"

#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

Spread spread_or_zero(const Experiment& e, std::string_view path) {
    return e.spread(path).value_or(Spread{});
}

std::string counted(const std::string& number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == "1" ? "" : "s");
}

bool loses_nothing(const Experiment& e) {
    return spread_or_zero(e, "requests.failed").p50 == 0;
}
bool is_down(const Experiment& e) {
    return spread_or_zero(e, "downtime.total_s").p50 > 0;
}

std::string lost_text(const Experiment& e) {
    return lead_text(spread_or_zero(e, "requests.failed"), Unit::requests);
}

std::string time_text(const Experiment& e) {
    const auto time = e.spread("rollout.duration_s");
    return time ? lead_text(*time, Unit::seconds) : "-";
}

/// An expectation judges what else would only be a warning.
bool failed_one(const Experiment& e) {
    return std::ranges::find(e.judgments, Verdict::fail, &Judgment::verdict) != e.judgments.end();
}

Rich stalled_verdict(const Experiment& e) {
    std::size_t never_ready = 0;
    std::size_t serving = 0;
    bool any_new = false;
    for (const PodLife& pod : e.detail.pods) {
        if (pod.is_new && !pod.ready && !pod.deleted) ++never_ready;
        if (!pod.is_new && pod.ready && !pod.deleted) ++serving;
        any_new |= pod.is_new;
    }
    if (e.scenario.paused && !any_new) {
        return {{e.scenario.name + " is "},
                {"paused", Ink::yellow},
                {fmt::format(": nothing is rolled out until somebody resumes it; {} old {} on.",
                             serving, serving == 1 ? "pod serves" : "pods serve")}};
    }
    const std::string why = never_ready == 0
                                ? "it gets no further"
                                : fmt::format("{} of the new pods never {} ready", never_ready,
                                              never_ready == 1 ? "becomes" : "become");
    return {{e.scenario.strategy + " "},
            {"stalls", Ink::red},
            {fmt::format(": {}; {} old {} still serve{}, {} lost.", why, serving,
                         serving == 1 ? "pod" : "pods", serving == 1 ? "s" : "",
                         counted(lost_text(e), "request"))}};
}

Rich rolled_back_verdict(const Experiment& e) {
    // Where requests are counted, nobody knows whose they were.
    const auto users = e.spread("exposure.users_new");
    const std::string met =
        users ? counted(lead_text(*users, Unit::users), "user")
              : counted(lead_text(spread_or_zero(e, "exposure.requests_new"), Unit::requests),
                        "request");
    const auto after = e.spread("rollback.detected_s");
    return {{e.scenario.strategy + " is "},
            {"rolled back", Ink::yellow},
            {fmt::format(" after {}: {} met the bad version, {} lost.",
                         after ? lead_text(*after, Unit::seconds) : time_text(e), met,
                         counted(lost_text(e), "request"))}};
}

Rich down_verdict(const Experiment& e) {
    const Spread down = spread_or_zero(e, "downtime.total_s");
    const std::string range = range_or_nothing(down, Unit::seconds);
    return {{fmt::format("{} is down for {}{} and ", e.scenario.strategy,
                         lead_text(down, Unit::seconds), range.empty() ? "" : " (" + range + ")")},
            {"loses " + counted(lost_text(e), "request"), Ink::red},
            {"."}};
}

/// `1,000 visits on 4 pods: pods differ by 3.1%, chance alone gives 5.4%.`
Rich standing_verdict(const Experiment& e) {
    const Spread visits = spread_or_zero(e, "visits.total");
    const auto cv = e.spread("visits.divergence.cv");
    const auto chance = e.spread("visits.divergence.cv_by_chance");
    std::string text = fmt::format("{} on {}", counted(lead_text(visits, Unit::visits), "visit"),
                                   counted(count_text(e.scenario.pods), "pod"));
    if (cv && chance && e.scenario.pods > 1) {
        text += fmt::format(": pods differ by {}, chance alone gives {}", percent_text(cv->mean),
                            percent_text(chance->mean));
    }
    return {{text + "."}};
}

Rich empty_verdict(const Experiment& e) {
    return {{fmt::format("{} has 0 pods: nobody is served, and a rollout changes nothing.",
                         workload_of(e.scenario))}};
}

std::string outage_sentence(const Experiment& e) {
    const std::size_t runs = e.runs.size();
    const std::size_t without = e.runs_with_zero("downtime.total_s");
    const double lost = spread_or_zero(e, "requests.failed").mean;
    const double total = spread_or_zero(e, "requests.total").mean;
    const double part = total > 0 ? lost / total : 0;
    const std::string share =
        fmt::format("{} of the requests of these {} are lost.", percent_text(part),
                    lead_text(spread_or_zero(e, "rollout.settled_s"), Unit::seconds));
    if (without < runs) return fmt::format("Outage in {}; {}", of_runs(runs - without, e), share);
    const std::string none = fmt::format("No outage in {}", of_runs(runs, e));
    return part >= 0.01 ? none + ", but " + share : none + ".";
}

/// Runs that end otherwise than the verdict says.
std::string other_outcomes(const Experiment& e) {
    std::string text;
    const auto add = [&](RolloutOutcome outcome, std::string_view verb) {
        const std::size_t n = e.runs_with(outcome);
        if (n == 0 || e.mostly(outcome)) return;
        text += fmt::format(" {} {}.", text.empty() ? "It " + std::string(verb) + " in" : "",
                            of_runs(n, e));
    };
    add(RolloutOutcome::complete, "is complete");
    add(RolloutOutcome::stalled, "stalls");
    add(RolloutOutcome::rolled_back, "is rolled back");
    return text;
}

/// The part of the time in which nothing but waiting is done.
std::string waiting_sentence(const Experiment& e) {
    if (!e.mostly(RolloutOutcome::complete)) return "";
    const Scenario& s = e.scenario;
    Duration waiting{};
    std::string what;
    const auto add = [&](Duration d, const std::string& text) {
        if (d <= Duration::zero()) return;
        waiting += d;
        what += (what.empty() ? "" : ", ") + text;
    };
    if (s.strategy == Canary::name) {
        const auto& canary = std::get<Canary>(s.strategies);
        const auto holds = static_cast<std::int64_t>(canary.steps.size());
        add(canary.hold * holds, fmt::format("{} {} of {}", holds, holds == 1 ? "hold" : "holds",
                                             Text<Duration>::print(canary.hold)));
        if (canary.split == Split::router && s.kind == WorkloadKind::deployment) {
            add(canary.keep_old, "the old pods stay " + Text<Duration>::print(canary.keep_old));
        }
    } else if (s.strategy == BlueGreen::name) {
        const auto& blue_green = std::get<BlueGreen>(s.strategies);
        if (blue_green.qa.per_second > 0) {
            add(blue_green.hold, "QA for " + Text<Duration>::print(blue_green.hold));
        }
        add(blue_green.keep_old, "the old pods stay " + Text<Duration>::print(blue_green.keep_old));
    }
    if (waiting == Duration::zero()) return "";
    return fmt::format(" {} of the time is waiting: {}.", duration_text(to_seconds(waiting)), what);
}

/// Whether two means are further apart than their intervals allow for; pairs would tell more.
bool told_apart(const Spread& a, const Spread& b) {
    return std::abs(a.mean - b.mean) > std::hypot(half_width(a), half_width(b));
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    }
    return text;
}

/// Those whose mean of `path` cannot be told from the least one's.
std::vector<const Experiment*> least_by(const std::vector<Experiment>& list,
                                        std::string_view path) {
    const auto mean = [&](const Experiment& e) { return spread_or_zero(e, path).mean; };
    const auto best = std::ranges::min_element(list, {}, mean);
    std::vector<const Experiment*> least;
    for (const Experiment& e : list) {
        if (&e == &*best || !told_apart(spread_or_zero(e, path), spread_or_zero(*best, path))) {
            least.push_back(&e);
        }
    }
    return least;
}

std::vector<std::string> names_of(const std::vector<const Experiment*>& list) {
    std::vector<std::string> names;
    for (const Experiment* e : list) names.push_back(e->scenario.strategy);
    return names;
}

/// `, with 20 pods at most` where one strategy wins by having more of them.
std::string price(const std::vector<const Experiment*>& least) {
    if (least.size() != 1) return "";
    const Spread peak = spread_or_zero(*least.front(), "pods.peak");
    if (peak.mean < 1.5 * least.front()->scenario.pods) return "";
    return fmt::format(", with {} pods at most", lead_text(peak, Unit::pods));
}

/// `canary and rolling lose least, 160 and 190 (too close for 100 runs)`.
Rich least_lost(const std::vector<Experiment>& list) {
    const auto least = least_by(list, "requests.failed");
    const Experiment& first = *least.front();
    const std::string names = listed(names_of(least));
    if (std::ranges::all_of(least, [](const Experiment* e) { return loses_nothing(*e); })) {
        std::vector<std::string> how_often;
        for (const Experiment* e : least) {
            how_often.push_back(fmt::format("{}", e->runs_with_zero("requests.failed")));
        }
        return {{names + " "},
                {least.size() == 1 ? "loses nothing" : "lose nothing", Ink::green},
                {fmt::format(" in {} of {} runs{}", listed(how_often), first.runs.size(),
                             price(least))}};
    }
    std::vector<std::string> lost;
    for (const Experiment* e : least) lost.push_back(lost_text(*e));
    if (least.size() == 1) {
        return {{fmt::format("{} loses least, {}", names, counted(lost.front(), "request"))},
                {price(least)}};
    }
    return {{fmt::format("{} lose least, {} requests: {} runs do not tell them apart", names,
                         listed(lost), first.runs.size())}};
}

/// `rolling is done first, in 28s`.
std::string done_first(const std::vector<Experiment>& list) {
    const Experiment* first = nullptr;
    for (const Experiment& e : list) {
        const auto time = e.spread("rollout.duration_s");
        if (!time || e.mostly(RolloutOutcome::stalled)) continue;
        if (first == nullptr || time->p50 < first->spread("rollout.duration_s")->p50) first = &e;
    }
    if (first == nullptr) return "";
    const std::string down =
        is_down(*first)
            ? fmt::format(", but is down for {}",
                          lead_text(spread_or_zero(*first, "downtime.total_s"), Unit::seconds))
            : "";
    return fmt::format("{} is done first, in {}{}", first->scenario.strategy, time_text(*first),
                       down);
}

}  // namespace

std::string bad_release(const NewVersion& version) {
    if (version.never_ready) return "new is never ready";
    return "new fails " + Text<Share>::print(version.errors);
}

Rich verdict(const Experiment& e) {
    if (has_no_pods(e)) return bold(empty_verdict(e));
    if (e.scenario.strategy == "none") return bold(standing_verdict(e));
    if (e.mostly(RolloutOutcome::stalled)) return bold(stalled_verdict(e));
    if (e.mostly(RolloutOutcome::rolled_back)) return bold(rolled_back_verdict(e));
    if (is_down(e)) return bold(down_verdict(e));
    const std::string& name = e.scenario.strategy;
    if (loses_nothing(e)) {
        return bold({{name + " "},
                     {"loses nothing", Ink::green},
                     {fmt::format(" in {} and takes {}.",
                                  of_runs(e.runs_with_zero("requests.failed"), e), time_text(e))}});
    }
    const std::string range =
        range_or_nothing(spread_or_zero(e, "requests.failed"), Unit::requests);
    return bold(
        {{name + " "},
         {"loses " + counted(lost_text(e), "request"), failed_one(e) ? Ink::red : Ink::yellow},
         {fmt::format("{} takes {}.",
                      range.empty() ? " and" : ", 9 of 10 rollouts " + range + ", and",
                      time_text(e))}});
}

std::string verdict_details(const Experiment& e) {
    if (has_no_pods(e) || e.scenario.strategy == "none") return "";
    return outage_sentence(e) + other_outcomes(e) + waiting_sentence(e);
}

Rich comparison_verdict(const Result& result) {
    if (result.experiments.empty()) return {};
    const bool both = !result.good.empty();
    const auto& list = both ? result.good : result.experiments;
    Rich rich = least_lost(list);
    const std::string first = done_first(list);
    rich.push_back({(first.empty() ? "" : "; " + first) + "."});
    const bool knows_users = std::ranges::all_of(result.experiments, [](const Experiment& e) {
        return has_no_pods(e) || e.spread("exposure.users_hurt").has_value();
    });
    if (both && knows_users) {
        const auto least = least_by(result.experiments, "exposure.users_hurt");
        std::vector<std::string> hurt;
        for (const Experiment* e : least) {
            hurt.push_back(lead_text(spread_or_zero(*e, "exposure.users_hurt"), Unit::users));
        }
        const Scenario& s = result.experiments.front().scenario;
        rich.push_back(
            {fmt::format(" When {}, {} hurt{} fewest users, {} of {}.", bad_release(s.new_version),
                         listed(names_of(least)), least.size() == 1 ? "s" : "", listed(hurt),
                         count_text(s.users))});
    }
    return bold(std::move(rich));
}

Rich workloads_verdict(const Result& result) {
    std::vector<std::string> losers;
    std::size_t lost_by = 0;
    for (const Experiment& e : result.experiments) {
        if (has_no_pods(e) || loses_nothing(e)) continue;
        ++lost_by;
        losers.push_back(fmt::format("{} {}", e.scenario.name, lost_text(e)));
    }
    const std::size_t all = result.experiments.size();
    if (all == 0) return bold({{"No workload to simulate."}});
    if (lost_by == 0) {
        return bold({{fmt::format("None of {} workloads ", all)},
                     {"loses", Ink::plain},
                     {" requests when it is released."}});
    }
    if (losers.size() > 5) {
        losers.resize(5);
        losers.push_back(fmt::format("{} more", lost_by - 5));
    }
    return bold({{fmt::format("{} of {} workloads ", lost_by, all)},
                 {lost_by == 1 ? "loses requests" : "lose requests", Ink::yellow},
                 {fmt::format(" at a release: {}.", listed(losers))}});
}

}  // namespace stratsim
