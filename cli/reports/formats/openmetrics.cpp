#include "cli/reports/report.hpp"
#include "cli/reports/words/findings.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

// OpenMetrics 1.0 text: every number is a gauge, a family a measure, a sample a statistic.

namespace stratsim {

namespace {

/// Of the label `release`: compare simulates a good and a bad one.
struct Labelled {
    const Experiment* experiment;
    std::string labels;
};

std::string label_value(std::string_view text) {
    std::string result;
    for (const char c : clean_utf8(text)) {
        if (c == '\\' || c == '"') {
            result += '\\';
            result += c;
        } else if (c == '\n') {
            result += "\\n";
        } else {
            result += c;
        }
    }
    return result;
}

std::vector<Labelled> labelled(const Result& result) {
    std::vector<Labelled> list;
    const auto add = [&](const std::vector<Experiment>& experiments, std::string_view release) {
        for (const Experiment& e : experiments) {
            std::string labels =
                fmt::format("workload=\"{}\",strategy=\"{}\"", label_value(e.scenario.name),
                            label_value(e.scenario.strategy));
            if (!e.scenario.from.empty())
                labels += fmt::format(",from=\"{}\"", label_value(e.scenario.from));
            if (!release.empty()) labels += fmt::format(",release=\"{}\"", release);
            // Two series must never have the same labels.
            const auto same = [&](const Labelled& other) { return other.labels == labels; };
            if (std::ranges::any_of(list, same))
                labels += fmt::format(",scenario=\"{}\"", list.size());
            list.push_back({&e, std::move(labels)});
        }
    };
    add(result.good, "good");
    add(result.experiments, result.good.empty() ? "" : "bad");
    return list;
}

/// `rollout.duration_s` as `stratsim_rollout_duration_seconds`.
std::string family_of(std::string_view path) {
    std::string name = "stratsim_";
    for (const char c : path) {
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name += word ? c : '_';
    }
    // Prometheus wants base units, at the end of the name.
    if (const auto at = name.find("_ms_"); at != std::string::npos)
        name = name.erase(at, 3) + "_seconds";
    if (name.ends_with("_s")) name += "econds";
    // A name with this ending belongs to a counter.
    if (name.ends_with("_total")) name.replace(name.size() - 5, 5, "all");
    return name;
}

std::string header(const std::string& family, std::string_view help) {
    std::string text = fmt::format("# TYPE {} gauge\n", family);
    if (family.ends_with("_seconds")) text += fmt::format("# UNIT {} seconds\n", family);
    return text + fmt::format("# HELP {} {}\n", family, help);
}

std::string family_text(const std::vector<Labelled>& list, std::string_view path, Unit unit) {
    const double scale = unit == Unit::milliseconds ? 1e-3 : 1;
    const std::string family = family_of(path);
    std::string samples;
    for (const Labelled& l : list) {
        const auto spread = l.experiment->spread(path);
        if (!spread) continue;
        const std::array<std::pair<std::string_view, double>, 5> statistics{{{"mean", spread->mean},
                                                                             {"p5", spread->p5},
                                                                             {"p50", spread->p50},
                                                                             {"p95", spread->p95},
                                                                             {"max", spread->max}}};
        for (const auto& [name, value] : statistics)
            samples += fmt::format("{}{{{},statistic=\"{}\"}} {}\n", family, l.labels, name,
                                   value * scale);
    }
    return samples.empty() ? "" : header(family, fmt::format("{} over the runs", path)) + samples;
}

std::string expectations_text(const std::vector<Labelled>& list) {
    const std::string family = "stratsim_expectation_met";
    std::string samples;
    for (const Labelled& l : list) {
        const auto& judgments = l.experiment->judgments;
        for (std::size_t i = 0; i < judgments.size(); ++i) {
            samples += fmt::format("{}{{{},expectation=\"{}\",number=\"{}\",verdict=\"{}\"}} {}\n",
                                   family, l.labels, label_value(judgments[i].expectation.text),
                                   i + 1, name_of(judgments[i].verdict),
                                   judgments[i].verdict == Verdict::pass ? 1 : 0);
        }
    }
    return samples.empty() ? "" : header(family, "1 where the runs show that it is met") + samples;
}

}  // namespace

std::string openmetrics_report(const Result& result, const Screen&) {
    const auto list = labelled(result);
    std::string text;
    for (const Measure& measure : known_measures)
        text += family_text(list, measure.path, measure.unit);
    return text + expectations_text(list) + "# EOF\n";
}

}  // namespace stratsim
