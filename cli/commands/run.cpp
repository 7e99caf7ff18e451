#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/workloads.hpp"
#include "scenarios/experiments/experiment.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace stratsim {

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
