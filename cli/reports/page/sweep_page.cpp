#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/html_page.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/scatter.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/sweep/sweep.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace stratsim::html {

namespace {

/// The points that differ in one axis only.
struct Line {
    std::string name;
    std::vector<std::size_t> points{};
};

/// More lines than this are not told apart.
constexpr std::size_t most_lines = 6;

std::vector<Line> lines_of(const Sweep& sweep, std::size_t along) {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        if (!sweep.is_simulated(i)) continue;
        const std::string name = point_name(sweep.definition, i, along);
        auto line = std::ranges::find(lines, name, &Line::name);
        if (line == lines.end()) line = lines.insert(lines.end(), Line{name});
        line->points.push_back(i);
    }
    return lines;
}

double number_at(const Sweep& sweep, std::size_t point, std::size_t axis) {
    return leading_number(sweep.definition.grid.at(point)[axis]).value_or(0);
}

Svg curve(const Sweep& sweep, const SweepFindings& findings, const std::vector<Line>& lines,
          std::size_t along, double width) {
    constexpr std::array<Tone, 3> tones{Tone::new_pods, Tone::old_pods, Tone::caution};
    const double left = width > 600 ? 70 : 46;
    const double right = width - (width > 600 ? 170 : 20);
    const double height = 320;
    const double bottom = height - 44;
    double from = 1e300;
    double to = -1e300;
    double most = 1;
    for (const Line& line : lines) {
        for (const std::size_t i : line.points) {
            from = std::min(from, number_at(sweep, i, along));
            to = std::max(to, number_at(sweep, i, along));
            const Estimate& lost = sweep.points[i]->columns.front();
            most = std::max(most, lost.interval.high.value_or(lost.value.value_or(0)));
        }
    }
    Svg svg(width, height);
    const Scale x(from, std::max(to, from + 1e-9), left, right);
    const Scale y(0, round_up(most), bottom, 30);
    draw_levels(svg, y, left, right, 5,
                [](double v) { return count_text(v, v == std::floor(v) ? 0 : 1); });
    for (const double at : ticks(x, width > 600 ? 8 : 4)) {
        svg.line(x(at), bottom, x(at), bottom + 4, stroked(Tone::soft));
        svg.text(x(at), bottom + 18, fmt::format("{:g}", at), Anchor::middle);
    }
    svg.line(left, bottom, right, bottom, stroked(Tone::soft));
    const Number& column = sweep.definition.columns.front();
    svg.text(left, 14, column_head(column), Anchor::start, Tone::ink, "b");
    const Axis& axis = sweep.definition.grid.axes[along];
    const std::string& last = axis.values.back();
    const std::string unit = last.substr(last.find_last_of("0123456789.") + 1);
    svg.text(right, height - 6, axis.word + (unit.empty() ? "" : " in " + unit), Anchor::end,
             Tone::ink, "b");
    double named_at = -1e300;
    for (std::size_t l = 0; l < lines.size(); ++l) {
        const Tone tone = tones[l % tones.size()];
        Path path;
        double end = 0;
        for (const std::size_t i : lines[l].points) {
            const Estimate& lost = sweep.points[i]->columns.front();
            if (!lost.value) continue;
            const double px = x(number_at(sweep, i, along));
            end = y(*lost.value);
            if (path.empty()) {
                path.move(px, end);
            } else {
                path.line(px, end);
            }
            if (lost.interval.low && lost.interval.high)
                svg.line(px, y(*lost.interval.low), px, y(*lost.interval.high), stroked(tone));
        }
        svg.path(path, stroked(tone, 2, l >= tones.size()));
        for (const std::size_t i : lines[l].points) {
            const Estimate& lost = sweep.points[i]->columns.front();
            if (!lost.value) continue;
            const double px = x(number_at(sweep, i, along));
            if (findings.knee[i]) {
                svg.dot(px, y(*lost.value), 6, filled(tone));
                svg.text(px + 8, y(*lost.value) - 10, "knee", Anchor::start, Tone::ink, "b");
            } else {
                svg.dot(px, y(*lost.value), 2.5, filled(tone));
            }
        }
        if (width > 600 && !lines[l].name.empty() && std::abs(end - named_at) > 14) {
            svg.text(right + 8, end + 4, lines[l].name, Anchor::start, Tone::ink);
            named_at = end;
        }
    }
    return svg;
}

std::string section_of(std::string_view finding, const std::string& content) {
    return element("section", "", "\n" + heading(2, finding) + "\n" + content) + "\n";
}

std::string points_table(const Sweep& sweep, const SweepFindings& findings) {
    const SweepDefinition& d = sweep.definition;
    Table table("Every point");
    for (const Axis& axis : d.grid.axes) table.column(axis.word, true);
    for (const Number& column : d.columns) table.column(column_head(column), true);
    table.column("");
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        if (!sweep.points[i]) continue;
        std::vector<std::string> row;
        for (const std::string& value : d.grid.at(i)) row.push_back(escaped(value));
        for (std::size_t c = 0; c < d.columns.size(); ++c)
            row.push_back(escaped(column_text(*sweep.points[i], c, d.columns[c])));
        row.push_back(escaped(sweep.points[i]->invalid.empty() ? point_marks(findings, i)
                                                               : sweep.points[i]->invalid));
        table.row(std::move(row));
    }
    return table.text();
}

std::string front_chart(const Sweep& sweep, const SweepFindings& findings) {
    std::vector<Choice> choices;
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        if (!findings.front[i]) continue;
        RunningMean lost;
        RunningMean extra;
        for (const RunCosts& run : sweep.points[i]->runs) {
            lost.add(run.lost);
            extra.add(run.extra);
        }
        choices.push_back({.name = point_name(sweep.definition, i),
                           .x = extra.mean(),
                           .y = lost.mean(),
                           .x_interval = mean_interval(extra.spread()),
                           .y_interval = mean_interval(lost.spread())});
    }
    const std::string finding =
        fmt::format("{} of {} points are worth a look", choices.size(), sweep.points.size());
    return section_of(finding, scatter(choices, {.x = "extra pod-seconds", .y = "requests lost"},
                                       finding, "front-chart"));
}

std::string yaml_section(const Sweep& sweep, std::size_t point) {
    const auto code = [](const std::string& text) {
        return element("pre", element("code", escaped(text))) + "\n";
    };
    const std::string manifest = manifest_yaml(sweep.definition, point);
    return section_of("What to write for it",
                      (manifest.empty() ? "" : heading(3, "In the manifest") + code(manifest)) +
                          heading(3, "As a scenario") +
                          code(scenario_yaml(sweep.definition, point)));
}

}  // namespace

std::string page_of_sweep(const Sweep& sweep, const SweepFindings& findings) {
    HtmlPage page;
    page.title = sweep_verdict(sweep, findings);
    page.header =
        paragraph("eyebrow", fmt::format("{}: {} points, the same seeds", sweep.definition.workload,
                                         sweep.points.size())) +
        element("h1", "class=\"long\"", escaped(page.title)) + "\n";
    if (!sweep.partial.empty()) page.header = paragraph("lead", sweep.partial) + page.header;
    for (const std::string& note : sweep_notes(sweep, findings))
        page.body += paragraph("note", note);
    if (findings.knee_axis) {
        const auto lines = lines_of(sweep, *findings.knee_axis);
        const std::string finding =
            fmt::format("What {} does", sweep.definition.grid.axes[*findings.knee_axis].word);
        html::Figure figure{
            .id = "curve",
            .title = finding,
            .description = fmt::format("{} lines of points with 95% intervals", lines.size()),
            .caption = "",
            .table = "",
            .extra = ""};
        if (lines.size() <= most_lines) {
            page.body +=
                section_of(finding, responsive(figure, [&](double width) {
                               return curve(sweep, findings, lines, *findings.knee_axis, width);
                           }));
        }
    }
    page.body += front_chart(sweep, findings);
    if (findings.choice) page.body += yaml_section(sweep, *findings.choice);
    page.body += section_of("All points", points_table(sweep, findings));
    if (!sweep.definition.command.empty()) {
        page.body += section_of("To get this again",
                                element("pre", element("code", escaped(sweep.definition.command +
                                                                       " -o html=sweep.html"))));
    }
    return text_of(page);
}

}  // namespace stratsim::html

namespace stratsim {

std::string sweep_html(const Sweep& sweep, const SweepFindings& findings, const Screen&) {
    return html::page_of_sweep(sweep, findings);
}

}  // namespace stratsim
