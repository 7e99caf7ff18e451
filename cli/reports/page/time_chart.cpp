#include "cli/reports/page/time_chart.hpp"

#include "cli/reports/page/bands.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/pod_phases.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/page/zoom.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <range/v3/view/sliding.hpp>
#include <range/v3/view/zip.hpp>

namespace stratsim::html {

namespace {

constexpr std::size_t most_instants = 320;

/// Something that the strategy did, or that befell the users.
struct Mark {
    double at = 0;
    std::string label;
};

std::vector<Mark> marks_of(const Experiment& e) {
    std::vector<Mark> marks;
    for (const StepSpan& step : e.detail.timeline.steps)
        marks.push_back({to_seconds(step.from), percent_text(step.delivered)});
    for (const Timeline::Entry& entry : e.detail.timeline.entries) {
        const double at = to_seconds(entry.at);
        if (std::holds_alternative<fact::Switched>(entry.fact) &&
            e.scenario.strategy == BlueGreen::name) {
            marks.push_back({at, "switch"});
        } else if (const auto* back = std::get_if<fact::RollbackBegun>(&entry.fact)) {
            marks.push_back({at, back->by_person ? "undone" : "rolled back"});
        } else if (const auto* end = std::get_if<fact::RolloutEnded>(&entry.fact)) {
            marks.push_back({at, std::string(end->outcome == RolloutOutcome::complete
                                                 ? "complete"
                                                 : name_of(end->outcome))});
        }
    }
    std::ranges::stable_sort(marks, {}, &Mark::at);
    return marks;
}

std::string count_label(double value) {
    return count_text(value, value == std::floor(value) ? 0 : 1);
}

std::string latency_label(double ms) {
    return duration_text(ms / 1000);
}

/// The pods of a run by version and phase; the serving ones at the bottom.
struct PodLayers {
    std::vector<double> at;
    std::vector<Layer> layers;
};

PodLayers pod_layers(const RunDetail& detail) {
    PodLayers result;
    const auto counts = pod_counts(detail, most_instants);
    struct Kind {
        PodPhase phase;
        std::size_t version;
        Paint paint;
        std::optional<Tone> edge;
    };
    const std::vector<Kind> kinds{
        {PodPhase::serving, 0, filled(Tone::old_pods, 0.4), Tone::old_pods},
        {PodPhase::serving, 1, filled(Tone::new_pods, 0.4), Tone::new_pods},
        {PodPhase::early, 0, hatched(Tone::lost, true), {}},
        {PodPhase::early, 1, hatched(Tone::lost, true), {}},
        {PodPhase::booting, 0, hatched(Tone::old_pods, true), {}},
        {PodPhase::booting, 1, hatched(Tone::new_pods, true), {}},
        {PodPhase::terminating, 0, hatched(Tone::old_pods, false), {}},
        {PodPhase::terminating, 1, hatched(Tone::new_pods, false), {}}};
    for (const PodCount& count : counts) result.at.push_back(count.at);
    result.at.push_back(to_seconds(detail.settled));
    for (const Kind& kind : kinds) {
        const auto phase = static_cast<std::size_t>(kind.phase);
        Layer layer;
        layer.name = kind.version == 0 ? "old" : "new";
        if (kind.phase != PodPhase::serving)
            layer.name += " " + std::string(pod_phase_names[phase]);
        layer.paint = kind.paint;
        layer.edge = kind.edge;
        for (const PodCount& count : counts)
            layer.values.push_back(count.count[phase][kind.version]);
        if (std::ranges::any_of(layer.values, [](double v) { return v > 0; }))
            result.layers.push_back(std::move(layer));
    }
    return result;
}

/// Begins of the bins, and the end.
std::vector<double> instants_of(const Experiment& e, const RequestSeries& series) {
    std::vector<double> at;
    for (std::size_t i = 0; i < series.bins.size(); ++i)
        at.push_back(to_seconds(series.width * static_cast<std::int64_t>(i)));
    at.push_back(to_seconds(e.detail.settled));
    return at;
}

/// Of a count in a bin; the last bin may be shorter.
double a_second(const std::vector<double>& at, std::size_t i, double count) {
    const double length = at[i + 1] - at[i];
    return length > 0 ? count / length : 0;
}

std::vector<Layer> answer_layers(const RequestSeries& series, const std::vector<double>& at) {
    std::vector<Layer> layers{{"answered by old", filled(Tone::old_pods, 0.4), Tone::old_pods, {}},
                              {"answered by new", filled(Tone::new_pods, 0.4), Tone::new_pods, {}},
                              {"answered", filled(Tone::soft, 0.3), Tone::soft, {}},
                              {"lost", filled(Tone::lost), {}, {}}};
    for (std::size_t i = 0; i < series.bins.size(); ++i) {
        const RequestSeries::Bin& bin = series.bins[i];
        layers[0].values.push_back(a_second(at, i, bin.answered[0]));
        layers[1].values.push_back(a_second(at, i, bin.answered[1]));
        layers[2].values.push_back(a_second(at, i, static_cast<double>(bin.answered_by_either)));
        layers[3].values.push_back(a_second(at, i, static_cast<double>(bin.all_lost())));
    }
    std::erase_if(layers, [](const Layer& layer) {
        return std::ranges::all_of(layer.values, [](double value) { return value <= 0; });
    });
    return layers;
}

/// The panels of one picture, from top to bottom, over the same axis.
class TimePicture {
  public:
    TimePicture(const Experiment& e, const RequestSeries& series, double width)
        : e_(e),
          series_(series),
          marks_(marks_of(e)),
          at_(instants_of(e, series)),
          is_wide_(width > 600),
          left_(is_wide_ ? 56 : 50),
          right_(width - (is_wide_ ? 70 : 46)),
          svg_(width, height()),
          x_(0, to_seconds(e.detail.settled), left_, right_) {}

    Svg draw() && {
        outages();
        pods();
        answers();
        if (loses()) lost();
        if (has_latency()) latency();
        if (has_steps()) share();
        axis();
        marks();
        return std::move(svg_);
    }

  private:
    static constexpr double top = 26;
    static constexpr double foot = 30;  ///< below the last

    bool loses() const {
        return std::ranges::any_of(
            series_.bins, [](const RequestSeries::Bin& bin) { return bin.all_lost() > 0; });
    }
    bool has_latency() const {
        return std::ranges::any_of(
            series_.bins, [](const RequestSeries::Bin& bin) { return bin.p50.has_value(); });
    }
    bool has_steps() const { return !e_.detail.timeline.steps.empty(); }

    /// Above each panel, for its title and its key; narrow screens give the key its own line.
    double head() const { return is_wide_ ? 34 : 48; }

    double height() const {
        double sum = top + foot + 2 * head() + 130 + 100;
        if (has_latency()) sum += head() + 110;
        if (loses()) sum += head() + 60;
        if (has_steps()) sum += head() + 70;
        return sum;
    }

    /// Begins a panel; returns its axis.
    Scale panel(std::string_view title, double height, double from, double to,
                std::string (*label)(double), Scale::Kind kind = Scale::Kind::linear) {
        y_ += head();
        svg_.text(left_, y_ - (is_wide_ ? 10 : 26), title, Anchor::start, Tone::ink, "b");
        const Scale scale(from, to, y_ + height, y_, kind);
        draw_levels(svg_, scale, left_, right_, height < 80 ? 3 : 5, label);
        y_ += height;
        return scale;
    }

    void stack(std::string_view title, double height, const std::vector<double>& at,
               const std::vector<Layer>& layers) {
        const Scale y = panel(title, height, 0, round_up(highest(layers)), count_label);
        const auto unnamed = draw_layers(svg_, x_, y, at, layers);
        const double key = is_wide_ ? left_ + 1.15 * text_width(title) + 20 : left_;
        draw_key(svg_, key, y_ - height - (is_wide_ ? 10 : 8), layers, unnamed);
        last_ = y;
    }

    void pods() {
        const PodLayers pods = pod_layers(e_.detail);
        stack("pods", 130, pods.at, pods.layers);
        const double asked = last_(e_.scenario.pods);
        svg_.line(left_, asked, right_, asked, stroked(Tone::ink, 1, true));
        svg_.text(right_ + 6, asked + 4, is_wide_ ? "replicas" : "asked");
    }

    void answers() { stack("requests a second", 100, at_, answer_layers(series_, at_)); }

    void lost() {
        Layer layer{"", filled(Tone::lost), {}};
        for (std::size_t i = 0; i < series_.bins.size(); ++i)
            layer.values.push_back(
                a_second(at_, i, static_cast<double>(series_.bins[i].all_lost())));
        stack("of those lost, a second", 60, at_, {layer});
    }

    void latency() {
        double least = 1e300;
        double most = 0;
        for (const RequestSeries::Bin& bin : series_.bins) {
            if (bin.p50) least = std::min(least, *bin.p50);
            if (bin.p99) most = std::max(most, *bin.p99);
        }
        if (most <= 0) least = most = 1;
        const bool far_apart = most > 10 * least;
        const Scale y = panel(far_apart ? "latency of answers (log)" : "latency of answers", 110,
                              far_apart ? least * 0.8 : 0, far_apart ? most * 1.1 : round_up(most),
                              latency_label, far_apart ? Scale::Kind::log : Scale::Kind::linear);
        double free_below = y_ + 20;
        const auto curve = [&](const char* name, std::optional<double> RequestSeries::Bin::*of,
                               const Paint& paint) {
            Path path;
            bool open = false;
            double end = 0;
            for (std::size_t i = 0; i < series_.bins.size(); ++i) {
                const auto& value = series_.bins[i].*of;
                if (value) {
                    const double at = x_((at_[i] + at_[i + 1]) / 2);
                    end = y(*value);
                    open ? path.line(at, end) : path.move(at, end);
                }
                open = value.has_value();
            }
            svg_.path(path, paint);
            if (path.empty()) return;
            end = std::min(end + 4, free_below - 13);
            svg_.text(right_ + 6, end, name);
            free_below = end;
        };
        curve("p50", &RequestSeries::Bin::p50, stroked(Tone::ink, 1.5));
        curve("p95", &RequestSeries::Bin::p95, stroked(Tone::soft, 1.5));
        curve("p99", &RequestSeries::Bin::p99, stroked(Tone::soft, 1, true));
    }

    void share() {
        const Scale y = panel("share of the answers from new", 70, 0, 1,
                              [](double part) { return percent_text(part); });
        Path asked;
        for (const StepSpan& step : e_.detail.timeline.steps) {
            const double to = step.to ? to_seconds(*step.to) : x_.to();
            asked.move(x_(to_seconds(step.from)), y(step.asked)).across(x_(to));
        }
        svg_.path(asked, stroked(Tone::ink, 1.5, true));
        Path delivered;
        bool open = false;
        for (std::size_t i = 0; i < series_.bins.size(); ++i) {
            const auto& answered = series_.bins[i].answered;
            const double all = answered[0] + answered[1];
            if (all > 0) {
                const double at = x_((at_[i] + at_[i + 1]) / 2);
                open ? delivered.line(at, y(answered[1] / all))
                     : delivered.move(at, y(answered[1] / all));
            }
            open = all > 0;
        }
        svg_.path(delivered, stroked(Tone::new_pods, 1.5));
        svg_.text(right_, y_ - 70 - (is_wide_ ? 10 : 8), "dashed: asked for", Anchor::end);
    }

    void outages() {
        for (const Outage& outage : e_.detail.outages) {
            const double from = x_(to_seconds(outage.from));
            const double to = x_(to_seconds(outage.to));
            svg_.rectangle(from, top, std::max(to - from, 1.0), svg_.height() - top - foot,
                           filled(Tone::band));
        }
    }

    void axis() {
        svg_.line(left_, y_, right_, y_, stroked(Tone::soft));
        for (const double at : time_ticks(x_.to(), is_wide_ ? 8 : 4)) {
            svg_.line(x_(at), y_, x_(at), y_ + 4, stroked(Tone::soft));
            svg_.text(x_(at), y_ + 18, time_label(at), Anchor::middle);
        }
    }

    void marks() {
        double free_from = 0;
        std::vector<Mark> all = marks_;
        for (const Outage& outage : e_.detail.outages) {
            all.push_back({to_seconds(outage.from),
                           "outage " + duration_text(to_seconds(outage.to - outage.from))});
        }
        std::ranges::stable_sort(all, {}, &Mark::at);
        for (const Mark& mark : all) {
            const double at = x_(mark.at);
            if (!mark.label.starts_with("outage"))
                svg_.line(at, top - 4, at, y_, stroked(Tone::soft, 1, true));
            const double half = text_width(mark.label) / 2;
            const double middle = std::clamp(at, half + 2, svg_.width() - half - 2);
            if (middle - half < free_from) continue;
            svg_.text(middle, top - 10, mark.label, Anchor::middle, Tone::ink);
            free_from = middle + half + 8;
        }
    }

    const Experiment& e_;
    const RequestSeries& series_;
    std::vector<Mark> marks_;
    std::vector<double> at_;
    bool is_wide_;
    double left_;
    double right_;
    Svg svg_;
    Scale x_;
    Scale last_;
    double y_ = top;
};

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
    return responsive(figure, [&](double width) { return TimePicture(e, series, width).draw(); });
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
