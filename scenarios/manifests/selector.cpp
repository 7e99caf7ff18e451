#include "scenarios/manifests/selector.hpp"

#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr std::size_t most_names = 10;

std::optional<WorkloadKind> kind_called(std::string_view text) {
    std::string word(text.substr(0, text.find('.')));  // deployment.apps, deployments.v1.apps
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    constexpr std::array deployment{"deploy", "deployment", "deployments"};
    constexpr std::array stateful_set{"sts", "statefulset", "statefulsets"};
    if (std::ranges::find(deployment, word) != deployment.end()) return WorkloadKind::deployment;
    if (std::ranges::find(stateful_set, word) != stateful_set.end()) {
        return WorkloadKind::statefulset;
    }
    return std::nullopt;
}

}  // namespace

Selector parse_selector(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return {.name = std::string(text), .kind = std::nullopt};
    const auto kind = kind_called(text.substr(0, slash));
    return {
        .name = std::string(text.substr(slash + 1)), .kind = kind, .is_known = kind.has_value()};
}

std::string full_name(WorkloadKind kind, std::string_view name) {
    return fmt::format("{}/{}", kind == WorkloadKind::deployment ? "deployment" : "statefulset",
                       name);
}

std::string advice_for_selector(const Selector& selector, const std::vector<std::string>& names) {
    if (names.empty()) return "the files describe no Deployment and no StatefulSet";
    if (!selector.is_known) return "write deploy/NAME or sts/NAME";
    std::vector<std::string> short_names;
    for (const std::string& name : names) short_names.push_back(name.substr(name.find('/') + 1));
    std::string text;
    if (const std::string meant = nearest(selector.name, short_names); !meant.empty()) {
        const auto index = std::ranges::find(short_names, meant) - short_names.begin();
        text = fmt::format("did you mean '{}'? ", names[static_cast<std::size_t>(index)]);
    }
    text += "there are ";
    for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > most_names
               ? fmt::format("{} and {} more", text, names.size() - most_names)
               : text;
}

}  // namespace stratsim
