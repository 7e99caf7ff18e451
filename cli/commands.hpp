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

}  // namespace stratsim
