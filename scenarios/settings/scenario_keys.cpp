#include "scenarios/settings/scenario_keys.hpp"

#include "scenarios/settings/fields.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>
#include <utility>

namespace stratsim {

constexpr std::string_view new_version_section = "new version";

std::string section_key(const std::string& section) {
    return section == new_version_section ? "new" : section;
}

namespace {

/// What people call a setting who come from Kubernetes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kubernetes_words{
    {{"replicas", "pods"},
     {"minReadySeconds", "min-ready"},
     {"terminationGracePeriodSeconds", "grace"},
     {"podManagementPolicy", "pod-management"}}};

Sections make_sections() {
    Sections sections;
    for (const Field& field : fields()) {
        std::vector<std::string>& words = sections[section_key(field.section)];
        if (field.word != "new") words.push_back(field.word);
    }
    for_each_strategy(Strategies{}, [&](auto strategy) {
        std::vector<std::string>& words = sections[std::string(strategy.name)];
        words.clear();
        strategy.knobs([&](std::string_view word, auto&&...) { words.emplace_back(word); });
    });
    return sections;
}

/// "maxSurge" as the fields spell it: "max-surge".
std::string with_dashes(std::string_view word) {
    std::string result;
    for (const char c : word) {
        const bool is_capital = c >= 'A' && c <= 'Z';
        if (is_capital && !result.empty()) result += '-';
        const bool separates = c == '_' || c == ' ';
        result += is_capital ? static_cast<char>(c - 'A' + 'a') : separates ? '-' : c;
    }
    return result;
}

std::string meant_by(std::string_view key, const std::vector<std::string>& known) {
    std::vector<std::string> words = known;
    for (const auto& [foreign, own] : kubernetes_words) {
        if (std::ranges::find(known, own) != known.end()) words.emplace_back(foreign);
    }
    std::string word = nearest(key, words);
    if (word.empty()) word = nearest(with_dashes(key), words);
    for (const auto& [foreign, own] : kubernetes_words) {
        if (word == foreign) return std::string(own);
    }
    return word;
}

}  // namespace

const Sections& scenario_sections() {
    static const Sections all = make_sections();
    return all;
}

std::vector<std::string> top_level_words() {
    std::vector<std::string> words{"strategy", "manifests", "from",   "to",         "workload",
                                   "name",     "metadata",  "expect", "description"};
    for (const auto& [section, inner] : scenario_sections()) words.push_back(section);
    for (const Field& field : fields()) {
        if (field.word != "kind") words.push_back(field.word);
    }
    return words;
}

std::string advice_for_unknown_key(const Node& key, const std::string& section,
                                   const std::vector<std::string>& known) {
    if (key.text.ends_with(')') && !key.quoted) {
        return "put a value with commas in quotes";
    }
    if (const Field* field = find_field(key.text)) {
        return fmt::format("it belongs to {}", section_key(field->section));
    }
    const std::string meant = meant_by(key.text, known);
    if (!meant.empty()) return fmt::format("did you mean '{}'?", meant);
    if (!section.empty() && !known.empty())
        return fmt::format("write one of {}", fmt::join(known, ", "));
    return "write a setting such as pods, or a section such as traffic";
}

}  // namespace stratsim
