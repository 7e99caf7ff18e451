#include "cli/reports/words/summary_rows.hpp"

#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"

#include <cstddef>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace stratsim {

namespace {

/// Collects the rows of an experiment's table.
class SummaryRows {
  public:
    explicit SummaryRows(const Experiment& e) : e_(e) {}

    /// `zero`: what to write for it, such as none.
    SummaryRow& add(std::string label, std::string_view path, std::string zero = "0") {
        const Unit unit = unit_of(path);
        SummaryRow& row = rows.emplace_back();
        row.label = std::move(label);
        row.path = path;
        const auto spread = e_.spread(path);
        if (!spread) {
            row.lead = row.range = row.interval = row.p50 = row.max = "-";
            return row;
        }
        const auto value = [&](double x) { return x == 0 ? zero : value_text(x, unit); };
        const bool never = spread->max == 0 && spread->mean == 0;
        const double leads = led_by_median(unit) ? spread->p50 : spread->mean;
        row.lead = leads == 0 ? zero : lead_text(*spread, unit);
        row.range = never || (spread->p95 == 0 && spread->p5 == 0 && spread->count >= 20)
                        ? zero
                        : range_text(*spread, unit);
        row.interval = interval_text(*spread, unit);
        row.p50 = value(spread->p50);
        row.max = value(spread->max);
        return row;
    }

    std::vector<SummaryRow> rows;

  private:
    const Experiment& e_;
};

std::string median_text(const Experiment& e, std::string_view path) {
    const auto spread = e.spread(path);
    return spread ? lead_text(*spread, unit_of(path)) : "-";
}

/// `none in 96 of 100 runs`, and the bound when it is none in all.
std::string how_often_none(const Experiment& e, std::string_view path) {
    const std::size_t zeros = e.runs_with_zero(path);
    if (zeros == e.runs.size()) return bound_text(zeros);
    return "none in " + of_runs(zeros, e);
}

void add_lost(SummaryRows& rows, const Experiment& e) {
    SummaryRow& lost = rows.add("requests lost", "requests.failed", "none");
    const double failed = e.mean("requests.failed");
    const double total = e.mean("requests.total");
    const auto all = e.spread("requests.total");
    const auto spread = e.spread("requests.failed");
    if (spread && spread->p50 == 0) {
        lost.note = how_often_none(e, "requests.failed");
    } else if (all && failed > 0) {
        lost.note =
            fmt::format("{} of {}", part_text(failed, total), lead_text(*all, Unit::requests));
    }
}

void add_pods(SummaryRows& rows, const Experiment& e) {
    const double extra = e.mean("pods.peak") - fleet_of(e.scenario);
    SummaryRow& most = rows.add("pods at most", "pods.peak");
    if (extra > 0)
        most.note = fmt::format("{} extra", lead_text({1, extra, 0, 0, 0, 0, 0}, Unit::ratio));
    rows.add("fewest available", "pods.min_available").note =
        fmt::format("of {}", count_text(fleet_of(e.scenario)));
    const double money = e.mean("cost.extra");
    rows.add("extra", "cost.extra_pod_seconds").note =
        "pod-seconds" + (money == 0 ? "" : ", " + money_text(money, e.scenario.prices.currency));
}

void add_versions(SummaryRows& rows, const Experiment& e) {
    const Scenario& s = e.scenario;
    if (s.strategy == Rolling::name || s.strategy == Canary::name) {
        rows.add("both versions", "compatibility.mixed_s", "none").note = "listed at the same time";
        rows.add("saw both", "compatibility.users_saw_both", "none").note =
            fmt::format("of {} users", count_text(s.users));
    }
    if (!s.new_version.is_bad() && !s.undo_after) return;
    rows.add("hurt users", "exposure.users_hurt", "none").note =
        fmt::format("of {}", count_text(s.users));
    const std::size_t back = e.runs_with(RolloutOutcome::rolled_back);
    SummaryRow& well = rows.add("well again", "rollback.restored_s");
    well.note = back == 0 ? "never rolled back" : "rolled back in " + of_runs(back, e);
}

void add_state(SummaryRows& rows) {
    rows.add("duplicates", "visits.duplicates", "none").note = "visits shown a number twice";
    rows.add("backward reads", "visits.backward_reads", "none").note = "visitors saw it fall";
    rows.add("lost updates", "visits.lost_updates", "none").note = "visits that no counter holds";
}

bool tells_state(const Scenario& s) {
    return s.given("volume") || s.given("think") || s.given("visits") ||
           s.kind == WorkloadKind::statefulset;
}

}  // namespace

std::vector<SummaryRow> rollout_rows(const Experiment& e) {
    SummaryRows rows(e);
    add_lost(rows, e);
    if (e.mean("requests.failed") > 0) {
        rows.add("worst second", "requests.worst_second").note = "of its requests lost";
    }
    SummaryRow& outage = rows.add("outage", "downtime.total_s", "none");
    if (e.runs_with_zero("downtime.total_s") > 0)
        outage.note = how_often_none(e, "downtime.total_s");
    SummaryRow& time = rows.add("time", "rollout.duration_s");
    const std::size_t stalled = e.runs_with(RolloutOutcome::stalled);
    time.note = stalled == 0 ? "median" : "stalls in " + of_runs(stalled, e);
    add_pods(rows, e);
    rows.add("latency p99", "latency_ms.p99").note =
        fmt::format("old {}, new {}", median_text(e, "latency_ms.by_version.old.p99"),
                    median_text(e, "latency_ms.by_version.new.p99"));
    add_versions(rows, e);
    if (tells_state(e.scenario)) {
        add_state(rows);
        rows.add("state kept", "state.surviving_share").note = "of the counters of before";
    }
    return std::move(rows.rows);
}

std::vector<SummaryRow> standing_rows(const Experiment& e) {
    SummaryRows rows(e);
    add_lost(rows, e);
    add_state(rows);
    rows.add("latency p99", "latency_ms.p99").note = "median";
    return std::move(rows.rows);
}

}  // namespace stratsim
