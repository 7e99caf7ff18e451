#include "cli/reports/sweep/sweep.hpp"

#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shard.hpp"
#include "cli/workloads.hpp"
#include "scenarios/experiments/sweep.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace stratsim {

namespace {

/// What only sweep is told.
struct SweepArguments {
    std::vector<std::string> vary;
    std::vector<std::string> columns;
    std::string shard;
    std::string directory;
    bool force = false;
};

void say(const std::string& sentence) {
    std::fputs((sentence + "\n").c_str(), stderr);
}

/// The grid and the columns. Throws InputErrors with every mistake.
Grid grid_of(const SweepArguments& own, const Arguments& arguments, std::vector<Number>& columns) {
    std::vector<Diagnostic> mistakes;
    const auto parse = [&](const std::string& flag, const std::string& text, auto&& take) {
        try {
            take(text);
        } catch (const BadValue& bad) {
            mistakes.push_back(
                without_place(bad.rule(), fmt::format("--{}: {}", flag, bad.what()), bad.advice()));
        }
    };
    Grid grid;
    if (arguments.strategies.size() > 1)
        grid.axes.push_back({.word = "strategy", .values = arguments.strategies});
    for (const std::string& text : own.vary) {
        parse("vary", text, [&](const std::string& t) {
            Axis axis = parse_axis(t);
            if (std::ranges::find(grid.axes, axis.word, &Axis::word) != grid.axes.end())
                throw BadValue(fmt::format("{} is varied twice", axis.word),
                               "write all its values behind one --vary", "vary");
            grid.axes.push_back(std::move(axis));
        });
    }
    columns = own.columns.empty() ? usual_columns() : std::vector<Number>{};
    for (const std::string& text : own.columns) {
        parse("column", text,
              [&](const std::string& t) { columns.push_back(parse_number(t, "column")); });
    }
    if (own.vary.empty() && grid.axes.empty()) {
        mistakes.push_back(
            without_place("vary", "nothing is varied", "write --vary pre-stop=0s..30s:5s"));
    }
    if (grid.size() > most_points) {
        mistakes.push_back(
            without_place("vary", fmt::format("the grid has more than {} points", most_points),
                          "vary less, or in larger steps"));
    }
    if (!mistakes.empty()) throw InputErrors(mistakes);
    return grid;
}

std::vector<Output> sweep_outputs(const Arguments& arguments) {
    const auto outputs = outputs_of(arguments);
    for (const Output& output : outputs) {
        if (can_show_sweep(output.format)) continue;
        usage_error(fmt::format("{} has no place for a grid", entry_of(output.format).name),
                    fmt::format("write one of {}", fmt::join(sweep_format_names(), ", ")));
    }
    return outputs;
}

void deliver_sweep(const Sweep& sweep, const std::vector<Output>& outputs, const Screen& screen) {
    const SweepFindings findings = findings_of(sweep);
    for (const Output& output : outputs)
        write_out(render_sweep(sweep, findings, output.format, screen), output);
}

/// Computes the points that `wanted` says, in their order; what is interrupted is left out.
template <class Wanted>
void compute(Sweep& sweep, const Scenario& base, const Arguments& arguments, Wanted wanted) {
    Progress progress(arguments);
    sweep.points.resize(sweep.definition.grid.size());
    std::size_t all = 0;
    for (std::size_t i = 0; i < sweep.points.size(); ++i) all += wanted(i);
    std::size_t done = 0;
    try {
        for (std::size_t i = 0; i < sweep.points.size(); ++i) {
            if (!wanted(i)) continue;
            const Execution execution = progress.next(point_name(sweep.definition, i), done, all);
            sweep.points[i] = simulate_point(base, sweep.definition, i, execution);
            ++done;
        }
    } catch (const Interrupted&) {
        if (done == 0) throw;
        sweep.partial = fmt::format(
            "Partial, because it was interrupted: {} of {} points were simulated.", done, all);
    }
}

/// Computes one shard into its file. A part of it is of no use to anybody.
Exit compute_shard(Sweep& sweep, const Scenario& base, const Arguments& arguments,
                   const SweepArguments& own) {
    const Shard shard = parse_shard(own.shard);
    const std::string file = shard_path(own.directory, sweep.definition, shard);
    std::error_code error;
    if (!own.force && std::filesystem::exists(file, error)) {
        say(fmt::format("{} is there already; --force computes it again", file));
        return Exit::ok;
    }
    try {
        std::filesystem::create_directories(own.directory, error);
        if (error)
            throw WriteError(fmt::format("cannot make {}: {}", own.directory, error.message()),
                             error.value());
        compute(sweep, base, arguments, [&](std::size_t i) { return shard.holds(i); });
        if (!sweep.partial.empty()) throw Interrupted("the shard was not finished");
        write_out(shard_text(sweep, shard), Output{.format = Format::json, .file = file});
    } catch (const Interrupted& interrupted_by) {
        if (!was_terminated()) throw;
        say(fmt::format("told to stop: {}; try again", interrupted_by.what()));
        return Exit::retry;
    } catch (const WriteError& failed) {
        if (failed.is_lasting()) usage_error(failed.what(), "name another directory with --out");
        say(fmt::format("{}; try again", failed.what()));
        return Exit::retry;
    }
    say(fmt::format("{} is written", file));
    return Exit::ok;
}

Exit sweep(const Arguments& arguments, const SweepArguments& own) {
    const auto outputs = sweep_outputs(arguments);
    const Screen screen = screen_of(arguments);
    if (own.shard.empty() != own.directory.empty()) {
        usage_error(own.shard.empty() ? "--out is for shards" : "where should the shard go?",
                    own.shard.empty() ? "write --shard 0/8 too, or -o FORMAT=FILE"
                                      : "write --out DIRECTORY");
    }
    std::vector<Number> columns;
    const Grid grid = grid_of(own, arguments, columns);
    if (!own.shard.empty()) parse_shard(own.shard);  // a mistake is told before anything is run
    const Inputs inputs = resolve(arguments);
    if (arguments.print_resolved) {
        print(resolved_text(inputs));
        return Exit::ok;
    }
    const Scenario base = only_workload(inputs, "sweep");
    const bool varies_strategy =
        std::ranges::any_of(grid.axes, [](const Axis& axis) { return axis.word == "strategy"; });
    if (base.strategy.empty() && !varies_strategy) require_runnable(base);

    Sweep sweep;
    try {
        sweep.definition = define_sweep(base, grid, columns);
    } catch (const BadValue& bad) {
        usage_error(bad.what(), bad.advice());
    }
    sweep.definition.version = STRATSIM_VERSION;
    sweep.definition.files = arguments.files;
    std::vector<std::string> more;
    for (const std::string& text : own.vary) more.insert(more.end(), {"--vary", text});
    for (const std::string& text : own.columns) more.insert(more.end(), {"--column", text});
    sweep.definition.command = command_line("sweep", arguments, more);
    if (!own.shard.empty()) return compute_shard(sweep, base, arguments, own);
    compute(sweep, base, arguments, [](std::size_t) { return true; });
    deliver_sweep(sweep, outputs, screen);
    return sweep.partial.empty() ? Exit::ok : Exit::interrupted;
}

Exit merge(const std::string& directory, const Arguments& arguments) {
    const auto outputs = sweep_outputs(arguments);
    const Screen screen = screen_of(arguments);
    std::vector<Shard> missing;
    const Sweep sweep = merge_shards(directory, STRATSIM_VERSION, missing);
    if (!missing.empty()) {
        say(fmt::format("{} of {} shards are missing in {}:", missing.size(), missing.front().count,
                        directory));
        for (const Shard& shard : missing) {
            say(fmt::format("  {} --shard {}/{} --out {}", sweep.definition.command, shard.index,
                            shard.count, directory));
        }
        return Exit::retry;
    }
    deliver_sweep(sweep, outputs, screen);
    return Exit::ok;
}

}  // namespace

Command sweep_command() {
    return {.name = "sweep",
            .summary = "vary settings, find the knee and the point to take",
            .prepare =
                [](Flags& flags) {
                    auto arguments = std::make_shared<Arguments>();
                    auto own = std::make_shared<SweepArguments>();
                    add_inputs(flags, *arguments, 16, true);
                    flags.flag("--print-resolved", arguments->print_resolved);
                    flags.option("--vary", own->vary);
                    flags.option("--column", own->columns);
                    flags.option("--shard", own->shard);
                    flags.option("--out", own->directory);
                    flags.flag("--force", own->force);
                    return [arguments, own] { return sweep(*arguments, *own); };
                },
            .help =
                [] {
                    return input_help(
                               "stratsim sweep STRATEGY... --vary WORD=VALUES...  the grid, the "
                               "same seeds\n",
                               "  stratsim sweep rolling --vary pre-stop=0s..30s:5s\n"
                               "  stratsim sweep rolling -f k8s/ --vary pre-stop=0s..30s:1s --vary "
                               "max-surge=1,25%,100%\n"
                               "  stratsim sweep rolling canary --vary pods=4,10,20 -o csv\n"
                               "  stratsim sweep rolling --vary rate=10/s..100/s:10/s --column "
                               "latency_ms.p99\n") +
                           "vary         --vary WORD=A,B,C  --vary WORD=FROM..TO:STEP\n"
                           "             --column NUMBER: of the report, with a statistic if you "
                           "like: requests.failed.p95\n"
                           "share out    --shard I/N|auto/N --out DIR: every Nth point from the "
                           "Ith (0 is the first)\n"
                           "             into a file of its own; --force: though it is there. "
                           "Then: stratsim merge DIR\n";
                }};
}

Command merge_command() {
    return {.name = "merge",
            .summary = "put the shards of a sweep together",
            .prepare =
                [](Flags& flags) {
                    auto arguments = std::make_shared<Arguments>();
                    auto directory = std::make_shared<std::string>();
                    flags.word("directory", *directory);
                    add_reports(flags, *arguments);
                    return [arguments, directory] {
                        if (directory->empty())
                            usage_error("which directory?", "write stratsim merge DIRECTORY");
                        return merge(*directory, *arguments);
                    };
                },
            .help =
                [] {
                    return std::string(
                        "stratsim merge DIRECTORY                what sweep --shard --out wrote\n\n"
                        "  stratsim merge shards/\n"
                        "  stratsim merge shards/ -o html=sweep.html\n\n"
                        "The result is the same as that of the sweep in one piece, byte for byte.\n"
                        "-o FORMAT[=FILE]        text, csv, json, markdown, html\n"
                        "Exit: 0 merged, 2 files that do not belong together, 75 shards are "
                        "missing\n");
                }};
}

}  // namespace stratsim
