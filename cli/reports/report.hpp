#pragma once

#include "scenarios/experiments/advice.hpp"
#include "scenarios/experiments/effect.hpp"
#include "scenarios/experiments/experiment.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// What standard output can show.
struct Screen {
    int width = 80;
    bool colour = false;
    bool ascii = false;
};

/// One workload in a plan of two versions.
struct ReleaseChange {
    Scenario scenario{};                 ///< of the new version
    std::optional<Experiment> now{};     ///< applying it; unset: that replaces no pod
    std::optional<Experiment> before{};  ///< a release under the old version; unset: as after
    std::optional<Experiment> after{};
    Effect effect = Effect::same;    ///< on later releases
    std::optional<Advice> advice{};  ///< on a release under the new version
};

/// What a command found out.
struct Result {
    /// run: one experiment; compare: one a strategy; runs: several workloads, each alone.
    /// test: several scenarios, judged; plan: several workloads, with what would mend them.
    enum class Kind { run, compare, runs, test, plan };

    std::vector<Experiment> experiments{};
    Kind kind = Kind::run;
    /// Of a comparison with a bad new version: the same strategies with a good one.
    std::vector<Experiment> good{};
    /// Of a test: by experiment, the scenario's file.
    std::vector<std::string> files{};
    /// Of a plan: by experiment.
    std::vector<Advice> advice{};
    /// Of a plan: how often is released, and the part of the requests that must succeed.
    std::optional<double> releases_per_month{};
    std::optional<double> objective{};
    bool undecided_passes = false;
    /// Of a plan of two versions: what changes, how many were compared, and what to say if nothing.
    bool is_update = false;
    std::vector<ReleaseChange> changes{};
    std::size_t compared = 0;
    std::string no_change{};
    std::string label{};  ///< what the plan is about, as it was typed
    /// What was read and passed over.
    std::vector<std::string> remarks{};
    /// What is missing because the command was interrupted, as a sentence; empty: nothing.
    std::string partial{};
    /// What to type to get the same again; empty where nobody typed anything.
    std::string command{};
    unsigned threads = 0;  ///< for what a report itself has to simulate; 0: one a core
};

/// How many expectations came out so.
std::size_t count_of(const Result& result, Verdict verdict);
/// Whether nothing that was expected is missing.
bool is_met(const Result& result);

enum class Format {
    text,
    json,
    csv,
    markdown,
    jsonl,
    junit,
    github,
    sarif,
    gitlab,
    perfetto,
    openmetrics,
    html
};

/// How a format is called, and who writes it.
struct FormatEntry {
    std::string_view name;
    Format format;
    std::string (*write)(const Result&, const Screen&);
    /// Says when the result is partial; where it cannot, a partial one is not written.
    bool tells_partial = false;
    /// Shows what became of each pod, fact by fact.
    bool tells_facts = false;
};

/// Every format there is. Adding one means a file and a line in this table.
const std::vector<FormatEntry>& formats();
std::vector<std::string> format_names();
std::optional<Format> format_of(std::string_view name);
const FormatEntry& entry_of(Format format);

std::string render(const Result& result, Format format, const Screen& screen);

std::string text_report(const Result& result, const Screen& screen);
std::string json_report(const Result& result, const Screen& screen);
std::string csv_report(const Result& result, const Screen& screen);
std::string markdown_report(const Result& result, const Screen& screen);
std::string jsonl_report(const Result& result, const Screen& screen);
std::string junit_report(const Result& result, const Screen& screen);
std::string github_report(const Result& result, const Screen& screen);
std::string sarif_report(const Result& result, const Screen& screen);
std::string gitlab_report(const Result& result, const Screen& screen);
std::string perfetto_report(const Result& result, const Screen& screen);
/// JSON Schema (draft-07) of scenario files.
std::string scenario_schema();
std::string openmetrics_report(const Result& result, const Screen& screen);
std::string html_report(const Result& result, const Screen& screen);

}  // namespace stratsim
