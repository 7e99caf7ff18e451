#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "scenarios/diagnostic.hpp"
#include "scenarios/experiment.hpp"
#include "scenarios/fields.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

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
    return fmt::format("given in {}:{}:{}", at.file == "-" ? "<stdin>" : at.file, at.line,
                       at.column);
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

std::string partial_sentence(const std::vector<Experiment>& finished,
                             const std::vector<std::string>& missing) {
    std::string text;
    for (const Experiment& e : finished) {
        if (!e.interrupted) continue;
        const std::string what =
            finished.size() + missing.size() == 1 ? "" : fmt::format(" of {}", e.scenario.strategy);
        text += fmt::format("{}{} runs{}", text.empty() ? "" : ", ", e.runs.size(), what);
    }
    if (!text.empty()) text = "what is shown are " + text;
    if (!missing.empty())
        text +=
            fmt::format("{}not simulated: {}", text.empty() ? "" : "; ", fmt::join(missing, ", "));
    return text.empty() ? "" : "Partial, because it was interrupted: " + text + ".";
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

namespace {

/// Files without a workload are no mistake: there is just nothing to simulate.
Exit nothing_to_simulate(const Inputs& inputs, const std::vector<Output>& outputs,
                         const Screen& screen) {
    Result none;
    none.kind = Result::Kind::runs;
    none.remarks = inputs.remarks;
    for (const Output& output : outputs) {
        if (output.format != Format::text) deliver(none, {output}, screen);
    }
    if (outputs.front().format == Format::text && !inputs.workloads.empty()) {
        print(no_change_text(inputs) + "\n");
        for (const std::string& remark : inputs.remarks) {
            if (!remark.starts_with("unchanged:")) print("  " + remark + "\n");
        }
    } else if (outputs.front().format == Format::text) {
        std::string text = "Nothing to simulate: no Deployment or StatefulSet in the files";
        if (!inputs.remarks.empty()) text += fmt::format(" ({})", fmt::join(inputs.remarks, "; "));
        print(text + ".\n");
    }
    return Exit::ok;
}

Exit run(const Arguments& arguments) {
    const auto outputs = outputs_of(arguments);
    const Screen screen = screen_of(arguments);
    undecided_passes(arguments);  // a mistake is told before anything is run
    const Inputs inputs = resolve(arguments);
    if (arguments.print_resolved) {
        print(resolved_text(inputs));
        return Exit::ok;
    }
    const std::vector<Scenario> workloads = changing(inputs);
    if (workloads.empty()) return nothing_to_simulate(inputs, outputs, screen);
    for (const Scenario& scenario : workloads) require_runnable(scenario);
    Result result;
    result.kind = workloads.size() == 1 ? Result::Kind::run : Result::Kind::runs;
    result.remarks = inputs.is_update ? inputs.remarks : std::vector<std::string>{};
    Progress progress(arguments);
    for (const Scenario& scenario : workloads) {
        progress.attempt(scenario.name, workloads.size(), [&](const Execution& execution) {
            result.experiments.push_back(run_experiment(scenario, execution));
        });
    }
    progress.clear();
    result.partial = partial_sentence(result.experiments, progress.missing());
    result.undecided_passes = undecided_passes(arguments);
    result.command = command_line("run", arguments);
    result.threads = arguments.threads;
    return conclude(result, outputs, screen);
}

}  // namespace

Command run_command() {
    return {
        .name = "run",
        .summary = "simulate one rollout",
        .prepare =
            [](Flags& flags) {
                auto arguments = std::make_shared<Arguments>();
                add_inputs(flags, *arguments, 1, true);
                add_gate(flags, *arguments);
                return [arguments] { return run(*arguments); };
            },
        .help =
            [] {
                return input_help(
                           "stratsim run STRATEGY [flags]           recreate rolling blue-green "
                           "canary none\n"
                           "stratsim run [STRATEGY] -f FILE...      manifests or a scenario; - "
                           "reads "
                           "stdin\n",
                           "  stratsim run canary --pods 10\n"
                           "  helm template . | stratsim run -f - --rate 500/s --pre-stop 15s\n"
                           "  stratsim run --from origin/main -f k8s/\n"
                           "  stratsim run none --visits 1000 --balancer round-robin\n"
                           "  stratsim run -f k8s/ --expect 'requests.failed.p95 <= 1'\n") +
                       gate_help();
            }};
}

}  // namespace stratsim
