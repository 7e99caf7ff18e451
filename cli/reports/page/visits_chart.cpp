#include "cli/reports/page/visits_chart.hpp"

#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/words/numbers.hpp"
#include "scenarios/experiments/names.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <range/v3/view/enumerate.hpp>

namespace stratsim::html {

namespace {

constexpr std::size_t most_drawn = 120;
/// 97.5 % quantile of the normal distribution.
constexpr double normal_975 = 1.959963984540054;

/// A pod that was listed for some time.
struct Visited {
    std::size_t pod;
    double visits;
    double expected;
    double low;  ///< where 95 % of the counts lie when only chance decides
    double high;
};

std::vector<Visited> visited(const Experiment& e) {
    double all = 0;
    for (const PodLife& pod : e.detail.pods) all += static_cast<double>(pod.visits);
    std::vector<Visited> list;
    for (auto&& [i, pod] : ranges::views::enumerate(e.detail.pods)) {
        if (pod.expected_visits <= 0 || all <= 0) continue;
        const double mean = pod.expected_visits;
        const double half = normal_975 * std::sqrt(mean * std::max(0.0, 1 - mean / all));
        list.push_back(
            {i, static_cast<double>(pod.visits), mean, std::max(0.0, mean - half), mean + half});
    }
    return list;
}

Svg picture(const Experiment& e, const std::vector<Visited>& pods, double width) {
    const double left = width > 600 ? 64 : 48;
    const double right = width - 12;
    constexpr double bottom = 190;
    Svg svg(width, bottom + 30);
    double most = 1;
    for (const Visited& pod : pods) most = std::max({most, pod.visits, pod.high});
    const Scale y(0, round_up(most), bottom, 30);
    svg.text(left, 14, "visits", Anchor::start, Tone::ink, "b");
    draw_levels(svg, y, left, right, 5, [](double v) { return count_text(v); });
    const double pitch = (right - left) / static_cast<double>(pods.size());
    const double bar = std::clamp(pitch * 0.7, 1.0, 46.0);
    for (std::size_t i = 0; i < pods.size(); ++i) {
        const Visited& pod = pods[i];
        const double middle = left + (static_cast<double>(i) + 0.5) * pitch;
        const Tone tone = e.detail.pods[pod.pod].is_new ? Tone::new_pods : Tone::old_pods;
        svg.rectangle(middle - bar / 2, y(pod.high), bar, std::max(1.0, y(pod.low) - y(pod.high)),
                      filled(tone, 0.3));
        svg.line(middle - bar / 2, y(pod.visits), middle + bar / 2, y(pod.visits),
                 stroked(tone, 2.5));
    }
    svg.line(left, bottom, right, bottom, stroked(Tone::soft));
    double x = right;
    for (const Tone tone : {Tone::new_pods, Tone::old_pods}) {
        const std::string_view name = tone == Tone::new_pods ? "new" : "old";
        x -= text_width(name);
        svg.text(x, 14, name);
        svg.line(x - 16, 10, x - 4, 10, stroked(tone, 2.5));
        x -= 28;
    }
    svg.text(left, bottom + 18,
             "a column a pod, old before new: line visits, area what chance gives");
    return svg;
}

}  // namespace

std::string visits_finding(const Experiment& e) {
    const auto cv = e.spread("visits.divergence.cv");
    const auto chance = e.spread("visits.divergence.cv_by_chance");
    if (!cv || !chance) return "Nobody was visited";
    const auto p = e.measures()["visits.divergence.chi_square_p"];
    const std::string numbers = fmt::format("by {}, chance alone gives {}", percent_text(cv->mean),
                                            percent_text(chance->mean));
    if (p && *p < 0.001 && cv->mean > chance->mean)
        return "Pods differ more than chance makes them: " + numbers;
    if (cv->mean < 0.5 * chance->mean) return "Pods differ less than chance makes them: " + numbers;
    return "Pods differ as much as chance makes them: " + numbers;
}

std::string visits_chart(const Experiment& e, const std::string& at, const std::string& id) {
    const auto all = visited(e);
    if (all.size() < 2) return "";
    std::vector<Visited> pods = all;
    if (all.size() > most_drawn) {
        pods.clear();
        for (std::size_t i = 0; i < most_drawn; ++i)
            pods.push_back(all[i * all.size() / most_drawn]);
    }
    Figure figure;
    figure.id = id;
    figure.title = visits_finding(e);
    figure.description = fmt::format(
        "{} pods; for each its visits, and the range that holds 95% of what chance "
        "alone would give it for as long as it was listed.",
        pods.size());
    const auto p = e.measures()["visits.divergence.chi_square_p"];
    figure.caption = fmt::format(
        "The area of a pod is where its visits lie 95 times in 100 if only chance divides "
        "them, for as long as it was listed{}{}.",
        p ? fmt::format("; chi-square test of this run: p = {:.2g}", *p) : "",
        pods.size() < all.size() ? fmt::format("; {} of {} pods are drawn", pods.size(), all.size())
                                 : "");
    Table table("Visits by pod");
    table.column("pod");
    table.column("version");
    table.column("visits", true);
    table.column("by chance", true);
    for (const Visited& pod : all) {
        const PodLife& life = e.detail.pods[pod.pod];
        table.row({escaped(pod_name(e.scenario, life)), life.is_new ? "new" : "old",
                   number(count_text(pod.visits), pod.visits,
                          fmt::format("{}/visits/per_pod/{}/visits", at, pod.pod)),
                   fmt::format("{} to {}", count_text(std::floor(pod.low)),
                               count_text(std::ceil(pod.high)))});
    }
    figure.table = table.text();
    return responsive(figure, [&](double width) { return picture(e, pods, width); });
}

}  // namespace stratsim::html
