#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/workloads.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/workers.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/document.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <thread>

namespace stratsim {

namespace fs = std::filesystem;

namespace {

bool is_scenario(const Node& node) {
    const Node* kind = node.find("kind");
    return kind != nullptr && kind->text == "Scenario";
}

/// Whether a file holds a scenario. One that cannot be read may be a template of another program,
/// unless somebody named it.
bool holds_scenario(const std::string& file, std::vector<Diagnostic>& mistakes, bool named) {
    try {
        const std::vector<Document> documents = read_documents(file);
        return std::ranges::any_of(documents,
                                   [](const Document& d) { return is_scenario(d.root); });
    } catch (const InputErrors& errors) {
        const auto& list = errors.diagnostics();
        if (named) mistakes.insert(mistakes.end(), list.begin(), list.end());
        return false;
    }
}

std::vector<std::string> files_below(const std::string& directory) {
    constexpr std::array<std::string_view, 3> endings{".yaml", ".yml", ".json"};
    std::vector<std::string> files;
    std::error_code error;
    fs::recursive_directory_iterator walk(directory, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
        const fs::path& path = walk->path();
        if (path.filename().string().starts_with('.')) {
            walk.disable_recursion_pending();
            continue;
        }
        std::error_code unreadable;
        if (walk->is_regular_file(unreadable) &&
            std::ranges::find(endings, path.extension().string()) != endings.end()) {
            files.push_back(path.lexically_normal().string());
        }
    }
    std::ranges::sort(files);
    return files;
}

/// Every scenario file, once, in the order of the paths.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths,
                                        std::vector<Diagnostic>& mistakes) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        std::error_code error;
        const bool named = !fs::is_directory(path, error);
        for (const std::string& file : named ? std::vector{path} : files_below(path)) {
            if (std::ranges::find(files, file) != files.end()) continue;
            const std::size_t before = mistakes.size();
            if (holds_scenario(file, mistakes, named)) {
                files.push_back(file);
            } else if (named && mistakes.size() == before) {
                Diagnostic none;
                none.rule = "kind";
                none.message = fmt::format("{} holds no scenario", file);
                none.advice = "write kind: Scenario into it, or run it: stratsim run -f";
                mistakes.push_back(none);
            }
        }
    }
    return files;
}

/// All scenarios at once; each result goes to its own place, so the order of work does not show.
/// Those that were not simulated to the end are unset.
std::vector<std::optional<Experiment>> run_all(const std::vector<Scenario>& scenarios,
                                               const Arguments& arguments, Progress& progress) {
    std::vector<std::optional<Experiment>> results(scenarios.size());
    unsigned threads = arguments.threads;
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    const auto at_once = static_cast<unsigned>(
        std::min<std::size_t>(threads, std::max<std::size_t>(scenarios.size(), 1)));
    std::atomic<std::size_t> done{0};
    share_out(0, scenarios.size(), at_once, [&](std::size_t i) {
        Execution execution = progress.next(scenarios[i].name, done, scenarios.size());
        execution.threads = std::max(1U, threads / at_once);
        try {
            Experiment experiment = run_experiment(scenarios[i], execution);
            if (!experiment.interrupted) results[i] = std::move(experiment);
        } catch (const Interrupted&) {
            return false;
        }
        ++done;
        return true;
    });
    return results;
}

Exit test(const std::vector<std::string>& paths, const Arguments& arguments) {
    const auto outputs = outputs_of(arguments);
    const Screen screen = screen_of(arguments);
    Result result;
    result.kind = Result::Kind::test;
    result.undecided_passes = undecided_passes(arguments);
    if (paths.empty()) usage_error("which scenarios?", "write stratsim test FILE or DIRECTORY");
    std::vector<Diagnostic> mistakes;
    const std::vector<std::string> files = scenario_files(paths, mistakes);
    std::vector<Scenario> scenarios;
    for (const std::string& file : files) {
        Arguments one = arguments;
        one.files = {file};
        try {
            for (Scenario& scenario : resolve(one).workloads) {
                require_runnable(scenario);
                scenarios.push_back(std::move(scenario));
                result.files.push_back(file);
            }
        } catch (const InputErrors& errors) {
            const auto& list = errors.diagnostics();
            mistakes.insert(mistakes.end(), list.begin(), list.end());
        }
    }
    if (!mistakes.empty()) throw InputErrors(mistakes);
    if (scenarios.empty()) {
        usage_error(fmt::format("no scenario in {}", fmt::join(paths, ", ")),
                    "a scenario is a YAML file with kind: Scenario");
    }
    Progress progress(arguments);
    std::vector<std::string> missing;
    std::vector<std::string> tested;
    auto results = run_all(scenarios, arguments, progress);
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!results[i]) {
            missing.push_back(result.files[i]);
            continue;
        }
        result.experiments.push_back(std::move(*results[i]));
        tested.push_back(result.files[i]);
    }
    progress.clear();
    if (result.experiments.empty()) throw Interrupted("no scenario was finished");
    result.files = std::move(tested);
    result.partial = partial_sentence({}, missing);
    return conclude(result, outputs, screen);
}

}  // namespace

Command test_command() {
    return {.name = "test",
            .summary = "run scenarios against what they expect",
            .prepare =
                [](Flags& flags) {
                    auto arguments = std::make_shared<Arguments>();
                    auto paths = std::make_shared<std::vector<std::string>>();
                    flags.words("path", *paths);
                    add_settings(flags, *arguments);
                    add_reports(flags, *arguments);
                    flags.option("--undecided", arguments->undecided);
                    return [arguments, paths] { return test(*paths, *arguments); };
                },
            .help =
                [] {
                    return std::string(
                        "stratsim test PATH...                   every kind: Scenario below\n\n"
                        "  stratsim test scenarios/\n"
                        "  stratsim test scenarios/ -o junit=report.xml --undecided pass\n\n"
                        "Runs every scenario, in parallel, against its expect: list. Any setting\n"
                        "may be overridden: --runs 400, --seed 2.\n"
                        "--undecided fail|pass   what an interval that holds the limit counts as\n"
                        "-o FORMAT[=FILE]        junit, github, sarif, gitlab, json, ...\n"
                        "Exit: 0 all met, 1 an expectation not met, 2 wrong input\n");
                }};
}

}  // namespace stratsim
