#pragma once

#include "cli/options.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// One subcommand: its name, one line for the overview, and what it does.
struct Command {
    std::string_view name;
    std::string_view summary;
    /// Adds its options to the parser and returns what to do once they are parsed.
    std::function<std::function<Exit()>(Flags&)> prepare;
    std::function<std::string()> help;
};

Command run_command();
Command compare_command();
Command sweep_command();
Command merge_command();
Command test_command();
Command plan_command();
Command why_command();
Command schema_command();
Command init_command();
Command completion_command(const std::vector<Command>& commands);
Command man_command(const std::vector<Command>& commands);
Command get_command();
Command status_command();
/// `exec` looks at what stands behind the `--` of the command line.
Command exec_command(std::vector<std::string> words);
Command strategies_command();
Command explain_command();

/// The workloads of a command that simulates one of them; several are a mistake of the user.
Scenario only_workload(const Inputs& inputs, std::string_view asker);

/// The workloads that an update changes, or all if there are not two versions.
std::vector<Scenario> changing(const Inputs& inputs);

/// The sentence for an update that replaces no pod of any workload.
std::string no_change_text(const Inputs& inputs);

/// Every setting of every workload, its value and where that comes from.
std::string resolved_text(const Inputs& inputs);

/// Of a command that simulates several things: what an interrupt left out, as a sentence; empty if
/// it left out nothing. `missing` are names of those of which no run was finished.
std::string partial_sentence(const std::vector<Experiment>& finished,
                             const std::vector<std::string>& missing);

/// Sees to it that the scenario names a strategy and can be run.
void require_runnable(const Scenario& scenario);

}  // namespace stratsim
