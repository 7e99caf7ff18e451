#include "cli/reports/layout.hpp"
#include "cli/reports/sweep/sweep.hpp"
#include "cli/reports/terminal/picture.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim {

namespace {

/// So many rows are read; of more, those that mean something.
constexpr std::size_t most_rows = 60;

/// The points that get a row.
std::vector<std::size_t> shown_points(const Sweep& sweep, const SweepFindings& findings) {
    std::vector<std::size_t> all;
    std::vector<std::size_t> marked;
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        if (!sweep.is_simulated(i)) continue;
        all.push_back(i);
        if (!point_marks(findings, i).empty()) marked.push_back(i);
    }
    return all.size() <= most_rows ? all : marked;
}

/// The first column as bars: the curve, lying on its side.
std::vector<std::string> bars(const Sweep& sweep, const std::vector<std::size_t>& points,
                              double room, const Screen& screen) {
    const auto lost_at = [&](std::size_t i) {
        return std::max(0.0, sweep.points[i]->columns.front().value.value_or(0));
    };
    double most = 0;
    for (const std::size_t i : points) most = std::max(most, lost_at(i));
    std::vector<std::string> list;
    for (const std::size_t i : points) {
        const auto length = static_cast<std::size_t>(most > 0 ? lost_at(i) / most * room + 0.5 : 0);
        list.push_back(long_bar(lost_at(i) > 0 ? std::max<std::size_t>(length, 1) : 0, screen));
    }
    return list;
}

/// What a table of points shows beside the settings; less of it on narrow screens.
struct PointsLayout {
    double bar = 0;        ///< of the first column, in characters; 0: none
    bool interval = true;  ///< of the first column
    std::size_t columns = 100;
};

struct PointsTable {
    std::vector<Column> columns{};
    std::vector<std::vector<Rich>> rows{};
};

PointsTable points_table(const Sweep& sweep, const SweepFindings& findings,
                         const std::vector<std::size_t>& points, const PointsLayout& layout,
                         const Screen& screen) {
    const SweepDefinition& d = sweep.definition;
    const std::size_t shown = std::min(layout.columns, d.columns.size());
    const auto curve = bars(sweep, points, layout.bar, screen);
    PointsTable result;
    for (const Axis& axis : d.grid.axes) result.columns.push_back({axis.word, true});
    if (layout.bar > 0) result.columns.push_back({""});
    for (std::size_t c = 0; c < shown; ++c) {
        result.columns.push_back({column_head(d.columns[c]), true});
        if (c == 0 && layout.interval) result.columns.push_back({"95%"});
    }
    result.columns.push_back({""});
    for (std::size_t r = 0; r < points.size(); ++r) {
        const std::size_t i = points[r];
        const SweepPoint& point = *sweep.points[i];
        const bool chosen = findings.choice == i;
        std::vector<Rich>& row = result.rows.emplace_back();
        for (const std::string& value : d.grid.at(i)) row.push_back({{value, Ink::plain, chosen}});
        if (layout.bar > 0) row.push_back({{curve[r]}});
        for (std::size_t c = 0; c < shown; ++c) {
            row.push_back({{column_text(point, c, d.columns[c]), Ink::plain, chosen}});
            if (c == 0 && layout.interval) {
                const Interval& known = point.columns[c].interval;
                const bool exact = known.low && known.low == known.high;
                row.push_back({{exact ? "" : interval_between(known, d.columns[c].unit)}});
            }
        }
        row.push_back({{point_marks(findings, i), chosen ? Ink::green : Ink::plain, chosen}});
    }
    return result;
}

}  // namespace

std::string sweep_text(const Sweep& sweep, const SweepFindings& findings, const Screen& screen) {
    const SweepDefinition& d = sweep.definition;
    Page page(screen);
    if (!sweep.partial.empty()) page.paragraph({{sweep.partial, Ink::yellow, true}});
    page.paragraph({{sweep_verdict(sweep, findings), Ink::plain, true}});
    const auto points = shown_points(sweep, findings);
    // The widest that fits; the last is what every screen gets.
    PointsTable shown;
    for (const PointsLayout& layout :
         {PointsLayout{.bar = 24}, PointsLayout{.bar = 16}, PointsLayout{.bar = 10},
          PointsLayout{.bar = 10, .columns = 4}, PointsLayout{.bar = 10, .columns = 3},
          PointsLayout{.bar = 6, .columns = 3}, PointsLayout{.columns = 3},
          PointsLayout{.interval = false, .columns = 3},
          PointsLayout{.interval = false, .columns = 1}}) {
        shown = points_table(sweep, findings, points, layout, screen);
        if (table_width(shown.columns, shown.rows) <= page.width()) break;
    }
    page.block();
    table(page, shown.columns, shown.rows);
    if (points.size() < sweep.points.size()) {
        page.line(
            {{fmt::format("  {} of {} points; all: -o csv", points.size(), sweep.points.size()),
              Ink::dim}});
    }
    page.block();
    for (const std::string& note : sweep_notes(sweep, findings))
        page.paragraph({{"  "}}, {{note, Ink::dim}}, 4);
    if (!findings.choice) return std::move(page).text();
    const auto yaml = [&](const std::string& title, const std::string& text) {
        if (text.empty()) return;
        page.block();
        page.line({{title}});
        std::size_t begin = 0;
        for (std::size_t end = text.find('\n'); end != std::string::npos;
             begin = end + 1, end = text.find('\n', begin))
            page.line({{"  " + text.substr(begin, end - begin)}});
    };
    yaml("In the manifest:", manifest_yaml(d, *findings.choice));
    yaml("As a scenario:", scenario_yaml(d, *findings.choice));
    page.block();
    page.line(
        {{fmt::format(
              "{} runs a point, seed {}.", sweep.points[*findings.choice]->runs.size(),
              std::ranges::find(d.settings, "seed", [](const auto& s) { return s.first; })->second),
          Ink::dim}});
    return std::move(page).text();
}

}  // namespace stratsim
