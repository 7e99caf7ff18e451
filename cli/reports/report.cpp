#include "cli/reports/report.hpp"

#include <algorithm>

namespace stratsim {

std::size_t count_of(const Result& result, Verdict verdict) {
    std::size_t count = 0;
    for (const Experiment& e : result.experiments) {
        count +=
            static_cast<std::size_t>(std::ranges::count(e.judgments, verdict, &Judgment::verdict));
    }
    return count;
}

bool is_met(const Result& result) {
    return count_of(result, Verdict::fail) == 0 &&
           (result.undecided_passes || count_of(result, Verdict::undecided) == 0);
}

const std::vector<FormatEntry>& formats() {
    static const std::vector<FormatEntry> table{
        {"text", Format::text, text_report, true},
        {"json", Format::json, json_report, true, true},
        {"csv", Format::csv, csv_report},
        {"markdown", Format::markdown, markdown_report, true},
        {"jsonl", Format::jsonl, jsonl_report},
        {"junit", Format::junit, junit_report},
        {"github", Format::github, github_report},
        {"sarif", Format::sarif, sarif_report},
        {"gitlab", Format::gitlab, gitlab_report},
        {"perfetto", Format::perfetto, perfetto_report, false, true},
        {"openmetrics", Format::openmetrics, openmetrics_report},
        {"html", Format::html, html_report, true, true},
    };
    return table;
}

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const FormatEntry& entry : formats()) names.emplace_back(entry.name);
    return names;
}

std::optional<Format> format_of(std::string_view name) {
    const auto entry = std::ranges::find(formats(), name, &FormatEntry::name);
    if (entry == formats().end()) return std::nullopt;
    return entry->format;
}

const FormatEntry& entry_of(Format format) {
    return *std::ranges::find(formats(), format, &FormatEntry::format);
}

std::string render(const Result& result, Format format, const Screen& screen) {
    return entry_of(format).write(result, screen);
}

}  // namespace stratsim
