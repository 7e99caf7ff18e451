#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/workloads.hpp"
#include "scenarios/experiments/experiment.hpp"

#include <memory>

namespace stratsim {

namespace {

/// A person who watches dashboards; what the recorded incidents of canary tools take.
constexpr Duration person_notices = std::chrono::minutes{2};

/// The same rollout of a release that is as good as the old version.
Scenario with_good_release(Scenario scenario) {
    scenario.expectations.clear();  // they are about the release that is described
    scenario.new_version.errors = nothing;
    scenario.new_version.never_ready = false;
    scenario.undo_after.reset();
    return scenario;
}

Exit compare(const Arguments& arguments) {
    const auto outputs = outputs_of(arguments);
    const Screen screen = screen_of(arguments);
    Arguments inputs_only = arguments;
    if (arguments.strategies.size() != 1) {
        // resolve() checks all names; the workload's own strategy is not asked for.
        inputs_only.strategies = arguments.strategies;
    }
    const Inputs inputs = resolve(inputs_only);
    if (arguments.print_resolved) {
        print(resolved_text(inputs));
        return Exit::ok;
    }
    Scenario scenario = only_workload(inputs, "compare");
    if (scenario.update && scenario.update->idle) {
        usage_error("the two versions replace no pod, so there is no rollout to compare",
                    "leave --from and --to out to compare any release");
    }
    const bool bad = scenario.new_version.is_bad();
    if (bad && !scenario.undo_after) scenario.undo_after = person_notices;

    Result result;
    result.kind = Result::Kind::compare;
    result.undecided_passes = undecided_passes(arguments);
    const auto names = arguments.strategies.empty() ? strategy_names() : arguments.strategies;
    std::vector<Scenario> rows;
    for (const std::string& name : names) {
        rows.push_back(scenario);
        rows.back().strategy = name;
        require_runnable(rows.back());
    }
    Progress progress(arguments);
    for (const Scenario& row : rows) {
        progress.attempt(row.strategy, rows.size(), [&](const Execution& execution) {
            Experiment experiment = run_experiment(row, execution);
            if (bad) result.good.push_back(run_experiment(with_good_release(row), execution));
            result.experiments.push_back(std::move(experiment));
        });
    }
    progress.clear();
    result.partial = partial_sentence(result.experiments, progress.missing());
    result.command = command_line("compare", arguments);
    result.threads = arguments.threads;
    return conclude(result, outputs, screen);
}

}  // namespace

Command compare_command() {
    return {.name = "compare",
            .summary = "strategies side by side, same visitors, good and bad release",
            .prepare =
                [](Flags& flags) {
                    auto arguments = std::make_shared<Arguments>();
                    add_inputs(flags, *arguments, 16, true);
                    add_gate(flags, *arguments);
                    return [arguments] { return compare(*arguments); };
                },
            .help =
                [] {
                    return input_help(
                               "stratsim compare [STRATEGY...] [flags]  one row a strategy\n"
                               "stratsim compare [STRATEGY...] -f FILE...\n",
                               "  stratsim compare --pods 10 --new errors=5%\n"
                               "  stratsim compare rolling canary -f k8s/ --workload deploy/web\n"
                               "  stratsim compare --expect 'requests.failed.p95 <= 1'\n") +
                           gate_help() +
                           "             each strategy is judged; 1 if one does not meet them\n";
                }};
}

}  // namespace stratsim
