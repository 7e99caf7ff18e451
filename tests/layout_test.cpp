#include "cli/reports/report.hpp"
#include "scenarios/settings/fields.hpp"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Screens of results that are stored, at several widths, byte for byte: a change of layout changes
// these files, a change of what is simulated does not. `tests/bless` writes them anew.

using namespace stratsim;

namespace {

Time at(double seconds) {
    return command + from_seconds(seconds);
}

RolloutOutcome outcome_called(const std::string& name) {
    const auto found = std::ranges::find(rollout_outcome_names, name);
    return static_cast<RolloutOutcome>(found - rollout_outcome_names.begin());
}

/// Three pods that leave one by one, while three others come.
RunDetail made_up_detail() {
    RunDetail detail;
    detail.settled = at(30);
    for (int i = 0; i < 3; ++i) {
        PodLife old;
        old.index = static_cast<std::uint32_t>(i);
        old.created = at(-3600);
        old.listens = old.ready = old.listed = at(-3590);
        old.deleted = at(6 + 6 * i);
        old.deaf = at(6 + 6 * i);
        old.gone = at(7 + 6 * i);
        old.visits = 200 + 20 * static_cast<std::uint64_t>(i);
        old.expected_visits = 210;
        PodLife fresh;
        fresh.revision = 1;
        fresh.index = old.index;
        fresh.is_new = true;
        fresh.created = at(6 * i);
        fresh.listens = fresh.ready = fresh.listed = at(5 + 6 * i);
        fresh.visits = 400 - 30 * static_cast<std::uint64_t>(i);
        fresh.expected_visits = 380;
        detail.pods.push_back(old);
        detail.pods.push_back(fresh);
    }
    for (int tenth = 0; tenth < 300; ++tenth)
        detail.bins.add(at(tenth / 10.0), 5, tenth % 60 < 12 && tenth > 60 ? 1 : 0);
    detail.timeline.see(at(0), fact::Commanded{});
    detail.timeline.see(at(17), fact::RolloutEnded{RolloutOutcome::complete});
    detail.outages.push_back({at(12), at(13.5)});
    return detail;
}

/// The experiment of tests/data/layout/STRATEGY.jsonl: measures that were written down once, with
/// three pods that were made up. No rollout is simulated.
Experiment stored_experiment(const std::string& strategy) {
    Experiment e;
    Scenario& s = e.scenario;
    s.strategy = strategy;
    for (const auto& [word, value] : {std::pair{"pods", "3"}, {"rate", "50/s"}, {"hold", "30s"}}) {
        find_field(word)->set(s, value);
        s.origins[word] = {.kind = SourceKind::flag};
    }
    s.origins["strategy"] = {.kind = SourceKind::flag};
    e.engine = {Engine::request, "pods serve so many requests at once"};
    e.detail = made_up_detail();
    std::ifstream file("tests/data/layout/" + strategy + ".jsonl");
    for (std::string line; std::getline(file, line);) {
        const auto run = nlohmann::json::parse(line);
        Measures measures;
        for (const Measure& known : known_measures) {
            const auto& value = run.at("measures").at(std::string(known.path));
            measures.add(known.path,
                         value.is_null() ? std::nullopt : std::optional(value.get<double>()));
        }
        e.runs.push_back(std::move(measures));
        e.outcomes.push_back(outcome_called(run.at("outcome")));
    }
    if (e.runs.empty()) throw std::runtime_error("no stored runs of " + strategy);
    s.runs = e.runs.size();
    e.outcome = e.outcomes.front();
    return e;
}

Result stored_run() {
    Result result;
    result.experiments.push_back(stored_experiment("rolling"));
    return result;
}

Result stored_comparison() {
    Result result;
    result.kind = Result::Kind::compare;
    for (const std::string name : {"recreate", "rolling", "blue-green", "canary"})
        result.experiments.push_back(stored_experiment(name));
    return result;
}

Result stored_workloads() {
    Result result;
    result.kind = Result::Kind::runs;
    for (const std::string name : {"web", "a-workload-with-a-name-that-is-much-too-long"}) {
        result.experiments.push_back(stored_experiment("rolling"));
        result.experiments.back().scenario.name = name;
        result.experiments.back().scenario.from = "k8s/" + name + ".yaml:1";
    }
    return result;
}

Result stored_test() {
    Result result;
    result.kind = Result::Kind::test;
    result.experiments.push_back(stored_experiment("rolling"));
    Experiment& e = result.experiments.back();
    for (const std::string_view text :
         {"downtime.total_s == 0", "requests.failed < 10", "latency_ms.p99 < 200"})
        e.scenario.expectations.push_back(parse_expectation(text));
    e.judgments = judge(e);
    result.files.emplace_back("scenarios/does-it-hold.yaml");
    return result;
}

Result stored_plan() {
    Result result = stored_workloads();
    result.kind = Result::Kind::plan;
    for (const Experiment& e : result.experiments) {
        Advice advice;
        advice.tried = 1;
        advice.remedy = Remedy{.settings = {{"pre-stop", "10s"}},
                               .edits = {},
                               .after = stored_experiment("blue-green")};
        advice.remedy->after.scenario.name = e.scenario.name;
        advice.sways.push_back({"boot", "8s", "16s", e.mean("requests.failed"), 4});
        advice.holds.push_back({"rate", "200/s", 4, false});
        result.advice.push_back(std::move(advice));
    }
    return result;
}

struct Picture {
    std::string name;
    Result result;
};

std::vector<Picture> pictures() {
    return {{"run", stored_run()},
            {"compare", stored_comparison()},
            {"runs", stored_workloads()},
            {"test", stored_test()},
            {"plan", stored_plan()}};
}

/// Checks a screen against its file, or writes the file.
void hold(const std::string& name, const std::string& screen) {
    const std::string path = "tests/data/layout/" + name;
    if (std::getenv("STRATSIM_BLESS") != nullptr) {
        std::ofstream(path, std::ios::binary) << screen;
        return;
    }
    std::ostringstream expected;
    expected << std::ifstream(path, std::ios::binary).rdbuf();
    CAPTURE(path);
    CHECK(screen == expected.str());
}

}  // namespace

TEST_CASE("stored results are laid out as before") {
    for (const Picture& picture : pictures()) {
        for (const int width : {60, 80, 120}) {
            hold(fmt::format("{}-{}.txt", picture.name, width),
                 render(picture.result, Format::text, {.width = width}));
        }
        hold(picture.name + "-colour.txt",
             render(picture.result, Format::text, {.width = 80, .colour = true}));
        hold(picture.name + "-ascii.txt",
             render(picture.result, Format::text, {.width = 80, .ascii = true}));
        hold(picture.name + ".md", render(picture.result, Format::markdown, {}));
    }
}

TEST_CASE("a change of layout is seen, and lines keep to the width") {
    CHECK(render(stored_run(), Format::text, {.width = 80}) !=
          render(stored_run(), Format::text, {.width = 60}));
    for (const Picture& picture : pictures()) {
        std::istringstream screen(
            render(picture.result, Format::text, {.width = 60, .ascii = true}));
        for (std::string line; std::getline(screen, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 60);
        }
    }
}
