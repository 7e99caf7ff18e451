#include "cli/reports/report.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/scenario_file.hpp"
#include "scenarios/settings/scenario_keys.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

// JSON Schema, draft-07, which every editor understands; made from the table of settings.

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

/// `exit|drain|serve` and nothing else is a choice.
std::vector<std::string> choices_of(const std::string& form) {
    if (form.find('|') == std::string::npos || form.find_first_of(" (,<=%") != std::string::npos)
        return {};
    std::vector<std::string> words{""};
    for (const char c : form) {
        if (c == '|') {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    return words;
}

Json text() {
    return {{"type", "string"}};
}

Json setting(const Field& field) {
    Json schema;
    schema["description"] = field.help + "; write " + field.form;
    const auto choices = choices_of(field.form);
    if (!choices.empty()) {
        schema["enum"] = choices;
    } else if (field.form == "a whole number" || field.form == "a whole number, 0 or more") {
        schema["type"] = {"integer", "string"};
        schema["pattern"] = "^[0-9]+$";  // of a text
    } else if (field.word == "steps") {
        schema["type"] = {"string", "number", "array"};
        schema["items"] = {{"type", {"string", "number"}}};
    } else {
        schema["type"] = {"string", "number", "boolean"};
    }
    if (field.has_default && choices.empty()) schema["default"] = field.get(Scenario{});
    return schema;
}

Json mapping(Json properties, std::string_view description) {
    return {{"description", description},
            {"type", {"object", "null"}},
            {"properties", std::move(properties)},
            {"additionalProperties", false}};
}

Json section(const std::string& name, const std::vector<std::string>& words) {
    Json properties = Json::object();
    if (name == "workload") properties["name"] = text();
    for (const std::string& word : words) {
        if (const Field* field = find_field(word)) properties[word] = setting(*field);
    }
    if (name == "new") {
        for (const char* word : {"errors", "ready", "boot", "service-time"})
            properties[word] = {{"type", {"string", "number"}}};
    }
    return mapping(std::move(properties), "settings of " + name);
}

Json expectations() {
    const Json one{{"type", {"string", "object"}},
                   {"description", "requests.failed.p95 <= 1, or a mapping of path and limit"}};
    return {{"description", "what a rollout must keep; a path of the JSON, its statistic, a limit"},
            {"type", {"array", "string", "object"}},
            {"items", one}};
}

}  // namespace

std::string scenario_schema() {
    Json properties;
    properties["apiVersion"] = {{"const", "stratsim/v1"}};
    properties["kind"] = {
        {"description", "Scenario, or what owns the pods in the section workload"},
        {"const", "Scenario"}};
    for (const char* word : {"name", "description"}) properties[word] = text();
    properties["metadata"] = {{"type", {"object", "null"}}};
    std::vector<std::string> strategies = strategy_names();
    strategies.emplace_back("none");
    properties["strategy"] = {{"enum", strategies}};
    properties["manifests"] = {{"description", "files or directories, relative to this file"},
                               {"type", {"string", "array"}},
                               {"items", text()}};
    for (const auto& [word, meaning] :
         {std::pair{"from", "the version of the manifests that stands"},
          std::pair{"to", "the version that is applied over it"}}) {
        properties[word] = {{"description", fmt::format("{}: files, directories, or a git revision "
                                                        "of manifests",
                                                        meaning)},
                            {"type", {"string", "array"}},
                            {"items", text()}};
    }
    properties["expect"] = expectations();
    for (const Field& field : fields()) {
        if (field.word != "kind" && !properties.contains(field.word))
            properties[field.word] = setting(field);
    }
    for (const auto& [name, words] : scenario_sections()) {
        Json inside = section(name, words);
        // `new` and `workload` may be a mapping or a text.
        if (name == "new" || name == "workload") {
            Json either = Json::array({inside});
            either.push_back({{"type", {"string", "number"}}});
            inside = Json{{"anyOf", either}};
        }
        const bool also_setting = name != "new" && properties.contains(name);
        if (also_setting) {
            Json either = Json::array();
            either.push_back(properties[name]);
            either.push_back(std::move(inside));
            inside = Json{{"anyOf", either}};
        }
        properties[name] = std::move(inside);
    }
    Json root;
    root["$schema"] = "http://json-schema.org/draft-07/schema#";
    root["title"] = "stratsim scenario";
    root["type"] = "object";
    root["required"] = {"kind"};
    root["properties"] = std::move(properties);
    root["additionalProperties"] = false;
    return root.dump(2) + "\n";
}

}  // namespace stratsim
