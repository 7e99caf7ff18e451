#include "cli/reports/words/comparison.hpp"

#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/verdict.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <utility>

namespace stratsim {

namespace {

std::vector<Column> columns_of(const std::vector<Figure>& figures, const std::string& first) {
    std::vector<Column> columns{{first}};
    for (const Figure& figure : figures) columns.push_back({figure.head, figure.right});
    return columns;
}

std::vector<std::vector<Rich>> cells_of(const std::vector<Figure>& figures,
                                        std::vector<Rich> names) {
    std::vector<std::vector<Rich>> rows;
    for (std::size_t r = 0; r < names.size(); ++r) {
        std::vector<Rich>& row = rows.emplace_back();
        row.push_back(std::move(names[r]));
        for (const Figure& figure : figures) {
            const Ink ink = figure.cells[r] == "none" ? Ink::green : Ink::plain;
            row.push_back({{figure.cells[r], ink, figure.best[r]}});
        }
    }
    return rows;
}

std::vector<Rich> strategy_column(const Result& result) {
    std::vector<Rich> names;
    for (const Experiment& e : result.experiments) names.push_back({{e.scenario.strategy}});
    return names;
}

/// The line over both groups of columns: each title stands where its group begins.
void group_heads(Page& page, const Result& result, const std::vector<Figure>& good,
                 const std::string& bad_title) {
    std::size_t at = 2;
    for (const Rich& name : strategy_column(result)) at = std::max(at, 2 + display_width(name));
    const std::size_t first = at + 2;
    for (const Figure& figure : good) {
        std::size_t widest = display_width(figure.head);
        for (const std::string& cell : figure.cells) widest = std::max(widest, display_width(cell));
        at += 2 + widest;
    }
    std::string line(first, ' ');
    line += "good release";
    line.resize(std::max(at + 2, line.size() + 2), ' ');
    page.line({{line + bad_title}});
}

}  // namespace

void comparison_screen(Page& page, const Result& result) {
    page.paragraph(comparison_verdict(result));
    const bool both = !result.good.empty();
    const bool narrow = page.screen().width < 80;
    const Scenario& scenario = result.experiments.front().scenario;
    const auto figures =
        release_figures(both ? result.good : result.experiments, page.screen().width >= 120);
    const auto bad = both ? bad_release_figures(result.experiments) : std::vector<Figure>{};
    page.block();
    auto all = figures;
    all.insert(all.end(), bad.begin(), bad.end());
    const auto show = [&](const std::vector<Figure>& part) {
        table(page, columns_of(part, ""), cells_of(part, strategy_column(result)));
    };
    const std::string title = both ? bad_release(scenario.new_version) : "";
    if (!both) {
        show(figures);
    } else if (!narrow && table_width(columns_of(all, ""),
                                      cells_of(all, strategy_column(result))) <= page.width()) {
        group_heads(page, result, figures, title);
        show(all);
    } else {
        page.line({{"  good release"}});
        show(figures);
        page.block();
        page.line({{"  " + title}});
        show(bad);
    }
    page.block();
    for (const std::string& note : comparison_notes(result)) page.paragraph({{"  "}}, {{note}}, 4);
    if (const auto differences = differences_of(both ? result.good : result.experiments)) {
        page.block();
        page.line({{fmt::format("  {}against {}", both ? "good release, " : "",
                                differences->reference)}});
        std::vector<Rich> others;
        for (const std::string& name : differences->names) others.push_back({{name}});
        table(page, columns_of(differences->figures, ""), cells_of(differences->figures, others));
        for (const std::string& note : differences->notes)
            page.paragraph({{"  "}}, {{note, Ink::dim}}, 4);
    }
    for (const Experiment& e : result.experiments) {
        if (e.judgments.empty()) continue;
        page.block();
        page.line({{"  " + e.scenario.strategy, Ink::plain, true}});
        expectation_lines(page, e.judgments);
    }
}

void workloads_screen(Page& page, const Result& result) {
    page.paragraph(workloads_verdict(result));
    const bool narrow = page.screen().width < 80;
    std::vector<Rich> names;
    for (const Experiment& e : result.experiments)
        names.push_back({{workload_of(e.scenario), Ink::plain, true}});
    auto figures = release_figures(result.experiments, page.screen().width >= 120);
    if (narrow) {  // the names are long: the range and the extra pods give way to the JSON
        std::erase_if(figures,
                      [](const Figure& f) { return f.head == "9 of 10" || f.head == "extra"; });
    }
    for (Figure& figure : figures) figure.best.assign(names.size(), false);
    page.block();
    table(page, columns_of(figures, ""), cells_of(figures, std::move(names)));
    page.block();
    for (const std::string& note : workload_notes(result)) page.paragraph({{"  "}}, {{note}}, 4);
    page.block();
    page.paragraph(
        {{"Each workload was simulated alone, as if the others stood still; time and outage are "
          "medians."}});
}

}  // namespace stratsim
