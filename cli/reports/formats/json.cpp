#include "cli/reports/report.hpp"
#include "cli/reports/words/comparison.hpp"
#include "scenarios/experiments/names.hpp"
#include "scenarios/experiments/paired.hpp"
#include "scenarios/settings/assumptions.hpp"
#include "sim/on.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

// The contract with programs: full precision, SI seconds, null for what is undefined. Most of it is
// laid out by the paths of the measures, so a new measure appears by itself.

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

/// Whole numbers as integers, so that a count reads as one.
Json number(std::optional<double> value) {
    constexpr double exactly_whole = 9007199254740992.0;
    if (!value || !std::isfinite(*value)) return nullptr;
    if (*value == std::floor(*value) && std::abs(*value) < exactly_whole) {
        return static_cast<std::int64_t>(*value);
    }
    return *value;
}

/// One division rounds once: 12.31, not 12.310000000000002.
Json seconds(Duration d) {
    return number(static_cast<double>(d.count()) / 1e9);
}
Json seconds(Time t) {
    return seconds(t.time_since_epoch());
}

Json version(std::size_t revision) {
    return revision == 0 ? "old" : "new";
}

/// The place of a dotted path.
Json& at_path(Json& root, std::string_view path) {
    Json* node = &root;
    for (;;) {
        const auto dot = path.find('.');
        node = &(*node)[std::string(path.substr(0, dot))];
        if (dot == std::string_view::npos) return *node;
        path.remove_prefix(dot + 1);
    }
}

Json pods_with_visits(const Experiment& e) {
    Json list = Json::array();
    for (const PodLife& pod : e.detail.pods) {
        list.push_back({{"pod", pod_name(e.scenario, pod)},
                        {"version", version(pod.revision)},
                        {"visits", pod.visits}});
    }
    return list;
}

Json outages(const RunDetail& detail) {
    Json list = Json::array();
    for (const Outage& outage : detail.outages) {
        list.push_back({{"from_s", seconds(outage.from)}, {"to_s", seconds(outage.to)}});
    }
    return list;
}

Json steps(const RunDetail& detail) {
    Json list = Json::array();
    for (const StepSpan& step : detail.timeline.steps) {
        list.push_back({{"asked", number(step.asked)},
                        {"delivered", number(step.delivered)},
                        {"from_s", seconds(step.from)},
                        {"to_s", step.to ? seconds(*step.to) : Json(nullptr)}});
    }
    return list;
}

std::string_view word_of(Heard heard) {
    switch (heard) {
        case Heard::unknown:
            return "unknown";
        case Heard::ready:
            return "ready";
        case Heard::terminating:
            return "terminating";
        case Heard::gone:
            return "gone";
    }
    return "";
}

/// A fact under its name.
Json event_of(const Fact& fact, const Experiment& e) {
    Json event;
    const auto named = [&](std::string_view name) -> Json& {
        event["event"] = name;
        return event;
    };
    const auto about = [&](std::string_view name, PodId id) -> Json& {
        named(name);
        if (index_of(id) < e.detail.pods.size()) {
            const PodLife& pod = e.detail.pods[index_of(id)];
            event["pod"] = pod_name(e.scenario, pod);
            event["version"] = version(pod.revision);
        }
        return event;
    };
    std::visit(
        on{
            [&](const fact::Commanded&) { named("commanded"); },
            [&](const fact::Resized& f) {
                named("resized").update(
                    {{"version", version(f.revision)}, {"from", f.from}, {"to", f.to}});
            },
            [&](const fact::PodCreated& f) { about("pod-created", f.pod); },
            [&](const fact::PodListens& f) { about("pod-listens", f.pod); },
            [&](const fact::PodReady& f) { about("pod-ready", f.pod); },
            [&](const fact::PodAvailable& f) { about("pod-available", f.pod); },
            [&](const fact::PodTerminating& f) {
                about("pod-terminating", f.pod)["was_available"] = f.was_available;
            },
            [&](const fact::PodSigterm& f) { about("pod-sigterm", f.pod); },
            [&](const fact::PodGone& f) { about("pod-gone", f.pod)["killed"] = f.killed; },
            [&](const fact::PodHeard& f) { about("pod-heard", f.pod)["state"] = word_of(f.state); },
            [&](const fact::ServiceChanged& f) {
                named("service-changed")
                    .update({{"listed", f.count.listed},
                             {"accepting", f.count.accepting},
                             {"old_listed", f.count.old_listed},
                             {"new_listed", f.count.new_listed}});
            },
            [&](const fact::StepReached& f) {
                named("step-reached")
                    .update({{"step", f.index},
                             {"asked", number(f.asked)},
                             {"delivered", number(f.delivered)}});
            },
            [&](const fact::StepEnded& f) { named("step-ended")["step"] = f.index; },
            [&](const fact::Switched&) { named("switched"); },
            [&](const fact::SwitchHeard&) { named("switch-heard"); },
            [&](const fact::RollbackBegun& f) {
                named("rollback-begun")["by"] = f.by_person ? "person" : "strategy";
            },
            [&](const fact::RolloutEnded& f) {
                named("rollout-ended")["outcome"] = name_of(f.outcome);
            },
            [&](const fact::PodUnready& f) {
                about("pod-unready", f.pod)["was_available"] = f.was_available;
            },
            [&](const fact::StatusChanged& f) {
                named("status").update({{"replicas", f.counts.replicas},
                                        {"updated", f.counts.updated},
                                        {"ready", f.counts.ready},
                                        {"available", f.counts.available}});
            },
            [&](const fact::ConditionChanged& f) {
                named("condition")
                    .update({{"type", name_of(f.type)},
                             {"status", name_of(f.condition.status)},
                             {"reason", name_of(f.condition.reason)}});
            },
            [&](const fact::ClaimMade& f) { named("claim-made")["ordinal"] = f.ordinal; },
            [&](const fact::Selected& f) {
                named("selected")["version"] = f.version ? Json(version(*f.version)) : Json("all");
            },
        },
        fact);
    return event;
}

Json timeline(const Experiment& e) {
    Json list = Json::array();
    for (const Timeline::Entry& entry : e.detail.timeline.entries) {
        Json event{{"t_s", seconds(entry.at)}};
        event.update(event_of(entry.fact, e));
        list.push_back(std::move(event));
    }
    return list;
}

Json spreads(const Experiment& e) {
    Json list = Json::object();
    for (const Measure& measure : e.measures().list()) {
        const auto spread = e.spread(measure.path);
        if (!spread) continue;
        const Interval mean = mean_interval(*spread);
        Json& row = list[std::string(measure.path)];
        row = {{"mean", number(spread->mean)}, {"sd", number(spread->sd)},
               {"p5", number(spread->p5)},     {"p50", number(spread->p50)},
               {"p95", number(spread->p95)},   {"max", number(spread->max)},
               {"runs", spread->count},        {"low", number(mean.low)},
               {"high", number(mean.high)},    {"confidence", confidence}};
        for (const int percent : {50, 95}) {
            const Estimate quantile = estimate(
                {std::string(measure.path), {Statistic::Kind::quantile, percent}, measure.unit}, e);
            row[fmt::format("p{}_low", percent)] = number(quantile.interval.low);
            row[fmt::format("p{}_high", percent)] = number(quantile.interval.high);
        }
        const std::size_t zeros = e.runs_with_zero(measure.path);
        const Interval share = share_interval(spread->count - zeros, spread->count);
        row["nonzero"] = {{"runs", spread->count - zeros},
                          {"low", number(share.low)},
                          {"high", number(share.high)}};
    }
    return list;
}

/// `file:line:column`, as compilers write it.
Json place(const Place& at) {
    if (at.line == 0) return nullptr;
    return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

Json expectations(const Experiment& e) {
    Json list = Json::array();
    for (const Judgment& j : e.judgments) {
        list.push_back({{"text", j.expectation.text},
                        {"path", j.expectation.path},
                        {"statistic", word_of(j.expectation.statistic)},
                        {"op", word_of(j.expectation.relation)},
                        {"limit", number(j.expectation.limit)},
                        {"value", number(j.value)},
                        {"low", number(j.low)},
                        {"high", number(j.high)},
                        {"verdict", name_of(j.verdict)},
                        {"runs", j.runs},
                        {"runs_needed", number(j.runs_needed)},
                        {"place", place(j.expectation.place)}});
    }
    return list;
}

Json assumed(const Scenario& scenario) {
    Json list = Json::array();
    for (const Assumption& a : assumptions(scenario)) {
        list.push_back({{"name", a.name}, {"value", a.value}, {"source", a.source}});
    }
    return list;
}

Json outcome_counts(const Experiment& e) {
    Json counts = Json::object();
    if (e.outcomes.empty()) return counts;
    for (const auto outcome :
         {RolloutOutcome::complete, RolloutOutcome::stalled, RolloutOutcome::rolled_back}) {
        counts[std::string(name_of(outcome))] = e.runs_with(outcome);
    }
    return counts;
}

Json until_of(const Until& until, const Precision& precision) {
    return {{"number", word_of(until.number)},        {"target", number(until.half_width)},
            {"is_relative", until.relative},          {"half_width", number(precision.half_width)},
            {"relative", number(precision.relative)}, {"reached", precision.reached}};
}

Json head_of(const Experiment& e) {
    const Scenario& s = e.scenario;
    Json root;
    root["schema"] = "stratsim.run/v1";
    root["strategy"] = s.strategy;
    root["seed"] = s.seed.number;
    root["first_run"] = s.seed.first_run;
    root["replications"] = e.runs.size();
    if (e.interrupted) root["interrupted"] = true;
    if (e.precision) root["until"] = until_of(*s.until, *e.precision);
    const auto worst = worst_run(e, "requests.failed");
    if (worst) {
        root["worst_run"] = {
            {"seed", Text<Seed>::print({s.seed.number, s.seed.first_run + *worst})},
            {"requests_failed", number(e.runs[*worst]["requests.failed"])}};
    }
    root["engine"] = {{"name", name_of(e.engine.engine)}, {"why", e.engine.why}};
    root["workload"] = {{"name", s.name},
                        {"kind", Text<WorkloadKind>::print(s.kind)},
                        {"pods", s.pods},
                        {"from", s.from.empty() ? Json(nullptr) : Json(s.from)}};
    if (s.update) {
        root["update"] = {{"from", s.update->from},
                          {"pods", s.update->pods},
                          {"new_template", s.update->new_template},
                          {"changes", s.update->changes}};
    }
    for (const Companion& other : s.companions) {
        root["beside"].push_back({{"name", other.name},
                                  {"pods", other.exists ? other.pods : 0},
                                  {"pods_after", other.pods_after}});
    }
    root["outcomes"] = outcome_counts(e);
    root["rollout"]["outcome"] = e.outcome ? Json(name_of(*e.outcome)) : Json(nullptr);
    return root;
}

Json run_object(const Experiment& e) {
    Json root = head_of(e);
    // The order of the sections is part of the contract; the measures fall into them.
    for (const char* section : {"requests", "downtime", "latency_ms", "pods"})
        root[section] = Json::object();
    root["cost"]["currency"] = e.scenario.prices.currency;
    for (const char* section : {"visits", "exposure", "compatibility", "rollback"}) {
        root[section] = Json::object();
    }
    root["canary"]["steps"] = steps(e.detail);
    for (const Measure& measure : e.measures().list()) {
        at_path(root, measure.path) = number(measure.value);
        if (measure.path == "visits.total") root["visits"]["per_pod"] = pods_with_visits(e);
    }
    root["downtime"]["outages"] = outages(e.detail);
    root["assumptions"] = assumed(e.scenario);
    root["remarks"] = e.scenario.remarks;
    root["timeline"] = timeline(e);
    root["spread"] = spreads(e);
    root["expectations"] = expectations(e);
    return root;
}

Json advice(const Advice& a) {
    Json object;
    object["tried"] = a.tried;
    object["remedy"] = nullptr;
    if (a.remedy) {
        Json& remedy = object["remedy"] = Json::object();
        for (const auto& [word, value] : a.remedy->settings) remedy["settings"][word] = value;
        remedy["edits"] = Json::array();
        for (const Edit& edit : a.remedy->edits)
            remedy["edits"].push_back(
                {{"how", name_of(edit.how)}, {"place", place(edit.at)}, {"yaml", edit.yaml}});
        remedy["spread"] = spreads(a.remedy->after);
    }
    object["sensitivity"] = Json::array();
    for (const Sway& sway : a.sways) {
        object["sensitivity"].push_back({{"name", sway.word},
                                         {"value", sway.value},
                                         {"tried", sway.doubled},
                                         {"lost", number(sway.lost)},
                                         {"change", number(sway.change)}});
    }
    object["margin"] = Json::array();
    for (const Hold& hold : a.holds) {
        object["margin"].push_back({{"name", hold.word},
                                    {"up_to", hold.value},
                                    {"factor", number(hold.factor)},
                                    {"beyond", hold.beyond},
                                    {"lost_at_most", number(a.limit)}});
    }
    return object;
}

Json later_releases(const ReleaseChange& change) {
    Json object{{"name", change.scenario.name},
                {"kind", Text<WorkloadKind>::print(change.scenario.kind)},
                {"effect", name_of(change.effect)}};
    object["changes"] = change.scenario.update->changes;
    object["now"] = change.now ? spreads(*change.now) : Json(nullptr);
    object["before"] = change.before ? spreads(*change.before) : Json(nullptr);
    object["after"] = change.after ? spreads(*change.after) : Json(nullptr);
    object["difference"] = nullptr;
    if (!change.before || !change.after) return object;
    for (const std::string_view path :
         {"requests.failed", "downtime.total_s", "rollout.duration_s", "cost.extra_pod_seconds"}) {
        const auto d = paired_difference(*change.before, *change.after, path);
        if (!d) continue;
        object["difference"][std::string(path)] = {{"mean", number(d->mean)},
                                                   {"low", number(d->interval.low)},
                                                   {"high", number(d->interval.high)},
                                                   {"confidence", confidence}};
    }
    return object;
}

Json differences(const std::vector<Experiment>& experiments) {
    std::vector<std::string_view> paths;
    for (const auto& [path, head] : compared_measures()) paths.push_back(path);
    Json list = Json::array();
    for (const Contrast& c : contrasts_of(experiments, paths)) {
        const PairedDifference& d = c.difference;
        list.push_back({{"of", experiments[c.second].scenario.strategy},
                        {"less", experiments[c.first].scenario.strategy},
                        {"path", c.path},
                        {"mean", number(d.mean)},
                        {"low", number(d.interval.low)},
                        {"high", number(d.interval.high)},
                        {"p", number(d.p)},
                        {"p_adjusted", number(c.p_adjusted)},
                        {"is_seen", d.is_seen()},
                        {"correlation", number(d.correlation)},
                        {"saving", number(d.saving)},
                        {"runs", d.runs},
                        {"confidence", confidence}});
    }
    return list;
}

Json run_objects(const std::vector<Experiment>& experiments) {
    Json list = Json::array();
    for (const Experiment& e : experiments) list.push_back(run_object(e));
    return list;
}

}  // namespace

std::string json_report(const Result& result, const Screen&) {
    Json root;
    switch (result.kind) {
        case Result::Kind::run:
            root = run_object(result.experiments.front());
            break;
        case Result::Kind::compare:
            root["schema"] = "stratsim.compare/v1";
            root["runs"] = run_objects(result.experiments);
            root["differences"] = differences(result.experiments);
            if (result.good.empty()) break;
            root["good"] = run_objects(result.good);
            root["good_differences"] = differences(result.good);
            break;
        case Result::Kind::runs:
            root["schema"] = "stratsim.runs/v1";
            root["runs"] = run_objects(result.experiments);
            break;
        case Result::Kind::test:
            root["schema"] = "stratsim.test/v1";
            root["pass"] = count_of(result, Verdict::pass);
            root["fail"] = count_of(result, Verdict::fail);
            root["undecided"] = count_of(result, Verdict::undecided);
            root["files"] = result.files;
            root["runs"] = run_objects(result.experiments);
            break;
        case Result::Kind::plan:
            root["schema"] = "stratsim.plan/v1";
            root["to_fix"] = std::ranges::count_if(result.experiments, needs_mending);
            root["releases_per_month"] = number(result.releases_per_month);
            root["objective"] = number(result.objective);
            root["remarks"] = result.remarks;
            root["runs"] = run_objects(result.experiments);
            for (std::size_t i = 0; i < result.advice.size(); ++i)
                root["runs"][i]["advice"] = advice(result.advice[i]);
            if (!result.is_update) break;
            root["compared"] = result.compared;
            root["changes"] = Json::array();
            for (const ReleaseChange& change : result.changes)
                root["changes"].push_back(later_releases(change));
            break;
    }
    if (!result.partial.empty()) root["partial"] = result.partial;
    // Names come from files and may be any bytes.
    return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stratsim
