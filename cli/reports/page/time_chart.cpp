#include "cli/reports/page/time_chart.hpp"

#include "cli/reports/page/bands.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/page/pod_phases.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/page/time_layers.hpp"
#include "cli/reports/page/time_picture.hpp"
#include "cli/reports/page/zoom.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <range/v3/view/sliding.hpp>
#include <range/v3/view/zip.hpp>

namespace stratsim::html {

namespace {

/// Instant by instant, for those who read tables.
std::string time_table(const Experiment& e, const RequestSeries& series) {
    const auto at = instants_of(e, series);
    const auto counts = pod_counts(e.detail, 100'000);
    Table table("Pods at each instant, and the requests until the next");
    table.column("time");
    for (const char* head : {"old ready", "new ready", "not listening yet", "booting",
                             "terminating", "by old", "by new", "lost", "p50", "p95", "p99"})
        table.column(head, true);
    const auto ms = [](const std::optional<double>& value) {
        return value ? duration_text(*value / 1000) : std::string("-");
    };
    std::size_t last = 0;
    for (std::size_t i = 0; i < series.bins.size(); ++i) {
        while (last + 1 < counts.size() && counts[last + 1].at <= at[i]) ++last;
        const PodCount& pods = counts[last];
        const RequestSeries::Bin& bin = series.bins[i];
        const auto count = [](double value) { return count_text(value); };
        table.row({time_label(at[i]), count(pods.of(PodPhase::serving, 0)),
                   count(pods.of(PodPhase::serving, 1)), count(pods.of_both(PodPhase::early)),
                   count(pods.of_both(PodPhase::booting)),
                   count(pods.of_both(PodPhase::terminating)), count(bin.answered[0]),
                   count(bin.answered[1]), count(static_cast<double>(bin.all_lost())), ms(bin.p50),
                   ms(bin.p95), ms(bin.p99)});
    }
    return table.text();
}

double lost_of(const RequestSeries& series) {
    double sum = 0;
    for (const RequestSeries::Bin& bin : series.bins) sum += static_cast<double>(bin.all_lost());
    return sum;
}

ZoomPanel zoom_of(const std::string& title, const std::vector<double>& at,
                  const std::vector<Layer>& layers) {
    ZoomPanel panel{.title = title, .stacked = true, .at = at};
    for (const Layer& layer : layers) {
        ZoomPanel::Series series{.name = layer.name};
        series.tone = layer.name.find("old") != std::string::npos   ? "old"
                      : layer.name.find("new") != std::string::npos ? "new"
                      : layer.name == "lost"                        ? "lost"
                                                                    : "soft";
        series.dashed = !layer.edge && layer.name != "lost";
        for (const double value : layer.values) series.values.emplace_back(value);
        series.values.emplace_back(layer.values.empty() ? 0 : layer.values.back());
        panel.series.push_back(std::move(series));
    }
    return panel;
}

std::vector<ZoomPanel> zoom_panels(const Experiment& e, const RequestSeries& series) {
    const auto at = instants_of(e, series);
    const PodLayers pods = pod_layers(e.detail);
    std::vector<ZoomPanel> panels{zoom_of("pods", pods.at, pods.layers),
                                  zoom_of("requests a second", at, answer_layers(series, at))};
    ZoomPanel latency{.title = "latency of answers, ms"};
    for (auto&& ends : at | ranges::views::sliding(2))
        latency.at.push_back((ends[0] + ends[1]) / 2);
    const auto curve = [&](const char* name, std::optional<double> RequestSeries::Bin::*of,
                           bool dashed) {
        ZoomPanel::Series values{.name = name, .tone = dashed ? "soft" : "ink", .dashed = dashed};
        for (const RequestSeries::Bin& bin : series.bins) values.values.push_back(bin.*of);
        latency.series.push_back(std::move(values));
    };
    curve("p50", &RequestSeries::Bin::p50, false);
    curve("p95", &RequestSeries::Bin::p95, true);
    curve("p99", &RequestSeries::Bin::p99, true);
    panels.push_back(std::move(latency));
    return panels;
}

}  // namespace

std::string time_chart(const Experiment& e, const RequestSeries& series, const std::string& id) {
    if (series.bins.empty()) return "";
    const double lost = e.measures()["requests.failed"].value_or(0);
    Figure figure;
    figure.id = id;
    figure.title = time_finding(e, series);
    figure.description = fmt::format(
        "Four or more panels over one axis of time, from 0s to {}: pods by version and phase, at "
        "most {} of them; requests a second by result; the latency of good answers; marks where "
        "the strategy acts. {} intervals of {}.",
        duration_text(to_seconds(e.detail.settled)),
        count_text(highest(pod_layers(e.detail).layers)), series.bins.size(),
        time_label(to_seconds(series.width)));
    figure.caption = fmt::format(
        "One rollout, with seed {}, which loses {} of {} requests. 0s is the rollout "
        "command. Requests are counted when they come, in intervals of {}.",
        Text<Seed>::print(e.scenario.seed), count_text(lost),
        count_text(e.measures()["requests.total"].value_or(0)),
        time_label(to_seconds(series.width)));
    figure.table = time_table(e, series);
    figure.extra = zoom(id, zoom_panels(e, series));
    return responsive(figure, [&](double width) { return time_picture(e, series, width); });
}

std::string small_time_chart(const Experiment& e, const RequestSeries& series,
                             const std::string& id) {
    if (series.bins.empty()) return "";
    constexpr double width = 350;
    constexpr double left = 44;
    constexpr double right = width - 12;
    Svg svg(width, 210);
    const auto at = instants_of(e, series);
    const Scale x(0, at.back(), left, right);
    for (const Outage& outage : e.detail.outages) {
        const double from = x(to_seconds(outage.from));
        svg.rectangle(from, 24, std::max(1.0, x(to_seconds(outage.to)) - from), 156,
                      filled(Tone::band));
    }
    const PodLayers pods = pod_layers(e.detail);
    svg.text(left, 14, "pods", Anchor::start, Tone::ink, "b");
    const Scale up(0, round_up(highest(pods.layers)), 104, 24);
    draw_levels(svg, up, left, right, 3, count_label);
    draw_key(svg, left + 48, 14, pods.layers, draw_layers(svg, x, up, pods.at, pods.layers));
    Layer lost{"", filled(Tone::lost), {}};
    for (std::size_t i = 0; i < series.bins.size(); ++i)
        lost.values.push_back(a_second(at, i, static_cast<double>(series.bins[i].all_lost())));
    svg.text(left, 126, "lost, a second", Anchor::start, Tone::ink, "b");
    const Scale down(0, round_up(highest({lost})), 180, 134);
    draw_levels(svg, down, left, right, 2, count_label);
    draw_layers(svg, x, down, at, {lost});
    svg.line(left, 180, right, 180, stroked(Tone::soft));
    for (const double tick : time_ticks(x.to(), 4))
        svg.text(x(tick), 196, time_label(tick), Anchor::middle);
    Figure figure;
    figure.id = id;
    figure.title = fmt::format("{}: {}", e.scenario.strategy, time_finding(e, series));
    figure.description =
        fmt::format("Pods by version, and lost requests, from 0s to {}.", duration_text(at.back()));
    return small(figure, svg);
}

std::string time_finding(const Experiment& e, const RequestSeries& series) {
    const double window = to_seconds(e.detail.settled);
    double outage = 0;
    for (const Outage& o : e.detail.outages) outage += to_seconds(o.to - o.from);
    if (outage > 0) {
        return fmt::format("Nobody is served for {}, from {} on", duration_text(outage),
                           duration_text(to_seconds(e.detail.outages.front().from)));
    }
    if (lost_of(series) == 0) return "Every request is answered in the rollout shown here";
    const auto at = instants_of(e, series);
    double losing = 0;
    double most = 0;
    double worst = 0;
    for (auto&& [bin, ends] : ranges::views::zip(series.bins, at | ranges::views::sliding(2))) {
        const auto lost = static_cast<double>(bin.all_lost());
        if (lost > 0) losing += ends[1] - ends[0];
        if (lost > most) {
            most = lost;
            worst = ends[0];
        }
    }
    return fmt::format("Requests are lost during {} of these {}, most at {}", duration_text(losing),
                       duration_text(window), duration_text(worst));
}

}  // namespace stratsim::html
