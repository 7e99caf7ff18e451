#include "scenarios/experiments/sweep.hpp"

#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/validate.hpp"
#include "scenarios/text/hash.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <tuple>

namespace stratsim {

namespace {

/// The parts of a definition, one after the other.
class PartsHash {
  public:
    void add(std::string_view text) {
        hash_.add(text);
        hash_.add(static_cast<unsigned char>(0));  // "ab" and "c" are not "a" and "bc"
    }
    void add(double value) {
        auto bits = std::bit_cast<std::uint64_t>(value);
        for (int i = 0; i < 8; ++i, bits >>= 8) hash_.add(static_cast<unsigned char>(bits & 0xff));
    }
    std::string text() const { return hash_.text(); }

  private:
    Hash hash_;
};

/// What is wrong with a point; empty where it can be simulated.
std::string complaint_about(const Scenario& scenario) {
    const auto complaints = validate(scenario);
    return complaints.empty() ? "" : complaints.front().message;
}

std::string fingerprint_of(Scenario scenario) {
    fix_runs(scenario, 1);
    const Experiment once = run_experiment(scenario, 1);
    PartsHash hash;
    for (const Measure& measure : once.measures().list()) {
        hash.add(measure.path);
        hash.add(measure.value.value_or(-1));
    }
    return hash.text();
}

/// One of three costs, run by run.
using CostOf = std::optional<double> (*)(const RunCosts&);
std::optional<double> lost_of(const RunCosts& run) {
    return run.lost;
}
std::optional<double> extra_of(const RunCosts& run) {
    return run.extra;
}
std::optional<double> duration_of(const RunCosts& run) {
    return run.duration;
}

/// -1: the first is seen to have less of it, 1: more, 0: neither. A rollout that never ends in any
/// run takes longer than one that does.
int seen_order(const SweepPoint& a, const SweepPoint& b, CostOf cost) {
    RunningMean between;
    std::size_t only_a = 0;
    std::size_t only_b = 0;
    for (std::size_t i = 0; i < std::min(a.runs.size(), b.runs.size()); ++i) {
        const auto x = cost(a.runs[i]);
        const auto y = cost(b.runs[i]);
        if (x && y) between.add(*x - *y);
        only_a += x && !y;
        only_b += y && !x;
    }
    if (between.count() == 0) return only_a > only_b ? -1 : only_b > only_a ? 1 : 0;
    const Interval interval = mean_interval(between.spread());
    if (!interval.low) return 0;
    return *interval.low > 0 ? 1 : *interval.high < 0 ? -1 : 0;
}

double mean_of(const SweepPoint& point, CostOf cost) {
    RunningMean mean;
    for (const RunCosts& run : point.runs) {
        if (const auto value = cost(run)) mean.add(*value);
    }
    return mean.count() == 0 ? 1e300 : mean.mean();
}

/// More points than this are compared by their means alone: every two of them would take too long.
constexpr std::size_t most_compared = 1000;

bool dominates(const SweepPoint& a, const SweepPoint& b, bool by_means) {
    bool better = false;
    for (const CostOf cost : {lost_of, extra_of, duration_of}) {
        const double x = by_means ? mean_of(a, cost) : 0;
        const double y = by_means ? mean_of(b, cost) : 0;
        const int order = by_means ? (x > y) - (x < y) : seen_order(a, b, cost);
        if (order > 0) return false;
        better |= order < 0;
    }
    return better;
}

/// Of some points those that are not seen to have more of a cost than the one with the least.
std::vector<std::size_t> least(const Sweep& sweep, const std::vector<std::size_t>& points,
                               CostOf cost) {
    const auto best = *std::ranges::min_element(
        points, {}, [&](std::size_t i) { return mean_of(*sweep.points[i], cost); });
    std::vector<std::size_t> kept;
    for (const std::size_t i : points) {
        if (i == best || seen_order(*sweep.points[i], *sweep.points[best], cost) <= 0)
            kept.push_back(i);
    }
    return kept;
}

/// From the cheapest up, each point that buys something beside those kept so far. To be seen to be
/// better is not transitive, so a point must not be dropped for one that is dropped itself.
std::vector<std::size_t> front_of(const Sweep& sweep, std::vector<std::size_t> points) {
    const bool by_means = points.size() > most_compared;
    std::ranges::stable_sort(points, {}, [&](std::size_t i) {
        const SweepPoint& point = *sweep.points[i];
        return std::tuple(mean_of(point, extra_of), mean_of(point, lost_of),
                          mean_of(point, duration_of));
    });
    std::vector<std::size_t> front;
    for (const std::size_t i : points) {
        const auto over = [&](std::size_t a, std::size_t b) {
            return dominates(*sweep.points[a], *sweep.points[b], by_means);
        };
        if (std::ranges::any_of(front, [&](std::size_t kept) { return over(kept, i); })) continue;
        std::erase_if(front, [&](std::size_t kept) { return over(i, kept); });
        front.push_back(i);
    }
    std::ranges::sort(front);
    return front;
}

/// The first axis along which there is a line to look at.
std::optional<std::size_t> line_axis(const Grid& grid) {
    for (std::size_t i = 0; i < grid.axes.size(); ++i) {
        const auto& values = grid.axes[i].values;
        if (values.size() >= 3 && std::ranges::all_of(values, [](const std::string& value) {
                return leading_number(value).has_value();
            }))
            return i;
    }
    return std::nullopt;
}

void find_knees(SweepFindings& findings, const Sweep& sweep) {
    const Grid& grid = sweep.definition.grid;
    findings.knee_axis = line_axis(grid);
    if (!findings.knee_axis) return;
    std::size_t stride = 1;
    for (std::size_t i = *findings.knee_axis + 1; i < grid.axes.size(); ++i)
        stride *= grid.axes[i].values.size();
    const std::size_t length = grid.axes[*findings.knee_axis].values.size();
    for (std::size_t start = 0; start < sweep.points.size(); ++start) {
        if (start / stride % length != 0) continue;
        std::vector<std::size_t> line;
        for (std::size_t i = 0; i < length; ++i) {
            if (sweep.is_simulated(start + i * stride)) line.push_back(start + i * stride);
        }
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool later_is_better = std::any_of(
                line.begin() + static_cast<std::ptrdiff_t>(i) + 1, line.end(),
                [&](std::size_t later) {
                    return seen_order(*sweep.points[later], *sweep.points[line[i]], lost_of) < 0;
                });
            if (later_is_better) continue;
            if (i > 0) findings.knee[line[i]] = true;
            break;
        }
    }
}

}  // namespace

std::string hash_of(const SweepDefinition& d) {
    PartsHash hash;
    for (const std::string& text : {d.version, d.workload, d.kind, d.strategy, d.fingerprint})
        hash.add(text);
    for (const auto& [word, value] : d.settings) {
        hash.add(word);
        hash.add(value);
    }
    for (const Axis& axis : d.grid.axes) {
        hash.add(axis.word);
        for (const std::string& value : axis.values) hash.add(value);
        hash.add("");
    }
    for (const Number& column : d.columns) hash.add(word_of(column));
    return hash.text();
}

std::vector<Number> usual_columns() {
    std::vector<Number> columns;
    for (const char* text : {"requests.failed", "rollout.duration_s.p50", "cost.extra_pod_seconds",
                             "downtime.total_s.p50", "requests.failed.p95"})
        columns.push_back(parse_number(text, "column"));
    return columns;
}

SweepDefinition define_sweep(const Scenario& base, const Grid& grid,
                             const std::vector<Number>& columns) {
    SweepDefinition definition;
    definition.kind = Text<WorkloadKind>::print(base.kind);
    definition.workload = definition.kind + "/" + base.name;
    const bool varied =
        std::ranges::any_of(grid.axes, [](const Axis& axis) { return axis.word == "strategy"; });
    if (!varied) definition.strategy = base.strategy;
    for (const Field& field : fields()) {
        definition.settings.emplace_back(field.word, field.get(base));
        const auto origin = base.origins.find(field.word);
        if (origin != base.origins.end() && origin->second.kind != SourceKind::manifest)
            definition.given.push_back(field.word);
    }
    definition.grid = grid;
    definition.columns = columns;
    std::string first_complaint;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const Scenario scenario = scenario_at(base, grid, i);
        const std::string complaint = complaint_about(scenario);
        if (complaint.empty()) {
            definition.fingerprint = fingerprint_of(scenario);
            return definition;
        }
        if (first_complaint.empty()) first_complaint = complaint;
    }
    throw BadValue("no point of the grid can be simulated: " + first_complaint, "vary other values",
                   "vary");
}

SweepPoint simulate_point(const Scenario& base, const SweepDefinition& definition,
                          std::size_t index, const Execution& execution) {
    const Scenario scenario = scenario_at(base, definition.grid, index);
    SweepPoint point{.invalid = complaint_about(scenario)};
    if (!point.invalid.empty()) return point;
    const Experiment experiment = run_experiment(scenario, execution);
    if (experiment.interrupted) throw Interrupted("no point was finished");
    for (const Number& column : definition.columns)
        point.columns.push_back(estimate(column, experiment));
    for (const Measures& run : experiment.runs) {
        point.runs.push_back({.lost = run["requests.failed"].value_or(0),
                              .extra = run["cost.extra_pod_seconds"].value_or(0),
                              .duration = run["rollout.duration_s"]});
    }
    return point;
}

SweepFindings findings_of(const Sweep& sweep) {
    SweepFindings findings;
    findings.front.assign(sweep.points.size(), false);
    findings.knee.assign(sweep.points.size(), false);
    std::vector<std::size_t> valid;
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        if (sweep.is_simulated(i)) valid.push_back(i);
    }
    if (valid.empty()) return findings;
    std::vector<std::size_t> left = front_of(sweep, valid);
    for (const std::size_t i : left) findings.front[i] = true;
    find_knees(findings, sweep);
    for (const CostOf cost : {lost_of, extra_of, duration_of}) left = least(sweep, left, cost);
    findings.choice = left.front();
    findings.least_lost = *std::ranges::min_element(
        valid, {}, [&](std::size_t i) { return mean_of(*sweep.points[i], lost_of); });
    findings.is_least_seen = seen_order(*sweep.points[*findings.least_lost],
                                        *sweep.points[*findings.choice], lost_of) < 0;
    return findings;
}

}  // namespace stratsim
