#include "cli/reports/words/plan.hpp"

#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/update.hpp"
#include "cli/reports/words/verdict.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/error_budget.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr std::size_t text_at = 17;

std::string in_brackets(const std::string& text) {
    return text.empty() ? "" : " (" + text + ")";
}

void row(Page& page, std::string_view label, const Rich& rich) {
    std::string front = "  " + std::string(label);
    front.append(text_at > front.size() ? text_at - front.size() : 1, ' ');
    page.paragraph({{front}}, rich, text_at);
}

/// `loses 2, none in 96 of 100 runs`.
std::string losing(const Experiment& e) {
    const std::size_t without = e.runs_with_zero("requests.failed");
    if (without == e.runs.size()) return "loses nothing in " + of_runs(without, e);
    const std::string lost = lead_text(e, "requests.failed", Unit::requests);
    if (without == 0) return "loses " + lost;
    return fmt::format("loses {}, none in {}", lost, of_runs(without, e));
}

Rich every_release(const Experiment& e) {
    const auto spread = e.spread("requests.failed");
    if (e.mostly(RolloutOutcome::stalled)) return verdict(e);
    if (!spread || spread->p50 == 0) {
        const std::size_t without = e.runs_with_zero("requests.failed");
        const std::string mean =
            without == e.runs.size()
                ? ""
                : fmt::format(" (mean {})", lead_text(*spread, Unit::requests));
        return {{"loses nothing", Ink::green}, {" in " + of_runs(without, e) + mean}};
    }
    const std::string range = range_or_nothing(*spread, Unit::requests);
    return {{fmt::format("loses {} requests", lead_text(*spread, Unit::requests)), Ink::yellow},
            {fmt::format(" of {}{}", lead_text(e, "requests.total", Unit::requests),
                         in_brackets(range.empty() ? "" : "9 of 10 rollouts " + range))}};
}

Rich worst_instant(const Experiment& e) {
    const std::size_t without = e.runs_with_zero("downtime.total_s");
    Rich rich{{fmt::format("{} of its requests; ",
                           lead_text(e, "requests.worst_second", Unit::fraction))}};
    if (without == e.runs.size()) {
        rich.push_back({"no outage in " + of_runs(without, e)});
    } else {
        rich.push_back({"outage of " + lead_text(e, "downtime.total_s", Unit::seconds), Ink::red});
        rich.push_back({" in " + of_runs(e.runs.size() - without, e)});
    }
    return rich;
}

/// `3 more pods for 21s, 58 pod-seconds more, <$0.01`; `no more pods`.
std::string room_of(const Experiment& e) {
    const double more = std::ceil(e.mean("pods.peak") - fleet_of(e.scenario) - 1e-9);
    const double extra = e.mean("cost.extra_pod_seconds");
    if (more <= 0 && extra <= 0) return "no more pods";
    std::vector<std::string> parts;
    if (more > 0) {
        parts.push_back(
            fmt::format("{} more {}", value_text(more, Unit::pods), more == 1 ? "pod" : "pods"));
        const auto above = e.spread("pods.above_s");
        if (above && above->p50 > 0) parts.back() += " for " + lead_text(*above, Unit::seconds);
    }
    if (extra > 0) {
        const std::string amount = lead_text(e, "cost.extra_pod_seconds", Unit::pod_seconds);
        parts.push_back(amount + (amount == "1" ? " pod-second" : " pod-seconds") + " more");
        const double money = e.mean("cost.extra");
        if (money > 0) parts.push_back(money_text(money, e.scenario.prices.currency));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// `28s (17s to 50s), 3 more pods for 21s, 58 pod-seconds more, <$0.01`.
std::string price_of(const Experiment& e) {
    const auto time = e.spread("rollout.duration_s");
    if (!time) return "-";
    return fmt::format("{}{}, {}", lead_text(*time, Unit::seconds),
                       in_brackets(range_or_nothing(*time, Unit::seconds)), room_of(e));
}

std::string budget(const Result& result, const Experiment& e) {
    constexpr double month_s = 30.0 * 24 * 3600;
    const double releases = *result.releases_per_month;
    Spread lost = e.spread("requests.failed").value_or(Spread{});
    lost.mean *= releases;
    lost.sd *= releases;
    const double money = e.mean("cost.extra") * releases;
    std::string text =
        fmt::format("{} lost a month", lost.mean == 0 ? "none" : lead_text(lost, Unit::requests));
    if (result.objective) {
        const double allowed = error_budget(*result.objective, requests_per_second(e.scenario) * month_s);
        text += fmt::format(": {} of what {:.6g}% allows", percent_text(lost.mean / allowed),
                            *result.objective * 100);
    }
    if (money > 0)
        text += fmt::format("; {} a month", money_text(money, e.scenario.prices.currency));
    return text;
}

std::string bought(const Experiment& now, const Experiment& after) {
    const double more = after.mean("cost.extra_pod_seconds") - now.mean("cost.extra_pod_seconds");
    const auto before_time = now.spread("rollout.duration_s");
    const auto after_time = after.spread("rollout.duration_s");
    std::string text = losing(after);
    text += fmt::format("; {}{} pod-seconds", more < 0 ? "" : "+",
                        estimate_text(more, {more * 0.95, more * 1.05}, Unit::ratio));
    if (after_time) {
        const std::string then = lead_text(*after_time, Unit::seconds);
        const std::string before = before_time ? lead_text(*before_time, Unit::seconds) : "-";
        text +=
            then == before ? ", time unchanged" : fmt::format(", takes {}, not {}", then, before);
    }
    return text;
}

void fix(Page& page, const Experiment& e, const Advice& advice) {
    if (!advice.remedy) {
        row(page, "fix", {{fmt::format("none found: {} changes were tried", advice.tried)}});
        return;
    }
    std::string_view label = "fix";
    for (const Edit& edit : advice.remedy->edits) {
        const std::string place =
            edit.at.line == 0 ? "" : place_text(edit.at.file, edit.at.line) + "  ";
        if (text_at + display_width(place + edit.yaml) <= page.width()) {
            row(page, label, {{place}, {edit.yaml, Ink::green}});
        } else {  // what is to be pasted stands on a line of its own
            if (!place.empty()) row(page, label, {{place}});
            row(page, place.empty() ? label : "", {{edit.yaml, Ink::green}});
        }
        label = "";
    }
    row(page, "", {{bought(e, advice.remedy->after)}});
    const auto is_open = [](const Edit& edit) {
        return edit.yaml.find("port: PORT") != std::string::npos;
    };
    if (std::ranges::any_of(advice.remedy->edits, is_open)) {
        row(page, "", {{"PORT is the one the program listens on; the manifest does not say"}});
    }
}

/// `propagation p99 < 13s`, `rate < 2x`, `boot any`: nothing that was tried broke it.
std::string hold_text(const Scenario& s, const Hold& hold, std::string_view between) {
    const Distribution* law = hold.word == "propagation" ? &s.propagation
                              : hold.word == "boot"      ? &s.old_version.boot
                                                         : nullptr;
    if (law == nullptr) return fmt::format("{}{} {:.2g}x", hold.word, between, hold.factor);
    const bool varies = law->law() != Distribution::Law::fixed;
    return fmt::format("{}{}{} {}", hold.word, varies ? " p99" : "", between,
                       duration_text(to_seconds(law->quantile(0.99)) * hold.factor));
}

/// How far it holds, with the fix if there is one: what breaks it first, then what does not.
void margin(Page& page, const Experiment& e, const Advice& advice) {
    if (advice.holds.empty()) return;
    std::vector<std::string> parts;
    for (const bool beyond : {false, true}) {
        for (const Hold& hold : advice.holds) {
            if (hold.beyond != beyond) continue;
            parts.push_back(beyond ? hold.word + " any" : hold_text(e.scenario, hold, " <"));
        }
    }
    row(page, "margin",
        {{fmt::format("{}under {} lost while {}", advice.remedy ? "with the fix " : "",
                      value_text(advice.limit, Unit::requests), fmt::join(parts, ", "))}});
}

/// What moves the answer most comes first, as many as a line holds; the others are in the JSON.
void assumed(Page& page, const Advice& advice) {
    std::string text;
    for (const Sway& sway : advice.sways) {
        std::string part = sway.word + " " + sway.value;
        if (text.empty()) {
            part += fmt::format(
                " ({}twice that: {} lost)", advice.remedy ? "unmended, " : "",
                sway.lost == 0
                    ? "none"
                    : estimate_text(sway.lost, {sway.lost * 0.9, sway.lost * 1.1}, Unit::requests));
        } else {
            part.insert(0, ", ");
        }
        if (!text.empty() && text_at + display_width(text + part) > page.width()) continue;
        text += part;
    }
    if (!text.empty()) row(page, "assumed", {{text, Ink::dim}});
}

void workload(Page& page, const Result& result, std::size_t i) {
    const Experiment& e = result.experiments[i];
    const Scenario& s = e.scenario;
    page.block();
    const std::string from = s.from.empty() ? "" : s.from + "  ";
    page.paragraph({}, {{workload_of(s), Ink::plain, true}, {"  " + from + described(s)}}, 2);
    if (has_no_pods(e)) return page.line({{"  has 0 pods: a release changes nothing"}});
    if (s.strategy == "none") return page.line({{"  stands still: no release is simulated"}});
    const Advice& advice = result.advice[i];
    row(page, "every release", every_release(e));
    if (e.mean("requests.failed") > 0 || e.mean("downtime.total_s") > 0)
        row(page, "worst second", worst_instant(e));
    row(page, "takes", {{price_of(e)}});
    if (result.releases_per_month) row(page, "error budget", {{budget(result, e)}});
    if (needs_mending(e)) {
        const auto why = reasons(e);
        std::string text;
        for (const std::string& reason : why) text += (text.empty() ? "" : " ") + reason;
        if (text.starts_with("All ")) text[0] = 'a';
        if (text.ends_with('.')) text.pop_back();
        if (!text.empty()) row(page, "because", {{text}});
        fix(page, e, advice);
    }
    margin(page, e, advice);
    assumed(page, advice);
    expectation_lines(page, e.judgments);
}

/// `1 of 2 workloads loses requests at every release: web, 190 each time.`
Rich headline(const Result& result) {
    std::vector<std::string> losers;
    for (const Experiment& e : result.experiments) {
        if (!needs_mending(e)) continue;
        losers.push_back(e.mostly(RolloutOutcome::stalled)
                             ? e.scenario.name + ", which stalls"
                             : fmt::format("{}, {} each time", e.scenario.name,
                                           lead_text(e, "requests.failed", Unit::requests)));
    }
    const std::size_t all = result.experiments.size();
    if (losers.empty()) {
        if (all > 1) {
            return bold({{fmt::format("Releases of all {} workloads ", all)},
                         {"lose nothing", Ink::green},
                         {" in most runs."}});
        }
        return bold({{fmt::format("A release of {} ", result.experiments.front().scenario.name)},
                     {"loses nothing", Ink::green},
                     {" in most runs."}});
    }
    constexpr std::size_t most_named = 5;
    const std::size_t count = losers.size();
    if (count > most_named) {
        losers.resize(most_named);
        losers.push_back(fmt::format("{} more", count - most_named));
    }
    return bold({{fmt::format("{} of {} {} ", count, all, all == 1 ? "workload" : "workloads")},
                 {count == 1 ? "loses requests" : "lose requests", Ink::yellow},
                 {fmt::format(" at every release: {}.", fmt::join(losers, "; "))}});
}

}  // namespace

void plan_screen(Page& page, const Result& result) {
    if (result.is_update) return update_screen(page, result);
    if (result.experiments.empty()) {
        std::string text = "Plan: no Deployment or StatefulSet in the files";
        if (!result.remarks.empty()) text += fmt::format(" ({})", fmt::join(result.remarks, "; "));
        return page.paragraph({{text + "."}});
    }
    page.paragraph(headline(result));
    for (std::size_t i = 0; i < result.experiments.size(); ++i) workload(page, result, i);
    page.block();
    std::vector<std::string> remarks = result.remarks;
    for (const std::string& remark : background(result.experiments).remarks) {
        if (std::ranges::find(remarks, remark) == remarks.end()) remarks.push_back(remark);
    }
    for (const std::string& remark : remarks) page.paragraph({}, {{remark, Ink::dim}}, 2);
    const auto all = result.experiments.size();
    const auto bad =
        static_cast<std::size_t>(std::ranges::count_if(result.experiments, needs_mending));
    std::string counts = fmt::format("{} {}", all, all == 1 ? "workload" : "workloads");
    if (bad > 0) counts += fmt::format(", {} to fix", bad);
    if (all > bad) counts += fmt::format(", {} fine", all - bad);
    std::string alone = runs_line(result.experiments);
    page.paragraph({{fmt::format("Plan: {}. Each alone, {}", counts, alone)}});
}

Rich plan_verdict(const Result& result) {
    return headline(result);
}

std::string fix_effect(const Experiment& now, const Experiment& after) {
    return bought(now, after);
}

std::string hold_limit(const Scenario& scenario, const Hold& hold) {
    const std::string text = hold_text(scenario, hold, hold.beyond ? " up to" : " below");
    return hold.beyond ? text + ", beyond which was not tried" : text;
}

std::string monthly_budget(const Result& result, const Experiment& experiment) {
    return budget(result, experiment);
}

}  // namespace stratsim
