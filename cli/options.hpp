#pragma once

#include "cli/reports/report.hpp"
#include "scenarios/manifests/inputs.hpp"
#include "scenarios/settings/scenario.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stratsim {

class Flags;

/// How the program ends; the shell reads it.
enum class Exit {
    ok = 0,
    not_met = 1,
    usage = 2,
    bug = 70,
    io = 74,
    retry = 75,
    interrupted = 130
};

/// One `-o FORMAT[=FILE]`.
struct Output {
    Format format = Format::text;
    std::string file;  ///< empty: standard output
};

/// What a command was told, before it is understood.
struct Arguments {
    std::vector<std::string> strategies;
    std::vector<std::string> files;
    bool recursive = false;
    std::vector<std::string> from;  ///< the version of the manifests that stands
    std::vector<std::string> to;    ///< the version that is applied over it
    std::string workload;
    std::map<std::string, std::string> settings;  ///< by word, as written
    std::vector<std::string> outputs;
    std::vector<std::string> expectations;  ///< as written
    std::string undecided = "fail";
    bool print_resolved = false;
    std::string color = "auto";
    bool ascii = false;
    unsigned threads = 0;
};

/// Gives a command the inputs that all commands share: strategies (at most `most_strategies`),
/// files, every setting of the field table and, if `reports`, the output formats.
void add_inputs(Flags& flags, Arguments& arguments, int most_strategies, bool reports);

/// Parts of the same: every setting and --threads; -o, --color and --ascii.
void add_settings(Flags& flags, Arguments& arguments);
void add_reports(Flags& flags, Arguments& arguments);
/// The options of a command that judges: --expect and --undecided.
void add_gate(Flags& flags, Arguments& arguments);
/// Whether an undecided expectation counts as met.
bool undecided_passes(const Arguments& arguments);

/// The workloads that the arguments describe. Throws InputErrors with every mistake.
Inputs resolve(const Arguments& arguments);

/// The command line that asks for the same again, in one canonical order and quoted for a shell;
/// `more` are arguments that only this command has.
std::string command_line(std::string_view name, const Arguments& arguments,
                         const std::vector<std::string>& more = {});

/// The outputs asked for; at most one of them without a file.
std::vector<Output> outputs_of(const Arguments& arguments);

/// What standard output can show.
Screen screen_of(const Arguments& arguments);

/// The help of a command that takes the shared inputs: examples, then every setting in its group.
std::string input_help(const std::string& usage, const std::string& examples);

/// The part of the help that add_gate() needs.
std::string gate_help();

/// Throws InputErrors with one mistake that has no place in a file.
[[noreturn]] void usage_error(const std::string& message, const std::string& advice = "");

}  // namespace stratsim
