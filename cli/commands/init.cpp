#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/scenario_file.hpp"
#include "scenarios/settings/scenario_keys.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace stratsim {

namespace {

/// In a flow or after a colon some characters would mean something else.
std::string yaml_text(const std::string& text) {
    const bool is_plain = !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '/' || c == '_' || c == '-' || c == '%';
    });
    if (is_plain && text.front() != '-' && text.front() != '%') return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
    return quoted + "'";
}

/// One setting, as a comment with its default: a line to uncomment and change.
std::string commented(const Field& field) {
    std::string text = fmt::format("  # {} ({})\n", field.help, field.form);
    const std::string value = field.has_default ? field.get(Scenario{}) : "";
    text += fmt::format("  # {}: {}\n", field.word, value.empty() ? "" : yaml_text(value));
    return text.replace(text.size() - 1, 1, "\n");
}

std::string without_trailing_spaces(std::string text) {
    for (auto at = text.find(" \n"); at != std::string::npos; at = text.find(" \n"))
        text.erase(at, 1);
    return text;
}

Exit init(const std::string& manifest) {
    std::string text =
        "# yaml-language-server: $schema=./stratsim.schema.json\n"
        "# The schema: stratsim schema > stratsim.schema.json. To run: stratsim test FILE\n"
        "apiVersion: stratsim/v1\nkind: Scenario\n";
    if (manifest.empty()) {
        text += "name: my-rollout\nstrategy: rolling\n";
    } else {
        std::error_code error;
        if (manifest != "-" && !std::filesystem::exists(manifest, error)) {
            usage_error(fmt::format("there is no {}", manifest),
                        "name a file or directory with a Deployment or a StatefulSet");
        }
        const std::string stem = std::filesystem::path(manifest).stem().string();
        text += fmt::format("name: {}\n# relative to this file\nmanifests: [{}]\n",
                            yaml_text(stem.empty() || stem == "-" ? "my-rollout" : stem),
                            yaml_text(manifest));
    }
    text +=
        "\n# What a release must keep; stratsim test fails when it does not.\n"
        "expect:\n  - requests.failed.mean <= 1\n  - outcomes.complete == 1\n";
    const auto& sections = scenario_sections();
    std::vector<std::string> done;
    for (const Field& field : fields()) {
        const auto section = std::ranges::find_if(sections, [&](const auto& entry) {
            const auto& [name, words] = entry;
            return std::ranges::find(words, field.word) != words.end() &&
                   (name == field.section || field.section == "new version");
        });
        if (section == sections.end() || field.word == "kind") continue;
        if (std::ranges::find(done, section->first) == done.end()) {
            // Of `new` an empty mapping is a mistake, as nothing would be new.
            text += fmt::format("\n{}{}:\n", section->first == "new" ? "# " : "", section->first);
            done.push_back(section->first);
        }
        text += commented(field);
    }
    print(without_trailing_spaces(text));
    return Exit::ok;
}

}  // namespace

Command schema_command() {
    return {.name = "schema",
            .summary = "JSON Schema of scenario files, for editors",
            .prepare =
                [](Flags&) {
                    return [] {
                        print(scenario_schema());
                        return Exit::ok;
                    };
                },
            .help =
                [] {
                    return std::string(
                        "stratsim schema > stratsim.schema.json\n\n"
                        "and in the first line of a scenario:\n"
                        "  # yaml-language-server: $schema=./stratsim.schema.json\n");
                }};
}

Command init_command() {
    return {.name = "init",
            .summary = "a commented scenario to begin with, to standard output",
            .prepare =
                [](Flags& flags) {
                    auto manifest = std::make_shared<std::string>();
                    flags.word("manifest", *manifest);
                    return [manifest] { return init(*manifest); };
                },
            .help =
                [] {
                    return std::string(
                        "stratsim init [MANIFEST] > scenario.yaml\n\n"
                        "  stratsim init k8s/web.yaml > web-release.yaml\n"
                        "  stratsim test web-release.yaml\n");
                }};
}

}  // namespace stratsim
