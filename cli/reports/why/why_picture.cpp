#include "cli/reports/page/markup.hpp"
#include "cli/reports/why/why.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

// A picture of one run. Its own background makes it readable on light and dark pages.

namespace stratsim {

namespace {

constexpr double left = 150;
constexpr double width = 560;
constexpr double row_height = 30;
constexpr double top = 58;
constexpr std::size_t most_pods = 16;

/// An axis step of 1, 2 or 5 times a power of ten seconds, about eight of them.
double step_of(double seconds) {
    double step = 0.1;
    constexpr std::array<double, 3> growth{2, 2.5, 2};
    for (std::size_t i = 0; seconds / step > 8; ++i) step *= growth[i % growth.size()];
    return step;
}

bool is_early(const PodHistory& pod) {
    return pod.listed && *pod.early_until() > *pod.listed;
}

class Drawing {
  public:
    Drawing(const Scenario& scenario, const CaseFile& file) : scenario_(scenario), file_(file) {
        begin_ = -1;
        end_ = 1;
        for (const PodHistory& pod : file.pods) {
            for (const auto& at : {pod.deaf, pod.gone, pod.listed}) {
                if (at) end_ = std::max(end_, seconds(*at) + 1);
            }
            for (const PodHistory::News& news : pod.news)
                end_ = std::max(end_, seconds(news.at) + 1);
        }
        for (std::size_t i = 0; i < file.pods.size() && rows_.size() < most_pods; ++i)
            rows_.push_back(i);
    }

    std::string svg() {
        const double height = top + row_height * static_cast<double>(rows_.size() + 1) + 44;
        text_ = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"730\" height=\"{0:.0f}\" "
            "viewBox=\"0 0 730 {0:.0f}\">\n<style>text {{ font: 12px ui-monospace, \"DejaVu Sans "
            "Mono\", Menlo, monospace; fill: #d8d8d8; }} .dim {{ fill: #9a9a9a; }}</style>\n"
            "<rect width=\"730\" height=\"{0:.0f}\" rx=\"6\" fill=\"#16191d\"/>\n",
            height);
        legend();
        axis(height);
        for (std::size_t row = 0; row < rows_.size(); ++row) pod_row(row);
        write(12, y_of(rows_.size()) + 4, "", "no pod");
        losses();
        return text_ + "</svg>\n";
    }

  private:
    static double seconds(Time at) { return to_seconds(at - command); }
    double x_of(double at) const {
        return left + width * (std::clamp(at, begin_, end_) - begin_) / (end_ - begin_);
    }
    static double y_of(std::size_t row) {
        return top + row_height * static_cast<double>(row) + row_height / 2;
    }

    void write(double x, double y, std::string_view kind, std::string_view words) {
        text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", x, y,
                             kind.empty() ? "" : fmt::format(" class=\"{}\"", kind),
                             html::escaped(words));
    }

    void bar(double from, double to, double y, double height, std::string_view colour) {
        const double x = x_of(from);
        const double length = x_of(to) - x;
        if (length <= 0) return;
        text_ += fmt::format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n", x,
            y, length, height, colour);
    }

    void legend() {
        const auto entry = [&](double x, std::string_view colour, double height,
                               std::string_view words) {
            text_ += fmt::format(
                "<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"20\" height=\"{:.0f}\" "
                "fill=\"{}\"/>\n",
                x, 20 - height / 2, height, colour);
            write(x + 26, 24, "", words);
        };
        entry(12, old_colour, 9, "old pod listens");
        entry(162, new_colour, 9, "new pod listens");
        entry(312, listed_colour, 4, "listed as ready");
        entry(462, ends_colour, 4, "known to end");
        if (std::ranges::any_of(file_.pods, is_early)) {
            text_ += fmt::format(
                "<rect x=\"312\" y=\"35\" width=\"20\" height=\"9\" fill=\"{}\"/>\n", early_colour);
            write(338, 44, "", "ready, not listening yet");
        }
        text_ += fmt::format("<line x1=\"602\" y1=\"14\" x2=\"602\" y2=\"27\" stroke=\"{}\"/>\n",
                             lost_colour);
        write(610, 24, "", "a lost request");
    }

    void axis(double height) {
        const double step = step_of(end_ - begin_);
        for (int i = 0; i * step <= end_; ++i) {
            const double x = x_of(i * step);
            text_ += fmt::format(
                "<line x1=\"{0:.1f}\" y1=\"{1:.0f}\" x2=\"{0:.1f}\" y2=\"{2:.0f}\" "
                "stroke=\"#2b3036\"/>\n",
                x, top - 8, height - 36);
            write(x - 8, height - 18, "dim", duration_text(i * step));
        }
    }

    void pod_row(std::size_t row) {
        const PodHistory& pod = file_.pods[rows_[row]];
        const double y = y_of(row);
        const auto dash = pod.name.rfind('-');
        const std::string name = pod.name.size() > 15 && dash != std::string::npos
                                     ? "..." + pod.name.substr(dash)
                                     : pod.name;
        write(12, y + 4, "", name);
        if (is_early(pod)) {
            bar(seconds(*pod.listed), seconds(*pod.early_until()), y - 9, 9, early_colour);
        }
        if (pod.listens) {
            bar(seconds(*pod.listens), pod.deaf ? seconds(*pod.deaf) : end_, y - 9, 9,
                pod.revision == 0 ? old_colour : new_colour);
        }
        // What the first balancer believes, between its news.
        std::vector<double> instants{begin_, end_};
        for (const PodHistory::News& news : pod.news) {
            if (news.consumer == 0) instants.push_back(seconds(news.at));
        }
        std::ranges::sort(instants);
        for (std::size_t i = 0; i + 1 < instants.size(); ++i) {
            const Heard view = pod.view(0, command + from_seconds(std::max(0.0, instants[i])) +
                                               Duration{instants[i] < 0 ? 0 : 1});
            if (view == Heard::ready) bar(instants[i], instants[i + 1], y + 3, 4, listed_colour);
            if (view == Heard::terminating)
                bar(instants[i], instants[i + 1], y + 3, 4, ends_colour);
        }
    }

    void losses() {
        std::size_t lost = 0;
        for (std::uint32_t number = 1; number <= file_.records.size(); ++number) {
            if (file_.records[number - 1].outcome == Outcome::success) continue;
            ++lost;
            const CauseChain cause = chain_of(file_, number);
            const RequestRecord& record = file_.records[number - 1];
            const bool held = cause.cause == Cause::held;
            const bool killed = cause.outcome == Outcome::killed;
            std::size_t row = rows_.size();
            if (cause.pod && !held) row = std::min(rows_.size(), *cause.pod);
            const Time shown = killed ? record.end : held ? record.arrival : cause.at;
            const double x = x_of(seconds(shown));
            text_ += fmt::format(
                "<line x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" "
                "stroke=\"{3}\" stroke-opacity=\"0.7\"/>\n",
                x, y_of(row) - 12, y_of(row) + 10, lost_colour);
        }
        write(12, 44, "dim",
              fmt::format("{}, seed {}: {} lost of {}", scenario_.strategy,
                          Text<Seed>::print(scenario_.seed), count_text(static_cast<double>(lost)),
                          count_text(static_cast<double>(file_.records.size()))));
    }

    static constexpr std::string_view old_colour = "#6cb6ff";
    static constexpr std::string_view new_colour = "#56d364";
    static constexpr std::string_view listed_colour = "#d8d8d8";
    static constexpr std::string_view early_colour = "#7d4a4a";
    static constexpr std::string_view ends_colour = "#8a6d3b";
    static constexpr std::string_view lost_colour = "#ff7b72";

    const Scenario& scenario_;
    const CaseFile& file_;
    double begin_ = 0;
    double end_ = 0;
    std::vector<std::size_t> rows_;
    std::string text_;
};

}  // namespace

std::string cause_picture(const Scenario& scenario, const CaseFile& file) {
    return Drawing(scenario, file).svg();
}

}  // namespace stratsim
