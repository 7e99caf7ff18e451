#include "cli/reports/formats/json_run.hpp"

#include "cli/reports/formats/json_timeline.hpp"
#include "scenarios/experiments/names.hpp"
#include "scenarios/settings/assumptions.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>

// Most of a run is laid out by the paths of the measures, so a new measure appears by itself.

namespace stratsim::json {

namespace {

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

}  // namespace

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

Json run_objects(const std::vector<Experiment>& experiments) {
    Json list = Json::array();
    for (const Experiment& e : experiments) list.push_back(run_object(e));
    return list;
}

}  // namespace stratsim::json
