#include "cli/reports/sweep/sweep.hpp"
#include "scenarios/settings/units.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <range/v3/view/transform.hpp>

// What to write into a file so that the chosen point comes about.

namespace stratsim {

namespace {

/// Words of the file format that a plain scalar must not be mistaken for.
std::string yaml_scalar(const std::string& value) {
    const bool plain = value.find_first_of(":#{}[]&*!|>'\"%@`,") == std::string::npos ||
                       value.find_first_not_of("0123456789.%") == std::string::npos;
    return plain && !value.empty() ? value : "'" + value + "'";
}

/// Where a setting stands in the manifest of a workload. Source: Kubernetes, apps/v1 and core/v1.
struct ManifestPlace {
    std::string_view word;
    std::string_view deployment;  ///< dotted; empty: no place
    std::string_view statefulset;
    bool in_seconds = false;
};

constexpr std::array<ManifestPlace, 8> places{{
    {"pods", "replicas", "replicas", false},
    {"min-ready", "minReadySeconds", "minReadySeconds", true},
    {"progress-deadline", "progressDeadlineSeconds", "", true},
    {"max-surge", "strategy.rollingUpdate.maxSurge", "", false},
    {"max-unavailable", "strategy.rollingUpdate.maxUnavailable",
     "updateStrategy.rollingUpdate.maxUnavailable", false},
    {"partition", "", "updateStrategy.rollingUpdate.partition", false},
    {"grace", "template.spec.terminationGracePeriodSeconds",
     "template.spec.terminationGracePeriodSeconds", true},
    {"pre-stop", "template.spec.containers.lifecycle.preStop.sleep.seconds",
     "template.spec.containers.lifecycle.preStop.sleep.seconds", true},
}};

/// Nested keys in the order in which they were first named.
struct Tree {
    std::string key;
    std::string value{};
    std::vector<Tree> children{};

    Tree& child(std::string_view name) {
        const auto found = std::ranges::find(children, name, &Tree::key);
        return found != children.end() ? *found : children.emplace_back(Tree{std::string(name)});
    }
};

void print(const Tree& tree, const std::string& indent, std::string& text) {
    for (const Tree& child : tree.children) {
        text += fmt::format("{}{}:{}\n", indent, child.key,
                            child.value.empty() ? "" : " " + child.value);
        if (child.key == "containers") {
            text += indent + "  - name: app  # yours\n";
            print(child, indent + "    ", text);
        } else {
            print(child, indent + "  ", text);
        }
    }
}

}  // namespace

std::string scenario_yaml(const SweepDefinition& d, std::size_t point) {
    std::string text = "kind: Scenario\n";
    const auto values = d.grid.at(point);
    std::string strategy = d.strategy;
    std::string varied;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string& word = d.grid.axes[i].word;
        if (word == "strategy") {
            strategy = values[i];
        } else {
            varied += fmt::format("{}: {}\n", word, yaml_scalar(values[i]));
        }
    }
    if (!d.files.empty()) {
        text += fmt::format("manifests: [{}]\n",
                            fmt::join(d.files | ranges::views::transform(yaml_scalar), ", "));
    }
    if (!strategy.empty()) text += "strategy: " + strategy + "\n";
    for (const auto& [word, value] : d.settings) {
        const bool is_varied = std::ranges::any_of(
            d.grid.axes, [&, &name = word](const Axis& axis) { return axis.word == name; });
        const bool is_given = std::ranges::find(d.given, word) != d.given.end();
        if (is_given && !is_varied && word != "strategy")
            text += fmt::format("{}: {}\n", word, yaml_scalar(value));
    }
    return text + varied;
}

std::string manifest_yaml(const SweepDefinition& d, std::size_t point) {
    Tree spec{.key = "spec"};
    const auto values = d.grid.at(point);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto place = std::ranges::find(places, d.grid.axes[i].word, &ManifestPlace::word);
        if (place == places.end()) continue;
        std::string_view path = d.kind == "deployment" ? place->deployment : place->statefulset;
        Tree* at = &spec;
        while (!path.empty()) {
            const auto dot = path.find('.');
            at = &at->child(path.substr(0, dot));
            path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
        }
        if (at == &spec) continue;
        at->value =
            place->in_seconds
                ? fmt::format("{:.0f}", to_seconds(Text<Duration>::parse(values[i])) + 0.499)
                : values[i];
    }
    if (spec.children.empty()) return "";
    std::string text = "spec:\n";
    print(spec, "  ", text);
    return text;
}

}  // namespace stratsim
