#include "cli/reports/formats/csv.hpp"
#include "cli/reports/formats/json_number.hpp"
#include "cli/reports/markdown_text.hpp"
#include "cli/reports/sweep/sweep.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

// A sweep for programs (JSON, CSV) and for a page of text (Markdown).

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

std::string markdown_cell(const std::string& text) {
    return " " + markdown_text(text) + " |";
}

}  // namespace

std::string sweep_json(const Sweep& sweep, const SweepFindings& findings, const Screen&) {
    const SweepDefinition& d = sweep.definition;
    Json root;
    root["schema"] = "stratsim.sweep/v1";
    root["hash"] = hash_of(d);
    root["workload"] = d.workload;
    root["strategy"] = d.strategy.empty() ? Json(nullptr) : Json(d.strategy);
    for (const auto& [word, value] : d.settings) root["settings"][word] = value;
    root["axes"] = Json::array();
    for (const Axis& axis : d.grid.axes)
        root["axes"].push_back({{"setting", axis.word}, {"values", axis.values}});
    root["confidence"] = confidence;
    root["points"] = Json::array();
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        Json& point = root["points"].emplace_back();
        const auto values = d.grid.at(i);
        for (std::size_t a = 0; a < values.size(); ++a)
            point["settings"][d.grid.axes[a].word] = values[a];
        if (!sweep.points[i]) {
            point["missing"] = true;
            continue;
        }
        if (!sweep.points[i]->invalid.empty()) {
            point["invalid"] = sweep.points[i]->invalid;
            continue;
        }
        point["runs"] = sweep.points[i]->runs.size();
        for (std::size_t c = 0; c < d.columns.size(); ++c) {
            const Estimate& estimate = sweep.points[i]->columns[c];
            point["numbers"][word_of(d.columns[c])] = {
                {"value", json_number(estimate.value)},
                {"low", json_number(estimate.interval.low)},
                {"high", json_number(estimate.interval.high)},
                {"runs", estimate.runs}};
        }
        point["front"] = static_cast<bool>(findings.front[i]);
        point["knee"] = static_cast<bool>(findings.knee[i]);
    }
    root["take"] = nullptr;
    if (findings.choice) {
        root["take"] = {{"point", *findings.choice},
                        {"scenario", scenario_yaml(d, *findings.choice)},
                        {"manifest", manifest_yaml(d, *findings.choice)}};
    }
    if (!sweep.partial.empty()) root["partial"] = sweep.partial;
    return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string sweep_csv(const Sweep& sweep, const SweepFindings& findings, const Screen&) {
    const SweepDefinition& d = sweep.definition;
    std::string text;
    for (const Axis& axis : d.grid.axes) text += axis.word + ",";
    for (const Number& column : d.columns) {
        const std::string word = word_of(column);
        text += fmt::format("{0},{0}.low,{0}.high,", word);
    }
    text += "runs,front,knee,take,state\r\n";
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        for (const std::string& value : d.grid.at(i)) text += csv_field(value) + ",";
        const auto& point = sweep.points[i];
        const bool simulated = sweep.is_simulated(i);
        for (std::size_t c = 0; c < d.columns.size(); ++c) {
            const Estimate estimate = simulated ? point->columns[c] : Estimate{};
            text +=
                fmt::format("{},{},{},", csv_number(estimate.value),
                            csv_number(estimate.interval.low), csv_number(estimate.interval.high));
        }
        text += fmt::format("{},{:d},{:d},{:d},{}\r\n", simulated ? point->runs.size() : 0,
                            static_cast<bool>(findings.front[i]),
                            static_cast<bool>(findings.knee[i]), findings.choice == i,
                            simulated ? "simulated"
                            : point   ? csv_field("invalid: " + point->invalid)
                                      : "missing");
    }
    return text;
}

std::string sweep_markdown(const Sweep& sweep, const SweepFindings& findings, const Screen&) {
    const SweepDefinition& d = sweep.definition;
    std::string text = sweep.partial.empty() ? "" : "**" + sweep.partial + "**\n\n";
    text += "**" + sweep_verdict(sweep, findings) + "**\n\n|";
    std::string rule = "|";
    for (const Axis& axis : d.grid.axes) {
        text += markdown_cell(axis.word);
        rule += "---:|";
    }
    for (const Number& column : d.columns) {
        text += markdown_cell(column_head(column));
        rule += "---:|";
    }
    text += " |\n" + rule + "---|\n";
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        if (!sweep.points[i]) continue;
        text += "|";
        for (const std::string& value : d.grid.at(i)) text += markdown_cell(value);
        for (std::size_t c = 0; c < d.columns.size(); ++c)
            text += markdown_cell(column_text(*sweep.points[i], c, d.columns[c]));
        text += markdown_cell(sweep.points[i]->invalid.empty() ? point_marks(findings, i)
                                                               : sweep.points[i]->invalid) +
                "\n";
    }
    text += "\n";
    for (const std::string& note : sweep_notes(sweep, findings)) text += "- " + note + "\n";
    if (!findings.choice) return text;
    const std::string manifest = manifest_yaml(d, *findings.choice);
    if (!manifest.empty()) text += "\nIn the manifest:\n\n```yaml\n" + manifest + "```\n";
    return text + "\nAs a scenario:\n\n```yaml\n" + scenario_yaml(d, *findings.choice) + "```\n";
}

}  // namespace stratsim
