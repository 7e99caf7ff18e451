#include "cli/reports/markdown_text.hpp"
#include "cli/reports/report.hpp"
#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/comparison.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/update.hpp"
#include "cli/reports/words/verdict.hpp"
#include "scenarios/settings/assumptions.hpp"

#include <fmt/format.h>
#include <range/v3/view/enumerate.hpp>
#include <range/v3/view/zip.hpp>

// For a pull request: the answer in one sentence, a small table, the rest folded.

namespace stratsim {

namespace {

std::string bold_line(const Rich& sentence) {
    return "**" + markdown_text(plain(sentence)) + "**\n";
}

std::string row_of(const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells)
        text += (cell.empty() ? "" : " ") + markdown_text(cell) + " |";
    return text + "\n";
}

std::string summary_table(const std::vector<SummaryRow>& rows) {
    std::string text = "\n| | mean | 9 of 10 rollouts | |\n|---|---:|---|---|\n";
    for (const SummaryRow& row : rows) text += row_of({row.label, row.lead, row.range, row.note});
    return text;
}

/// One row an experiment; the best of a column is bold.
std::string figures_table(const std::string& first, const std::vector<std::string>& names,
                          const std::vector<Figure>& figures) {
    std::string text = "\n| " + first + " |";
    std::string rule = "|---|";
    for (const Figure& figure : figures) {
        text += fmt::format(" {} |", figure.head);
        rule += figure.right ? "---:|" : "---|";
    }
    text += "\n" + rule + "\n";
    for (std::size_t r = 0; r < names.size(); ++r) {
        text += fmt::format("| {} |", markdown_text(names[r]));
        for (const Figure& figure : figures) {
            const std::string mark = figure.best[r] ? "**" : "";
            text += fmt::format(" {}{}{} |", mark, markdown_text(figure.cells[r]), mark);
        }
        text += "\n";
    }
    return text;
}

std::string folded(const std::string& title, const std::string& inside) {
    if (inside.empty()) return "";
    return fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", title, inside);
}

std::string bullets(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += "- " + markdown_text(line) + "\n";
    return text;
}

std::string ending(const std::vector<Experiment>& experiments) {
    const Background behind = background(experiments);
    std::vector<std::string> lines = behind.given;
    for (const Assumption& a : behind.assumed) {
        lines.push_back(fmt::format("{} {} ({})", a.name, a.value, a.source));
    }
    lines.insert(lines.end(), behind.remarks.begin(), behind.remarks.end());
    return folded("Assumptions and remarks", bullets(lines)) + "\n" + last_line(experiments) + "\n";
}

std::string run_text(const Experiment& e) {
    std::string text = bold_line(verdict(e));
    const std::string details = verdict_details(e);
    if (!details.empty()) text += markdown_text(details) + "\n";
    const std::string around = circumstances(e.scenario);
    if (!around.empty()) text += "\n" + markdown_text(around) + "\n";
    if (has_no_pods(e)) return text;
    const bool stands = e.scenario.strategy == "none";
    text += summary_table(stands ? standing_rows(e) : rollout_rows(e));
    std::vector<std::string> why = reasons(e);
    const std::string steps = steps_sentence(e);
    if (!steps.empty()) why.push_back("steps: " + steps);
    const std::string samples = samples_sentence(e.scenario);
    if (!samples.empty()) why.push_back("samples: " + samples);
    return text + folded("Why", bullets(why));
}

std::string comparison_text(const Result& result) {
    std::vector<std::string> names;
    for (const Experiment& e : result.experiments) names.push_back(e.scenario.strategy);
    const bool both = !result.good.empty();
    auto figures = release_figures(both ? result.good : result.experiments, false);
    if (both) {
        const std::string title = bad_release(result.experiments.front().scenario.new_version);
        for (Figure& figure : bad_release_figures(result.experiments)) {
            figure.head += fmt::format(" ({})", title);
            figures.push_back(std::move(figure));
        }
    }
    std::string text =
        bold_line(comparison_verdict(result)) + figures_table("strategy", names, figures);
    if (const auto differences = differences_of(both ? result.good : result.experiments)) {
        text += fmt::format("\n{}gainst {}:\n", both ? "A good release, a" : "A",
                            differences->reference) +
                figures_table("strategy", differences->names, differences->figures) + "\n" +
                bullets(differences->notes);
    }
    return text + folded("Notes", bullets(comparison_notes(result)));
}

std::string workloads_text(const Result& result) {
    std::vector<std::string> names;
    for (const Experiment& e : result.experiments) names.push_back(workload_of(e.scenario));
    auto figures = release_figures(result.experiments, false);
    for (Figure& figure : figures) figure.best.assign(names.size(), false);
    return bold_line(workloads_verdict(result)) + "Each workload was simulated alone.\n" +
           figures_table("workload", names, figures) +
           folded("Workloads", bullets(workload_notes(result)));
}

/// What was expected and what came of it; empty where nothing was.
std::string expectations_table(const Result& result) {
    std::string rows;
    for (auto&& [i, e] : ranges::views::enumerate(result.experiments)) {
        for (const Judgment& j : e.judgments) {
            const std::string word = verdict_word(j.verdict).text;
            const std::string settling = settling_text(j);
            rows += fmt::format(
                "| {} | {} | {} | {}{} |\n", j.verdict == Verdict::pass ? word : "**" + word + "**",
                markdown_text(i < result.files.size() ? result.files[i] : workload_of(e.scenario)),
                markdown_text(j.expectation.text), markdown_text(measured_text(j)),
                settling.empty() ? "" : "; " + markdown_text(settling));
        }
    }
    if (rows.empty()) return "";
    return "\n| | of | expected | measured |\n|---|---|---|---|\n" + rows;
}

std::string test_text(const Result& result) {
    return bold_line(
        {{fmt::format("Of {} expectations {} pass, {} fail, {} are undecided.",
                      count_of(result, Verdict::pass) + count_of(result, Verdict::fail) +
                          count_of(result, Verdict::undecided),
                      count_of(result, Verdict::pass), count_of(result, Verdict::fail),
                      count_of(result, Verdict::undecided))}});
}

std::string plan_text(const Result& result) {
    std::vector<std::string> fixes;
    for (auto&& [advice, now] : ranges::views::zip(result.advice, result.experiments)) {
        if (!advice.remedy) continue;
        const Remedy& remedy = *advice.remedy;
        std::string text = workload_of(now.scenario) + ":";
        for (const Edit& edit : remedy.edits) {
            const std::string at =
                edit.at.line > 0 ? fmt::format(" {}:{}", edit.at.file, edit.at.line) : "";
            text += fmt::format("{} {};", at, edit.yaml);
        }
        fixes.push_back(text + " then " + plain(verdict(remedy.after)));
    }
    return workloads_text(result) +
           folded("Fixes, each simulated with the same seeds", bullets(fixes));
}

std::string body_of(const Result& result) {
    switch (result.kind) {
        case Result::Kind::run:
            return run_text(result.experiments.front());
        case Result::Kind::compare:
            return comparison_text(result);
        case Result::Kind::runs:
            return workloads_text(result);
        case Result::Kind::test:
            return test_text(result);
        case Result::Kind::plan:
            return plan_text(result);
    }
    return "";
}

}  // namespace

std::string markdown_report(const Result& result, const Screen&) {
    if (!result.partial.empty()) {
        Result rest = result;
        rest.partial.clear();
        return "**" + markdown_text(result.partial) + "**\n\n" + markdown_report(rest, {});
    }
    if (result.is_update && result.kind == Result::Kind::plan)
        return update_markdown(result) + expectations_table(result);
    if (result.experiments.empty()) return bold_line(workloads_verdict(result));
    return body_of(result) + expectations_table(result) + ending(result.experiments);
}

}  // namespace stratsim
