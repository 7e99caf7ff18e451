#include "cli/reports/page/time_picture.hpp"

#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/bands.hpp"
#include "cli/reports/page/time_layers.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stratsim::html {

namespace {

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

std::string latency_label(double ms) {
    return duration_text(ms / 1000);
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

}  // namespace

Svg time_picture(const Experiment& e, const RequestSeries& series, double width) {
    return TimePicture(e, series, width).draw();
}

}  // namespace stratsim::html
