#include "cli/reports/words/differences.hpp"

#include "cli/reports/words/numbers.hpp"
#include "scenarios/experiments/paired.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim {

namespace {

/// `+370 to +455`; where it may be none `(-3 to +5)`.
std::string difference_text(const PairedDifference& d, Unit unit) {
    if (!d.interval.low || !d.interval.high) return "-";
    if (d.sd == 0 && d.mean == 0) return "same";
    const auto signed_text = [&](double x, Rounding rounding) {
        std::string text = amount_text(x, unit, rounding);
        return x > 0 && text != "0" ? "+" + text : text;
    };
    if (d.sd == 0) return signed_text(d.mean, Rounding::nearest);
    const std::string low = signed_text(*d.interval.low, Rounding::down);
    const std::string high = signed_text(*d.interval.high, Rounding::up);
    const std::string text = low == high ? low : low + " to " + high;
    return d.is_seen() ? text : "(" + text + ")";
}

std::vector<std::string> difference_notes(const std::vector<Contrast>& all, bool unsure) {
    std::vector<std::string> notes;
    notes.push_back(fmt::format(
        "{} differences of the same visitors, run by run; 95% sure that all {} intervals hold",
        all.size(), all.size()));
    if (unsure) notes.emplace_back("in brackets: too small to be told from none with these runs");
    double least = 1e300;
    double most = 0;
    bool worse = false;
    for (const Contrast& contrast : all) {
        if (contrast.path != "requests.failed" || !contrast.difference.saving) continue;
        least = std::min(least, *contrast.difference.saving);
        most = std::max(most, *contrast.difference.saving);
        worse |= *contrast.difference.saving < 1;
    }
    if (most > 0) {
        const auto times = [](double x) { return fmt::format("{:.1f}", x); };
        notes.push_back(fmt::format(
            "visitors of their own would need {} times as many runs for lost{}",
            times(least) == times(most) ? times(least) : times(least) + " to " + times(most),
            worse ? "; below 1 the same visitors do not help" : ""));
    }
    return notes;
}

}  // namespace

const std::vector<std::pair<std::string_view, std::string_view>>& compared_measures() {
    static const std::vector<std::pair<std::string_view, std::string_view>> list{
        {"requests.failed", "lost"},
        {"downtime.total_s", "outage"},
        {"rollout.duration_s", "time"},
        {"cost.extra_pod_seconds", "extra"}};
    return list;
}

std::optional<Differences> differences_of(const std::vector<Experiment>& experiments) {
    std::vector<std::string_view> paths;
    for (const auto& [path, head] : compared_measures()) paths.push_back(path);
    const auto all = contrasts_of(experiments, paths);
    if (all.empty() || experiments.front().runs.size() < 2) return std::nullopt;
    const auto lost = [](const Experiment& e) {
        const auto spread = e.spread("requests.failed");
        return spread ? spread->mean : 1e300;
    };
    const auto best = static_cast<std::size_t>(std::ranges::min_element(experiments, {}, lost) -
                                               experiments.begin());
    Differences table{.reference = experiments[best].scenario.strategy};
    for (std::size_t i = 0; i < experiments.size(); ++i)
        if (i != best) table.names.push_back(experiments[i].scenario.strategy);
    bool unsure = false;
    for (const auto& [path, head] : compared_measures()) {
        Figure figure{.head = std::string(head), .right = false};
        for (std::size_t i = 0; i < experiments.size(); ++i) {
            if (i == best) continue;
            std::string cell = "-";
            for (const Contrast& c : all) {
                if (c.path != path || std::minmax(c.first, c.second) != std::minmax(i, best))
                    continue;
                PairedDifference d = c.difference;
                if (c.first == i) {  // turned round: of this strategy less the best
                    d.mean = -d.mean;
                    std::swap(d.interval.low, d.interval.high);
                    if (d.interval.low) d.interval.low = -*d.interval.low;
                    if (d.interval.high) d.interval.high = -*d.interval.high;
                }
                cell = difference_text(d, c.unit);
                unsure |= cell.starts_with('(');
            }
            figure.cells.push_back(cell);
            figure.best.push_back(false);
        }
        table.figures.push_back(std::move(figure));
    }
    table.notes = difference_notes(all, unsure);
    return table;
}

}  // namespace stratsim
