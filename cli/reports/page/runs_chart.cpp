#include "cli/reports/page/runs_chart.hpp"

#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace stratsim::html {

namespace {

/// Equal classes of a round width.
struct Classes {
    double width = 1;
    std::size_t first = 0;  ///< in widths
    std::vector<std::size_t> count{};

    double from(std::size_t i) const { return static_cast<double>(first + i) * width; }
    std::size_t fullest() const { return *std::ranges::max_element(count); }
};

Classes classes_of(const std::vector<double>& values, bool whole) {
    const auto [least, most] = std::ranges::minmax(values);
    constexpr double wanted = 24;
    Classes classes;
    const double from = least <= most / 2 ? 0 : least;  // from zero, unless that hides the rest
    classes.width = round_up(std::max((most - from) / wanted, 1e-9));
    if (whole) classes.width = std::max(1.0, std::ceil(classes.width));
    classes.first = static_cast<std::size_t>(std::max(0.0, std::floor(from / classes.width)));
    for (const double value : values) {
        const double place = std::max(0.0, std::floor(value / classes.width + 1e-9));
        const auto i = static_cast<std::size_t>(place) -
                       std::min(classes.first, static_cast<std::size_t>(place));
        if (i >= classes.count.size()) classes.count.resize(i + 1);
        ++classes.count[i];
    }
    return classes;
}

std::string value_label(double value, Unit unit) {
    return unit == Unit::seconds ? time_label(value)
                                 : count_text(value, value == std::floor(value) ? 0 : 1);
}

}  // namespace

std::string strip(const Experiment& e, std::string_view path) {
    constexpr double width = 150;
    constexpr double height = 12;
    const auto values = values_of(e, path);
    if (values.size() < 2) return "";
    const double most = *std::ranges::max_element(values);
    const Scale x(0, most > 0 ? most : 1, 1, width - 1);
    std::vector<double> places;
    for (const double value : values) places.push_back(std::floor(x(value) * 2) / 2);
    std::ranges::sort(places);
    places.erase(std::unique(places.begin(), places.end()), places.end());
    Svg svg(width, height);
    svg.line(0, height - 0.5, width, height - 0.5, stroked(Tone::grid));
    Path path_of_ticks;
    for (const double place : places) path_of_ticks.move(place, 1).down(height - 2);
    svg.path(path_of_ticks, stroked(Tone::ink, 1));
    return svg.decoration("strip");
}

std::string runs_chart(const Experiment& e, std::string_view path, const std::string& label,
                       const std::string& id) {
    const auto values = values_of(e, path);
    const auto spread = e.spread(path);
    if (!spread || spread->sd == 0) return "";
    const Unit unit = unit_of(path);
    const Classes classes = classes_of(values, unit != Unit::seconds);

    constexpr double width = 340;
    constexpr double left = 34;
    constexpr double right = width - 12;
    constexpr double top = 44;
    constexpr double bottom = 160;
    Svg svg(width, bottom + 26);
    svg.text(0, 12, label, Anchor::start, Tone::ink, "b");
    const double first = classes.first == 0 ? 0 : classes.from(0);
    const Scale x(first, classes.from(classes.count.size()), left, right);
    const Scale y(0, round_up(static_cast<double>(classes.fullest())), bottom, top);
    draw_levels(svg, y, left, right, 3, [](double v) { return count_text(v); });
    Path bars;
    for (std::size_t i = 0; i < classes.count.size(); ++i) {
        if (classes.count[i] == 0) continue;
        const double from = x(classes.from(i));
        const double height = bottom - y(static_cast<double>(classes.count[i]));
        bars.box(from + 0.5, bottom - height, std::max(1.0, x(classes.from(i + 1)) - from - 1),
                 height);
    }
    svg.path(bars, filled(Tone::old_pods, 0.75));
    double free_from = 0;
    const auto line = [&](const char* name, double value) {
        const double at = x(value);
        svg.line(at, top - 6, at, bottom, stroked(Tone::ink, 1, true));
        const double half = text_width(name) / 2;
        if (at - half < free_from) return;
        svg.text(at, top - 10, name, Anchor::middle, Tone::ink, "small");
        free_from = at + half + 3;
    };
    if (values.size() >= 20) line("p5", spread->p5);
    line("p50", spread->p50);
    if (values.size() >= 20) line("p95", spread->p95);
    svg.line(left, bottom, right, bottom, stroked(Tone::soft));
    for (const double at :
         unit == Unit::seconds && first == 0 ? time_ticks(x.to(), 4) : ticks(x, 5))
        svg.text(x(at), bottom + 17, value_label(at, unit), Anchor::middle);

    const std::size_t worst = worst_run(e, path).value_or(0);
    Figure figure;
    figure.id = id;
    figure.title = fmt::format("{} over {} runs", label, values.size());
    figure.description = fmt::format(
        "Histogram: 5% of the runs lie below {}, half below {}, 5% above {}; the most "
        "is {}.",
        value_text(spread->p5, unit), value_text(spread->p50, unit), value_text(spread->p95, unit),
        value_text(spread->max, unit));
    figure.caption = fmt::format("Runs by {}; the worst is run {} with {}.", label, worst,
                                 value_text(e.runs[worst][path].value_or(0), unit));
    Table table(fmt::format("Runs by {}", label));
    table.column("from");
    table.column("runs", true);
    for (std::size_t i = 0; i < classes.count.size(); ++i) {
        if (classes.count[i] > 0)
            table.row({value_label(classes.from(i), unit),
                       count_text(static_cast<double>(classes.count[i]))});
    }
    figure.table = table.text();
    return element("div", small(figure, svg));
}

std::string runs_finding(const Experiment& e) {
    const auto lost = e.spread("requests.failed");
    if (!lost) return "The runs";
    const std::size_t without = e.runs_with_zero("requests.failed");
    if (without == e.runs.size())
        return "No run of " + count_text(static_cast<double>(without)) + " loses a request";
    if (lost->count < 20) return fmt::format("{} runs are too few to tell a range", lost->count);
    if (lost->p95 == 0) return fmt::format("{} lose nothing", of_runs(without, e));
    return fmt::format("1 rollout in 20 loses more than {} requests",
                       value_text(lost->p95, Unit::requests));
}

}  // namespace stratsim::html
