#include "cli/workloads.hpp"

#include "cli/options.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/validate.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim {

void require_runnable(const Scenario& scenario) {
    if (scenario.strategy.empty()) {
        usage_error("which strategy?",
                    fmt::format("write one of {}, none; or -f FILE with a workload",
                                fmt::join(strategy_names(), ", ")));
    }
    std::vector<Diagnostic> mistakes;
    for (const Complaint& complaint : validate(scenario)) {
        mistakes.push_back(without_place(complaint.rule, complaint.message, complaint.advice));
    }
    if (!mistakes.empty()) throw InputErrors(mistakes);
}

namespace {

std::string source_of(const Scenario& scenario, const Field& field) {
    const auto origin = scenario.origins.find(field.word);
    if (origin == scenario.origins.end()) return field.source.empty() ? "unset" : field.source;
    const Origin& at = origin->second;
    if (at.kind == SourceKind::flag) return "given by --" + field.word;
    if (at.kind == SourceKind::environment) return "given by the variable " + at.file;
    return "given in " + place_text(at.file, at.line, at.column);
}

}  // namespace

std::string resolved_text(const Inputs& inputs) {
    std::string text;
    for (const Scenario& s : inputs.workloads) {
        text += fmt::format(
            "{}{}/{}  {}{}\n", text.empty() ? "" : "\n", Text<WorkloadKind>::print(s.kind), s.name,
            s.strategy.empty() ? "no strategy" : s.strategy, s.from.empty() ? "" : "  " + s.from);
        for (const Field& field : fields()) {
            const std::string value = field.get(s);
            text += fmt::format("  {:<18}{:<26}  {}\n", field.word, value.empty() ? "-" : value,
                                source_of(s, field));
        }
        for (const Expectation& e : s.expectations)
            text += fmt::format("  {:<18}{}\n", "expect", e.text);
    }
    return text;
}

std::vector<Scenario> changing(const Inputs& inputs) {
    std::vector<Scenario> list = inputs.workloads;
    std::erase_if(list, [](const Scenario& s) { return s.update && s.update->idle; });
    return list;
}

std::string no_change_text(const Inputs& inputs) {
    const bool any = std::ranges::any_of(
        inputs.workloads, [](const Scenario& s) { return s.update && !s.update->changes.empty(); });
    std::string text = any ? "Applying it replaces no pod" : "No workload behaves differently";
    text += fmt::format(" ({} compared", inputs.workloads.size());
    const std::size_t files = inputs.files_that_differ;
    if (!any && files > 0)
        text += fmt::format("; {} in comments or order",
                            files == 1 ? "1 file differs" : fmt::format("{} files differ", files));
    return text + ").";
}

Scenario only_workload(const Inputs& inputs, std::string_view asker) {
    if (inputs.workloads.size() == 1) return inputs.workloads.front();
    if (inputs.workloads.empty()) {
        usage_error(fmt::format("{} needs a workload, and there is none in the files", asker),
                    "name a file with a Deployment or a StatefulSet");
    }
    if (const auto changes = changing(inputs); inputs.is_update && changes.size() == 1)
        return changes.front();
    std::vector<std::string> names;
    for (const Scenario& s : inputs.workloads) {
        names.push_back(Text<WorkloadKind>::print(s.kind) + "/" + s.name);
    }
    usage_error(fmt::format("{} looks at one workload, and there are {}: {}", asker, names.size(),
                            fmt::join(names, ", ")),
                fmt::format("write --workload {}", names.front()));
}

}  // namespace stratsim
