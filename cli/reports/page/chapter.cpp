#include "cli/reports/page/chapter.hpp"

#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/pods_chart.hpp"
#include "cli/reports/page/runs_chart.hpp"
#include "cli/reports/page/svg.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/page/time_chart.hpp"
#include "cli/reports/page/visits_chart.hpp"
#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/plan.hpp"
#include "cli/reports/words/summary.hpp"
#include "scenarios/settings/assumptions.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/metrics/requests.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace stratsim::html {

namespace {

std::string statistic(const std::string& at, std::string_view path, std::string_view which) {
    return fmt::format("{}/spread/{}/{}", at, path, which);
}

bool stands(const Experiment& e) {
    return e.scenario.strategy == "none";
}

std::vector<SummaryRow> rows_of(const Experiment& e) {
    return stands(e) ? standing_rows(e) : rollout_rows(e);
}

/// What is worth a tile, the most important first.
constexpr std::array tile_paths{"requests.failed",     "downtime.total_s",
                                "rollout.duration_s",  "cost.extra_pod_seconds",
                                "pods.peak",           "pods.min_available",
                                "latency_ms.p99",      "exposure.users_hurt",
                                "rollback.restored_s", "compatibility.users_saw_both"};
constexpr std::size_t most_tiles = 8;

std::string tile(const Chapter& chapter, const SummaryRow& row) {
    const Experiment& e = chapter.experiment;
    std::string text = paragraph("label", row.label);
    text += element("p", "class=\"value\"", lead_number(e, chapter.at, row.path, "none"));
    if (row.lead != row.range) {
        text += element("p", "class=\"soft\"",
                        escaped((row.range.starts_with("needs") ? "" : "9 of 10: ") + row.range));
    }
    text += strip(e, row.path);
    if (!row.note.empty()) text += paragraph("soft", row.note);
    return element("li", text) + "\n";
}

std::string edits_of(const Remedy& remedy) {
    std::string text;
    for (const Edit& edit : remedy.edits) {
        if (edit.at.line > 0)
            text += paragraph("soft", place_text(edit.at.file, edit.at.line) + ", add or change");
        text += element("pre", "class=\"add\"", element("code", escaped(edit.yaml))) + "\n";
    }
    return text;
}

/// What the page says in the place of a number that is only an estimate.
std::string around(double value) {
    return value == 0 ? "none" : estimate_text(value, {value * 0.9, value * 1.1}, Unit::requests);
}

std::string holds_table(const Chapter& chapter, const Advice& advice) {
    if (advice.holds.empty()) return "";
    Table table(fmt::format("How far a setting may grow before {} requests are lost{}",
                            value_text(advice.limit, Unit::requests),
                            advice.remedy ? ", with the fix" : ""));
    table.column("setting");
    table.column("holds while");
    table.column("of what it is now", true);
    table.column("");
    for (const Hold& hold : advice.holds) {
        constexpr double width = 180;
        Svg bar(width, 14);
        const double part = std::clamp((hold.factor - 1) / 7, 0.02, 1.0);
        bar.rectangle(0, 4, width, 6, filled(Tone::grid));
        bar.rectangle(0, 4, width * part, 6, filled(Tone::good));
        table.row({escaped(hold.word), escaped(hold_limit(chapter.experiment.scenario, hold)),
                   fmt::format("{}{:.1f}x", hold.beyond ? "over " : "up to ", hold.factor),
                   bar.decoration("bar")});
    }
    return table.text();
}

std::string sways_table(const Chapter& chapter, const Advice& advice) {
    if (advice.sways.empty()) return "";
    Table table("What the answer hangs on: assumed settings, twice as large");
    table.column("setting");
    table.column("assumed");
    table.column("tried");
    table.column("then lost", true);
    for (std::size_t i = 0; i < advice.sways.size(); ++i) {
        const Sway& sway = advice.sways[i];
        const std::string lost = around(sway.lost);
        table.row({escaped(sway.word), escaped(sway.value), escaped(sway.doubled),
                   chapter.result.kind == Result::Kind::plan
                       ? number(lost, sway.lost,
                                fmt::format("{}/advice/sensitivity/{}/lost", chapter.at, i))
                       : escaped(lost)});
    }
    return table.text();
}

std::string assumptions_table(const Experiment& e) {
    Table table("Assumed, as nobody gave it");
    table.column("setting");
    table.column("value");
    table.column("source");
    for (const Assumption& a : assumptions(e.scenario))
        table.row({escaped(a.name), escaped(a.value), escaped(a.source)});
    return table.empty() ? "" : table.text();
}

}  // namespace

std::string section(const Chapter& chapter, std::string_view name, std::string_view finding,
                    std::string_view content, std::string_view style) {
    if (content.empty()) return "";
    const std::string id = fmt::format("{}{}", chapter.id, name);
    return fmt::format(
        "<section aria-labelledby=\"{0}-h\"{1}>\n<h{2} id=\"{0}-h\">{3}</h{2}>\n"
        "{4}</section>\n",
        id, style.empty() ? "" : fmt::format(" class=\"{}\"", style), chapter.level,
        escaped(finding), content);
}

std::string lead_number(const Experiment& e, const std::string& at, std::string_view path,
                        const std::string& zero) {
    const auto spread = e.spread(path);
    if (!spread) return "-";
    const Unit unit = unit_of(path);
    const bool median = led_by_median(unit);
    const double value = median ? spread->p50 : spread->mean;
    return number(value == 0 ? zero : lead_text(*spread, unit), value,
                  statistic(at, path, median ? "p50" : "mean"));
}

std::string tiles(const Chapter& chapter) {
    const auto rows = rows_of(chapter.experiment);
    std::string list;
    std::size_t count = 0;
    for (const std::string_view path : tile_paths) {
        const auto row = std::ranges::find(rows, path, &SummaryRow::path);
        if (row == rows.end() || count == most_tiles) continue;
        list += tile(chapter, *row);
        ++count;
    }
    return element("ul", "class=\"tiles\"", "\n" + list) + "\n";
}

std::string numbers_table(const Chapter& chapter) {
    const Experiment& e = chapter.experiment;
    Table table(
        fmt::format("Over {}; times and latencies lead with the median, all else with "
                    "the mean",
                    of_runs(e.runs.size(), e)));
    table.column("");
    for (const char* head : {"lead", "95% of the mean", "p50", "9 of 10 rollouts", "max"})
        table.column(head, true);
    table.column("");
    for (const SummaryRow& row : rows_of(e)) {
        const auto spread = e.spread(row.path);
        const auto cell = [&](const std::string& text, double value, std::string_view which) {
            return spread ? number(text, value, statistic(chapter.at, row.path, which))
                          : escaped(text);
        };
        table.row({escaped(row.label), lead_number(e, chapter.at, row.path, "none"),
                   escaped(row.interval), cell(row.p50, spread ? spread->p50 : 0, "p50"),
                   escaped(row.range), cell(row.max, spread ? spread->max : 0, "max"),
                   escaped(row.note)});
    }
    return table.text();
}

std::string expectations(const Experiment& e) {
    std::string list;
    for (const Judgment& j : e.judgments) {
        const std::string_view style = j.verdict == Verdict::pass   ? "well"
                                       : j.verdict == Verdict::fail ? "bad"
                                                                    : "caution";
        std::string text = element("b", fmt::format("class=\"{}\"", style),
                                   escaped(verdict_word(j.verdict).text)) +
                           " " + element("code", escaped(j.expectation.text)) + ": " +
                           escaped(measured_text(j));
        const std::string settling = settling_text(j);
        const std::string place = place_of(j);
        if (!settling.empty()) text += "; " + escaped(settling);
        if (!place.empty()) text += " " + element("span", "class=\"soft\"", escaped(place));
        list += element("li", text) + "\n";
    }
    return list.empty() ? "" : element("ul", "class=\"verdicts\"", "\n" + list) + "\n";
}

std::string fix_section(const Chapter& chapter) {
    if (chapter.advice == nullptr || !needs_mending(chapter.experiment)) return "";
    const auto& remedy = chapter.advice->remedy;
    if (!remedy) {
        return section(
            chapter, "fix",
            fmt::format("No fix was found: {} changes were tried", chapter.advice->tried),
            paragraph("",
                      "None of them loses nothing in 9 of 10 runs, or half of what "
                      "is lost now."));
    }
    const std::size_t lines = remedy->edits.size();
    const auto before = chapter.experiment.spread("requests.failed");
    const auto after = remedy->after.spread("requests.failed");
    std::string finding =
        fmt::format("{} of YAML {} it", lines == 1 ? "One line" : fmt::format("{} lines", lines),
                    lines == 1 ? "mends" : "mend");
    if (before && after && before->mean > after->mean) {
        finding = fmt::format("{} of YAML {} {} of the {} requests",
                              lines == 1 ? "One line" : fmt::format("{} lines", lines),
                              lines == 1 ? "saves" : "save", around(before->mean - after->mean),
                              lead_text(*before, Unit::requests));
    }
    return section(
        chapter, "fix", finding,
        edits_of(*remedy) + paragraph("", "Simulated with the same seeds: " +
                                              fix_effect(chapter.experiment, remedy->after) + "."));
}

std::string time_section(const Chapter& chapter) {
    const Experiment& e = chapter.experiment;
    const RequestSeries series = request_series(e, 160);
    return section(chapter, "time", time_finding(e, series),
                   time_chart(e, series, chapter.id + "time-chart"), "new-page");
}

std::string pods_section(const Chapter& chapter) {
    return section(chapter, "pods", pods_finding(chapter.experiment),
                   pods_chart(chapter.experiment, chapter.id + "pods-chart"));
}

std::string runs_section(const Chapter& chapter) {
    const Experiment& e = chapter.experiment;
    if (e.runs.size() < 2) return "";
    std::string grid;
    const auto add = [&](std::string_view path, const std::string& label, std::string_view name) {
        grid += runs_chart(e, path, label, fmt::format("{}runs-{}", chapter.id, name));
    };
    add("requests.failed", "requests lost", "lost");
    add("rollout.duration_s", "time", "time");
    add("downtime.total_s", "outage", "outage");
    if (e.scenario.new_version.is_bad()) add("exposure.users_hurt", "hurt users", "hurt");
    if (grid.empty()) return "";
    const auto worst = worst_run(e, "requests.failed");
    std::string text = element("div", "class=\"grid\"", "\n" + grid) + "\n";
    text += paragraph(
        "soft",
        fmt::format(
            "Seed {}, {} runs; run 0 is the one drawn above.{}", Text<Seed>::print(e.scenario.seed),
            e.runs.size(),
            worst ? fmt::format(
                        " The worst is run {}: it loses {}. Each run in full: -o jsonl.", *worst,
                        value_text(e.runs[*worst]["requests.failed"].value_or(0), Unit::requests))
                  : ""));
    return section(chapter, "runs", runs_finding(e), text, "new-page");
}

std::string visits_section(const Chapter& chapter) {
    return section(chapter, "visits", visits_finding(chapter.experiment),
                   visits_chart(chapter.experiment, chapter.at, chapter.id + "visits-chart"));
}

std::string cost_section(const Chapter& chapter) {
    const Experiment& e = chapter.experiment;
    const auto extra = e.spread("cost.extra_pod_seconds");
    if (!extra || stands(e)) return "";
    const std::string& currency = e.scenario.prices.currency;
    const double money = e.mean("cost.extra");
    std::string finding;
    if (extra->mean == 0) {
        finding = "A rollout needs no more pods than standing still";
    } else {
        finding =
            fmt::format("A rollout takes {} pod-seconds {} than standing still",
                        lead_text({extra->count, std::abs(extra->mean), extra->sd, 0, 0, 0, 0},
                                  Unit::pod_seconds),
                        extra->mean > 0 ? "more" : "fewer");
        if (extra->mean > 0) finding += ", " + money_text(money, currency);
    }
    Table table("A rollout, over its whole window");
    table.column("");
    table.column("mean", true);
    table.column("9 of 10 rollouts", true);
    const auto row = [&](const char* label, std::string_view path, bool is_money) {
        const auto spread = e.spread(path);
        if (!spread) return;
        const std::string mean =
            is_money ? money_text(spread->mean, currency) : lead_text(*spread, unit_of(path));
        const std::string range = is_money
                                      ? fmt::format("{} to {}", money_text(spread->p5, currency),
                                                    money_text(spread->p95, currency))
                                      : range_text(*spread, unit_of(path));
        table.row({label, number(mean, spread->mean, statistic(chapter.at, path, "mean")),
                   escaped(is_money && money_text(spread->p5, currency) ==
                                           money_text(spread->p95, currency)
                               ? money_text(spread->p5, currency)
                               : range)});
    };
    row("pod-seconds", "pods.pod_seconds", false);
    row("pod-seconds more than standing still", "cost.extra_pod_seconds", false);
    row("price of all pods", "cost.total", true);
    row("price of standing still", "cost.steady", true);
    row("price of the difference", "cost.extra", true);
    std::string text = table.text();
    if (chapter.result.releases_per_month)
        text += paragraph("", "With " + fmt::format("{:.4g}", *chapter.result.releases_per_month) +
                                  " releases a month: " + monthly_budget(chapter.result, e) + ".");
    text += paragraph("soft",
                      fmt::format("A pod is {:.4g} vCPU and {:.4g} GB, at {} {:.6g} and {:.6g} an "
                                  "hour each.",
                                  e.scenario.cpu, e.scenario.memory_gb, currency,
                                  e.scenario.prices.cpu_hour, e.scenario.prices.memory_hour));
    return section(chapter, "cost", finding, text);
}

std::string why_section(const Chapter& chapter) {
    const Experiment& e = chapter.experiment;
    const auto texts = reasons(e);
    if (texts.empty()) return "";
    Table table("Lost requests by cause");
    table.column("cause");
    table.column("mean", true);
    table.column("9 of 10 rollouts", true);
    table.column("");
    const double all = e.mean("requests.failed");
    for (const LostBy& lost : lost_by(e)) {
        const std::string path(Requests::path_of(lost.cause));
        const auto spread = e.spread(path);
        constexpr double width = 180;
        Svg bar(width, 14);
        bar.rectangle(0, 4, width, 6, filled(Tone::grid));
        bar.rectangle(0, 4, width * std::clamp(spread->mean / std::max(all, 1e-9), 0.01, 1.0), 6,
                      filled(Tone::lost));
        table.row({escaped(cause_phrase(e.scenario, lost.cause)),
                   number(lost.count, lost.mean, statistic(chapter.at, path, "mean")),
                   escaped(range_text(*spread, Unit::requests)), bar.decoration("bar")});
    }
    std::string finding = texts.front().substr(0, texts.front().size() - 1);
    if (texts.size() > 1) {
        finding +=
            fmt::format("; the others have {}",
                        texts.size() == 2 ? "one more reason"
                                          : fmt::format("{} more reasons", texts.size() - 1));
    }
    return section(chapter, "why", finding, table.text(), "new-page");
}

std::string margin_section(const Chapter& chapter) {
    const Experiment& e = chapter.experiment;
    std::string text;
    std::string finding = "What was assumed";
    if (chapter.advice != nullptr) {
        const Advice& advice = *chapter.advice;
        if (!advice.holds.empty()) {
            finding =
                fmt::format("{}{} lost while {}", advice.remedy ? "With the fix, under " : "Under ",
                            value_text(advice.limit, Unit::requests),
                            hold_limit(e.scenario, advice.holds.front()));
        } else if (!advice.sways.empty()) {
            finding = "The answer hangs most on " + advice.sways.front().word;
        }
        text += holds_table(chapter, advice) + sways_table(chapter, advice);
    }
    text += assumptions_table(e);
    for (const std::string& remark : e.scenario.remarks) text += paragraph("soft", remark);
    return section(chapter, "margin", finding, text);
}

std::string all_sections(const Chapter& chapter) {
    std::string text = fix_section(chapter);
    const std::string visits = visits_section(chapter);
    if (stands(chapter.experiment)) text += visits;
    text += time_section(chapter) + pods_section(chapter) + runs_section(chapter);
    if (!stands(chapter.experiment)) text += visits;
    text += cost_section(chapter) + why_section(chapter) + margin_section(chapter);
    return text;
}

}  // namespace stratsim::html
