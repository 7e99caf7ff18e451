#include "cli/reports/sweep/sweep.hpp"

#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace stratsim {

namespace {

struct SweepFormat {
    Format format;
    std::string (*write)(const Sweep&, const SweepFindings&, const Screen&);
};

constexpr std::array<SweepFormat, 5> sweep_formats{{{Format::text, sweep_text},
                                                    {Format::json, sweep_json},
                                                    {Format::csv, sweep_csv},
                                                    {Format::markdown, sweep_markdown},
                                                    {Format::html, sweep_html}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> heads{
    {{"requests.failed", "lost"},
     {"requests.failed.p95", "p95 lost"},
     {"downtime.total_s.p50", "outage"},
     {"rollout.duration_s.p50", "time"},
     {"cost.extra_pod_seconds", "extra"}}};

}  // namespace

std::string render_sweep(const Sweep& sweep, const SweepFindings& findings, Format format,
                         const Screen& screen) {
    const auto entry = std::ranges::find(sweep_formats, format, &SweepFormat::format);
    return entry == sweep_formats.end() ? "" : entry->write(sweep, findings, screen);
}

bool can_show_sweep(Format format) {
    return std::ranges::find(sweep_formats, format, &SweepFormat::format) != sweep_formats.end();
}

std::vector<std::string> sweep_format_names() {
    std::vector<std::string> names;
    for (const FormatEntry& entry : formats()) {
        if (can_show_sweep(entry.format)) names.emplace_back(entry.name);
    }
    return names;
}

std::string point_name(const SweepDefinition& definition, std::size_t point,
                       std::optional<std::size_t> without) {
    const auto values = definition.grid.at(point);
    std::string name;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i == without) continue;
        const std::string& word = definition.grid.axes[i].word;
        name +=
            (name.empty() ? "" : ", ") + (word == "strategy" ? values[i] : word + " " + values[i]);
    }
    return name;
}

std::string column_head(const Number& column) {
    const std::string word = word_of(column);
    const auto known = std::ranges::find(heads, word, [](const auto& head) { return head.first; });
    return known == heads.end() ? word : std::string(known->second);
}

std::string column_text(const SweepPoint& point, std::size_t column, const Number& number) {
    if (!point.invalid.empty() || !point.columns[column].value) return "-";
    const Estimate& estimate = point.columns[column];
    return estimate_text(*estimate.value, estimate.interval, number.unit);
}

std::string point_marks(const SweepFindings& findings, std::size_t point) {
    std::string marks;
    const auto mark = [&](bool holds, const char* word) {
        if (holds) marks += (marks.empty() ? "" : " ") + std::string(word);
    };
    mark(findings.choice == point, "take");
    mark(findings.knee[point], "knee");
    mark(findings.front[point], "front");
    return marks;
}

std::string sweep_verdict(const Sweep& sweep, const SweepFindings& findings) {
    if (!findings.choice) return "No point was simulated.";
    const SweepPoint& point = *sweep.points[*findings.choice];
    std::vector<std::optional<double>> lost;
    std::vector<std::optional<double>> extra;
    std::vector<std::optional<double>> time;
    for (const RunCosts& run : point.runs) {
        lost.emplace_back(run.lost);
        extra.emplace_back(run.extra);
        time.push_back(run.duration);
    }
    const auto duration = spread_of(time);
    const Spread of_lost = *spread_of(lost);
    const std::string lost_text =
        of_lost.max == 0
            ? fmt::format("none of {} runs loses a request ({})", of_lost.count,
                          bound_text(of_lost.count))
            : fmt::format("{} {} lost", lead_text(of_lost, Unit::requests),
                          lead_text(of_lost, Unit::requests) == "1" ? "request" : "requests");
    return fmt::format("Of {} points take {}: {}, {} pod-seconds extra, {}.", sweep.points.size(),
                       point_name(sweep.definition, *findings.choice), lost_text,
                       lead_text(*spread_of(extra), Unit::pod_seconds),
                       duration ? duration_text(duration->p50) + " long" : "and it never ends");
}

std::vector<std::string> sweep_notes(const Sweep& sweep, const SweepFindings& findings) {
    std::vector<std::string> notes;
    const Grid& grid = sweep.definition.grid;
    const auto knees = std::ranges::count(findings.knee, true);
    if (findings.knee_axis && knees == 0) {
        notes.push_back(
            fmt::format("knee: none; along {} no value is seen to lose less than the "
                        "first",
                        grid.axes[*findings.knee_axis].word));
    }
    if (knees > 0) {
        const std::string& word = grid.axes[*findings.knee_axis].word;
        notes.push_back(fmt::format(
            "knee: from there on no larger {} is seen to lose less, run by run, 95%", word));
        for (std::size_t i = 0; i < sweep.points.size(); ++i) {
            if (findings.knee[i] &&
                grid.at(i)[*findings.knee_axis] == grid.axes[*findings.knee_axis].values.back()) {
                notes.push_back(fmt::format("it still falls at the last {} for {}: vary it further",
                                            word, point_name(sweep.definition, i)));
                break;
            }
        }
    }
    notes.emplace_back(
        "front: no other point of it is seen to be better in lost, extra or time without being "
        "seen to be worse in one of them");
    notes.emplace_back(
        "take: of the front's points not seen to lose more than its best, the cheapest, then the "
        "quickest");
    std::size_t invalid = 0;
    std::string why;
    for (const auto& point : sweep.points) {
        if (!point || point->invalid.empty()) continue;
        if (invalid++ == 0) why = point->invalid;
    }
    if (invalid > 0) {
        notes.push_back(fmt::format("{} of the points cannot be simulated: {}", invalid, why));
    }
    if (findings.is_least_seen) {
        notes.push_back(fmt::format(
            "{} lost least, by more than chance explains; the front has one it is not told from",
            point_name(sweep.definition, *findings.least_lost)));
    } else if (findings.choice && *findings.least_lost != *findings.choice) {
        notes.emplace_back("another point lost less on average, by no more than chance explains");
    }
    return notes;
}

}  // namespace stratsim
