#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/workloads.hpp"
#include "scenarios/experiments/advice.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <charconv>
#include <fmt/format.h>
#include <memory>

namespace stratsim {

namespace {

/// What only a plan is told.
struct Business {
    std::string releases;
    std::string objective;
};

/// `40/month`, `2/day`, `10/week`; by the month.
double releases_per_month(const std::string& text) {
    const auto refuse = [&]() -> double {
        usage_error(fmt::format("--releases: {} is no number of releases", quote(text)),
                    "write 40/month, 10/week or 2/day");
    };
    double count = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || !(count > 0) || count > 1e9) return refuse();
    const std::string unit(rest, end);
    if (unit == "/month" || unit.empty()) return count;
    if (unit == "/week") return count * 30 / 7;
    if (unit == "/day") return count * 30;
    return refuse();
}

/// `99.9%`, as a part of one.
double objective_of(const std::string& text) {
    double percent = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, percent);
    if (error != std::errc{} || std::string(rest, end) != "%" || !(percent > 0) ||
        !(percent < 100)) {
        usage_error(fmt::format("--slo: {} is no objective", quote(text)),
                    "write the part of the requests that must succeed: 99.9%");
    }
    return percent / 100;
}

std::string label_of(const Arguments& arguments) {
    std::vector<std::string> words;
    for (const auto* list : {&arguments.files, &arguments.from, &arguments.to})
        words.insert(words.end(), list->begin(), list->end());
    std::string text = fmt::format("{}", fmt::join(words, " "));
    for (std::size_t at; (at = text.find("--")) != std::string::npos;) text.erase(at, 1);
    return text;
}

/// What applying the new version does, and what it changes about every later release.
ReleaseChange change_of(Scenario scenario, const Releases& releases, const Execution& execution) {
    ReleaseChange change;
    change.scenario = std::move(scenario);
    if (!change.scenario.update->idle) change.now = run_experiment(change.scenario, execution);
    if (!releases.differ) return change;
    const auto any_release = [&](Scenario s) {
        s.expectations.clear();
        return run_experiment(s, execution);
    };
    change.before = any_release(*releases.before);
    change.after = any_release(*releases.after);
    change.effect = effect_of(*change.before, *change.after);
    if (change.effect == Effect::worse) change.advice = advise(*change.after, execution);
    return change;
}

/// Half of what is known of a workload would be told as all of it.
void require_whole(const Execution& execution) {
    if (execution.is_stopped()) throw Interrupted("no workload was finished");
}

void compare_versions(Result& result, const Inputs& inputs, const Arguments& arguments) {
    result.is_update = true;
    result.compared = inputs.workloads.size();
    result.no_change = no_change_text(inputs);
    result.label = label_of(arguments);
    Progress progress(arguments);
    for (std::size_t i = 0; i < inputs.workloads.size(); ++i) {
        const Scenario& scenario = inputs.workloads[i];
        if (scenario.update->idle && !inputs.releases[i].differ) continue;
        require_runnable(scenario);
        progress.attempt(scenario.name, inputs.workloads.size(), [&](const Execution& execution) {
            ReleaseChange change = change_of(scenario, inputs.releases[i], execution);
            require_whole(execution);
            if (change.now) {
                result.experiments.push_back(*change.now);
                result.advice.emplace_back();
            }
            result.changes.push_back(std::move(change));
        });
    }
    result.partial = partial_sentence({}, progress.missing());
}

Exit plan(const Arguments& arguments, const Business& business) {
    const auto outputs = outputs_of(arguments);
    const Screen screen = screen_of(arguments);
    Result result;
    result.kind = Result::Kind::plan;
    result.undecided_passes = undecided_passes(arguments);
    if (!business.releases.empty())
        result.releases_per_month = releases_per_month(business.releases);
    if (!business.objective.empty()) {
        result.objective = objective_of(business.objective);
        if (business.releases.empty())
            usage_error("--slo needs to know how often is released", "write --releases 40/month");
    }
    const Inputs inputs = resolve(arguments);
    if (arguments.print_resolved) {
        print(resolved_text(inputs));
        return Exit::ok;
    }
    result.remarks = inputs.remarks;
    if (inputs.is_update) {
        compare_versions(result, inputs, arguments);
        return conclude(result, outputs, screen);
    }
    for (const Scenario& scenario : inputs.workloads) require_runnable(scenario);
    Progress progress(arguments);
    for (const Scenario& scenario : inputs.workloads) {
        progress.attempt(scenario.name, inputs.workloads.size(), [&](const Execution& execution) {
            Experiment experiment = run_experiment(scenario, execution);
            Advice advice = advise(experiment, execution);
            require_whole(execution);
            result.experiments.push_back(std::move(experiment));
            result.advice.push_back(std::move(advice));
        });
    }
    progress.clear();
    result.partial = partial_sentence({}, progress.missing());
    std::vector<std::string> more;
    if (!business.releases.empty()) more.insert(more.end(), {"--releases", business.releases});
    if (!business.objective.empty()) more.insert(more.end(), {"--slo", business.objective});
    result.command = command_line("plan", arguments, more);
    result.threads = arguments.threads;
    return conclude(result, outputs, screen);
}

}  // namespace

Command plan_command() {
    return {.name = "plan",
            .summary = "what every release of these manifests does to users, and the fix",
            .prepare =
                [](Flags& flags) {
                    auto arguments = std::make_shared<Arguments>();
                    auto business = std::make_shared<Business>();
                    add_inputs(flags, *arguments, 1, true);
                    add_gate(flags, *arguments);
                    flags.option("--releases", business->releases);
                    flags.option("--slo", business->objective);
                    return [arguments, business] { return plan(*arguments, *business); };
                },
            .help =
                [] {
                    return input_help(
                               "stratsim plan -f FILE|DIR...            what every release does; "
                               "- reads stdin\n",
                               "  stratsim plan -f k8s/\n"
                               "  stratsim plan --from origin/main --to HEAD -f k8s/\n"
                               "  stratsim plan -f k8s/ --releases 40/month --slo 99.9%\n"
                               "  stratsim plan -f k8s/ --expect 'requests.failed.p95 <= 1'\n") +
                           gate_help() +
                           "             --releases 40/month  --slo 99.9%: the error budget that "
                           "this burns\n"
                           "A fix is printed only after it was simulated with the same seeds.\n";
                }};
}

}  // namespace stratsim
