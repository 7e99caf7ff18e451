#include "cli/reports/report.hpp"

#include <algorithm>

namespace stratsim {

const std::vector<FormatEntry>& formats() {
    static const std::vector<FormatEntry> table{
        {"text", Format::text, text_report},
        {"json", Format::json, json_report},
        {"csv", Format::csv, csv_report},
        {"markdown", Format::markdown, markdown_report},
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

std::string render(const Result& result, Format format, const Screen& screen) {
    return std::ranges::find(formats(), format, &FormatEntry::format)->write(result, screen);
}

}  // namespace stratsim
