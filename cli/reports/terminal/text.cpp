#include "cli/reports/layout.hpp"
#include "cli/reports/terminal/picture.hpp"
#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/comparison.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/plan.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/tests.hpp"
#include "cli/reports/words/verdict.hpp"
#include "scenarios/experiments/names.hpp"
#include "scenarios/settings/assumptions.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <range/v3/view/zip.hpp>

// The screens. Order of each: verdict, picture, table, why, what was assumed, how to repeat it.

namespace stratsim {

namespace {

Ink ink_of(std::string_view value) {
    return value == "none" ? Ink::green : Ink::plain;
}

/// The statistics of a row, and under which head; more of them where there is room.
struct StatisticColumn {
    std::string_view head;
    std::string SummaryRow::*value;
};

std::vector<StatisticColumn> statistics_for(int width) {
    if (width < 60) return {{"mean", &SummaryRow::lead}, {"9 of 10", &SummaryRow::range}};
    if (width < 120) return {{"mean", &SummaryRow::lead}, {"9 of 10 rollouts", &SummaryRow::range}};
    return {{"mean", &SummaryRow::lead},
            {"95% interval", &SummaryRow::interval},
            {"p50", &SummaryRow::p50},
            {"9 of 10 rollouts", &SummaryRow::range},
            {"max", &SummaryRow::max}};
}

/// Of a table with a note behind, or on narrow screens under, each row.
void summary_table(Page& page, const std::vector<SummaryRow>& rows) {
    const auto statistics = statistics_for(page.screen().width);
    const bool narrow = page.screen().width < 80;
    const std::size_t label = narrow ? 18 : 19;
    std::vector<std::size_t> widths;
    for (const StatisticColumn& statistic : statistics) {
        std::size_t widest = statistic.head.size();
        for (const SummaryRow& row : rows)
            widest = std::max(widest, display_width(row.*statistic.value));
        const std::size_t least = statistic.value == &SummaryRow::range && !narrow ? 18 : 7;
        widths.push_back(std::max(widest, least) + 2);
    }
    std::string head(label + 2, ' ');
    for (auto&& [statistic, width] : ranges::views::zip(statistics, widths))
        head += padded(std::string(statistic.head), width);
    page.line({{head}});
    const std::size_t noted_at = !narrow                    ? head.size()
                                 : page.screen().width < 60 ? 4
                                                            : label + 2 + widths.front();
    for (const SummaryRow& row : rows) {
        Rich line{{padded("  " + row.label, label + 2)}};
        for (auto&& [statistic, width] : ranges::views::zip(statistics, widths)) {
            const std::string& value = row.*statistic.value;
            line.push_back({value, ink_of(value)});
            line.push_back({padded("", width - display_width(value))});
        }
        if (!narrow) {
            page.paragraph(line, {{row.note}}, noted_at);
            continue;
        }
        page.line(line);
        const std::string pad(noted_at, ' ');
        if (!row.note.empty()) page.paragraph({{pad}}, {{row.note}}, noted_at);
    }
}

void labelled(Page& page, const std::string& label, const std::string& text, std::size_t at) {
    page.paragraph({{padded(label, at)}}, {{text}}, at);
}

void why(Page& page, const Experiment& e) {
    std::string label = "why";
    page.block();
    for (const std::string& reason : reasons(e)) {
        labelled(page, label, reason, 6);
        label = "";
    }
}

/// What is worth saying of an assumption beside its value.
std::string reason_of(const Assumption& a) {
    constexpr std::string_view prefix = "assumed: ";
    std::string source = a.source.starts_with(prefix) ? a.source.substr(prefix.size()) : a.source;
    if (source.starts_with(a.value + ", ")) source.erase(0, a.value.size() + 2);
    return source == a.value ? "" : source;
}

void assumed(Page& page, const std::vector<Assumption>& list) {
    if (list.empty()) return;
    std::size_t names = 0;
    std::size_t values = 0;
    for (const Assumption& a : list) {
        names = std::max(names, display_width(a.name));
        values = std::max(values, display_width(a.value));
    }
    page.line({{"assumed (sources: docs/model.md)", Ink::dim}});
    const bool narrow = page.screen().width < 80;
    const std::size_t source_at = 4 + names + (narrow ? 2 : values + 2);
    for (const Assumption& a : list) {
        const std::string reason = reason_of(a);
        std::string front = padded("  " + a.name, 4 + names) + a.value;
        if (narrow || reason.empty()) {
            page.paragraph({}, {{front, Ink::dim}}, 4);
            front = "";
        }
        if (reason.empty()) continue;
        page.paragraph({{padded(front, source_at), Ink::dim}}, {{reason, Ink::dim}}, source_at);
    }
}

/// What every screen ends with.
void ending(Page& page, const std::vector<Experiment>& experiments,
            const std::vector<std::string>& remarks) {
    const Background behind = background(experiments);
    page.block();
    for (const std::string& line : behind.given) page.paragraph({}, {{line}}, 2);
    assumed(page, behind.assumed);
    for (const std::string& remark : remarks) page.paragraph({}, {{remark, Ink::dim}}, 2);
    for (const std::string& remark : behind.remarks) page.paragraph({}, {{remark, Ink::dim}}, 2);
    page.line({{last_line(experiments), Ink::dim}});
}

void place(Page& page, const Scenario& scenario) {
    if (scenario.from.empty()) return;
    page.paragraph({},
                   {{workload_of(scenario), Ink::plain, true},
                    {"  " + scenario.from + "  " + described(scenario)}},
                   2);
    const std::string around = circumstances(scenario);
    if (!around.empty()) page.paragraph({{"  "}}, {{around}}, 2);
}

void visits_table(Page& page, const Experiment& e) {
    constexpr std::size_t shown = 20;
    std::uint64_t most = 1;
    for (const PodLife& pod : e.detail.pods) most = std::max(most, pod.visits);
    const std::size_t room = page.width() > 60 ? page.width() - 50 : 10;
    std::vector<std::vector<Rich>> rows;
    for (const PodLife& pod : e.detail.pods) {
        if (rows.size() == shown) break;
        const auto length = static_cast<std::size_t>(
            static_cast<double>(pod.visits * room) / static_cast<double>(most) + 0.5);
        const std::size_t at_least = pod.visits > 0 ? 1 : 0;
        rows.push_back({Rich{{pod_name(e.scenario, pod)}},
                        Rich{{count_text(static_cast<double>(pod.visits))}},
                        Rich{{long_bar(std::max(length, at_least), page.screen())}}});
    }
    page.block();
    table(page, {{"pod"}, {"visits", true}, {""}}, rows);
    if (e.detail.pods.size() > shown) {
        page.line(
            {{fmt::format("  and {} more pods; all: -o json", e.detail.pods.size() - shown)}});
    }
    if (e.runs.size() > 1)
        page.line(
            {{fmt::format("  run with seed {}", Text<Seed>::print(e.scenario.seed)), Ink::dim}});
}

void run_screen(Page& page, const Experiment& e) {
    const bool stands = e.scenario.strategy == "none";
    page.paragraph(verdict(e));
    const std::string details = verdict_details(e);
    if (!details.empty()) page.paragraph({{details}});
    place(page, e.scenario);
    if (!e.judgments.empty()) {
        page.block();
        expectation_lines(page, e.judgments);
    }
    if (!has_no_pods(e)) {
        if (stands) {
            visits_table(page, e);
        } else {
            draw_picture(page, e);
        }
        page.block();
        summary_table(page, stands ? standing_rows(e) : rollout_rows(e));
        const std::string steps = steps_sentence(e);
        if (!steps.empty()) labelled(page, "  steps", steps, page.screen().width < 80 ? 20 : 21);
        const std::string samples = samples_sentence(e.scenario);
        if (!samples.empty())
            labelled(page, "  samples", samples, page.screen().width < 80 ? 20 : 21);
        why(page, e);
    }
}

}  // namespace

std::string text_report(const Result& result, const Screen& screen) {
    Page page(screen);
    if (!result.partial.empty()) page.paragraph({{result.partial, Ink::yellow, true}});
    if (result.experiments.empty() && result.kind != Result::Kind::plan) {
        page.paragraph(workloads_verdict(result));
        return std::move(page).text();
    }
    switch (result.kind) {
        case Result::Kind::run:
            run_screen(page, result.experiments.front());
            break;
        case Result::Kind::compare:
            comparison_screen(page, result);
            break;
        case Result::Kind::runs:
            workloads_screen(page, result);
            for (const Experiment& e : result.experiments) {
                if (e.judgments.empty()) continue;
                page.block();
                page.line({{"  " + workload_of(e.scenario), Ink::plain, true}});
                expectation_lines(page, e.judgments);
            }
            break;
        case Result::Kind::test:
            test_screen(page, result);
            return std::move(page).text();
        case Result::Kind::plan:
            plan_screen(page, result);
            return std::move(page).text();
    }
    ending(page, result.experiments, result.remarks);
    return std::move(page).text();
}

}  // namespace stratsim
