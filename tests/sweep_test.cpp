#include "scenarios/experiments/sweep.hpp"

#include "cli/reports/formats/shard_file.hpp"
#include "cli/reports/sweep/sweep.hpp"
#include "scenarios/manifests/inputs.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "tests/lines.hpp"
#include "tests/world.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

// Grids, what is found in them, and that many machines find the same.

using namespace stratsim;

namespace {

std::vector<std::string> values_of_axis(const std::string& text) {
    return parse_axis(text).values;
}

std::string complaint(const std::string& text) {
    try {
        parse_axis(text);
    } catch (const BadValue& bad) {
        return std::string(bad.what()) + ": " + bad.advice();
    }
    return "accepted";
}

/// A point of which only the costs are known, run by run.
SweepPoint costing(const std::vector<double>& lost, double extra, double duration) {
    SweepPoint point;
    for (const double x : lost) point.runs.push_back({x, extra, duration});
    point.columns.push_back({.value = lost.front(), .interval = {}, .runs = lost.size()});
    return point;
}

Sweep sweep_of(std::vector<Axis> axes, std::vector<SweepPoint> points) {
    Sweep sweep;
    sweep.definition.grid.axes = std::move(axes);
    sweep.definition.columns = {parse_number("requests.failed", "column")};
    for (SweepPoint& point : points) sweep.points.emplace_back(std::move(point));
    return sweep;
}

/// A small sweep in full.
Sweep small_sweep() {
    const Scenario base = scenario("rolling", {{"pods", "4"}, {"rate", "20/s"}, {"runs", "15"}});
    const Grid grid{{parse_axis("pre-stop=0s..4s:2s"), parse_axis("max-surge=0,1"),
                     parse_axis("max-unavailable=0,1")}};
    Sweep sweep;
    sweep.definition = define_sweep(base, grid, usual_columns());
    sweep.definition.version = "1";
    for (std::size_t i = 0; i < grid.size(); ++i)
        sweep.points.emplace_back(simulate_point(base, sweep.definition, i, {}));
    return sweep;
}

/// A directory for one test.
class Directory {
  public:
    Directory() {
        std::string name = (std::filesystem::temp_directory_path() / "sweep-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    const std::string& path() const { return path_; }
    void write(const Sweep& whole, const Shard& shard) const {
        Sweep part = whole;
        for (std::size_t i = 0; i < part.points.size(); ++i)
            if (!shard.holds(i)) part.points[i].reset();
        std::ofstream(shard_path(path_, whole.definition, shard)) << shard_text(part, shard);
    }

  private:
    std::string path_;
};

std::string mistakes_of_merging(const std::string& directory) {
    std::vector<Shard> missing;
    try {
        merge_shards(directory, "1", missing);
    } catch (const InputErrors& errors) {
        return render(errors.diagnostics());
    }
    return "merged";
}

}  // namespace

TEST_CASE("values are listed, counted from and to, or both") {
    CHECK(values_of_axis("pre-stop=0s..30s:10s") ==
          std::vector<std::string>{"0s", "10s", "20s", "30s"});
    CHECK(values_of_axis("max-surge=1,25%,100%") == std::vector<std::string>{"1", "25%", "100%"});
    CHECK(values_of_axis("pods=2,4..8:2") == std::vector<std::string>{"2", "4", "6", "8"});
    CHECK(values_of_axis("pods=1..3") == std::vector<std::string>{"1", "2", "3"});
    CHECK(values_of_axis("rate=10/s..30/s:10/s") ==
          std::vector<std::string>{"10/s", "20/s", "30/s"});
    CHECK(values_of_axis("max-surge=0%..50%:25%") == std::vector<std::string>{"0%", "25%", "50%"});
    // Counted, not added up.
    CHECK(values_of_axis("cpu=0..0.3:0.1") == std::vector<std::string>{"0", "0.1", "0.2", "0.3"});
    CHECK(values_of_axis("boot=3s,lognormal(8s,p99=40s)") ==
          std::vector<std::string>{"3s", "lognormal(8s,p99=40s)"});
    CHECK(values_of_axis("strategy=rolling,canary") ==
          std::vector<std::string>{"rolling", "canary"});
}

TEST_CASE("an axis that means nothing is refused with advice") {
    CHECK(has(complaint("pre-stop"), "write WORD=VALUES"));
    CHECK(has(complaint("pre-sop=1s"), "did you mean 'pre-stop'?"));
    CHECK(has(complaint("pre-stop=1s,often"), "is not a duration"));
    CHECK(has(complaint("pre-stop=0s..30m:1s"), "different units"));
    CHECK(has(complaint("pre-stop=9s..3s:1s"), "goes nowhere"));
    CHECK(has(complaint("pre-stop=0s..9s:0s"), "goes nowhere"));
    CHECK(has(complaint("pods=1..1000000"), "more than"));
    CHECK(has(complaint("pods=1,1"), "twice"));
    CHECK(has(complaint("pods=1,,2"), "a value is missing"));
    CHECK(has(complaint("seed=1,2"), "write --seed beside --vary"));
    CHECK(has(complaint("strategy=rolling,roling"), "write one of"));
}

TEST_CASE("a grid has every combination, the last axis running fastest") {
    const Grid grid{{parse_axis("pods=1,2"), parse_axis("max-surge=1,25%,100%")}};
    REQUIRE(grid.size() == 6);
    CHECK(grid.at(0) == std::vector<std::string>{"1", "1"});
    CHECK(grid.at(2) == std::vector<std::string>{"1", "100%"});
    CHECK(grid.at(3) == std::vector<std::string>{"2", "1"});
    const Scenario at = scenario_at(scenario("rolling", {}), grid, 5);
    CHECK(at.pods == 2);
    CHECK(find_field("max-surge")->get(at) == "100%");
}

TEST_CASE("the front keeps what buys something, and noise buys nothing") {
    const std::vector<double> noise{0, 1, -1, 2, -2, 1, -1, 0, 1, -1};
    const auto around = [&](double mean, double scale) {
        std::vector<double> lost;
        for (std::size_t i = 0; i < noise.size(); ++i)
            lost.push_back(mean + scale * noise[(i * 3) % noise.size()]);
        return lost;
    };
    const Sweep sweep =
        sweep_of({parse_axis("pre-stop=0s..5s")},
                 {costing(around(100, 1), 10, 30), costing(around(50, 1), 20, 30),
                  costing(around(50.1, 3), 30, 30),  // dearer, and no better: chance
                  costing(around(10, 1), 40, 30), costing(around(9.9, 0.3), 50, 30),
                  costing(around(10, 1), 40, 60)});
    const SweepFindings findings = findings_of(sweep);
    CHECK(findings.front == std::vector<bool>{true, true, false, true, false, false});
    CHECK(findings.choice == 3);
    // From 3 s on no later point is seen to lose less.
    CHECK(findings.knee == std::vector<bool>{false, false, false, true, false, false});
    CHECK(findings.knee_axis == 0);
}

TEST_CASE("a flat line has no knee, and each line has its own") {
    const auto flat = costing({5, 6, 5, 6}, 0, 10);
    CHECK(std::ranges::count(
              findings_of(sweep_of({parse_axis("pods=1,2,3")}, {flat, flat, flat})).knee, true) ==
          0);
    const auto high = costing({50, 60, 50, 60}, 0, 10);
    const SweepFindings two = findings_of(
        sweep_of({parse_axis("pods=1,2,3"), parse_axis("max-surge=1,2")},
                 {high, high, flat, high, flat, flat}));  // by rows: pods; by columns: surge
    CHECK(two.knee == std::vector<bool>{false, false, true, false, false, true});
    // Words have no order, so there is no line along them.
    CHECK_FALSE(
        findings_of(sweep_of({parse_axis("strategy=rolling,canary,recreate")}, {flat, flat, flat}))
            .knee_axis.has_value());
}

TEST_CASE("what cannot be simulated is told and does not take part") {
    const Sweep sweep = small_sweep();
    const SweepFindings findings = findings_of(sweep);
    CHECK(sweep.points.size() == 12);
    CHECK(has(sweep.points[0]->invalid, "leave no room to move"));
    CHECK_FALSE(findings.front[0]);
    REQUIRE(findings.choice.has_value());
    CHECK(sweep.points[*findings.choice]->invalid.empty());
    const Scenario base = scenario("rolling", {{"max-unavailable", "0"}});
    CHECK_THROWS_AS(define_sweep(base, {{parse_axis("max-surge=0,0%")}}, usual_columns()),
                    BadValue);
}

TEST_CASE("a point is what a run of it alone tells") {
    const Sweep sweep = small_sweep();
    const auto values = sweep.definition.grid.at(11);
    const Experiment alone = run_experiment(scenario("rolling", {{"pods", "4"},
                                                                 {"rate", "20/s"},
                                                                 {"runs", "15"},
                                                                 {"pre-stop", values[0]},
                                                                 {"max-surge", values[1]},
                                                                 {"max-unavailable", values[2]}}));
    const auto& columns = sweep.definition.columns;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const Estimate estimated = estimate(columns[c], alone);
        CHECK(sweep.points[11]->columns[c].value == estimated.value);
        CHECK(sweep.points[11]->columns[c].interval.high == estimated.interval.high);
    }
}

TEST_CASE("many machines give the bytes of one") {
    const Sweep whole = small_sweep();
    const Directory directory;
    for (const std::size_t i : {2U, 0U, 1U}) directory.write(whole, {i, 3});
    std::vector<Shard> missing;
    const Sweep merged = merge_shards(directory.path(), "1", missing);
    CHECK(missing.empty());
    for (const Format format :
         {Format::text, Format::json, Format::csv, Format::markdown, Format::html})
        CHECK(render_sweep(merged, findings_of(merged), format, {}) ==
              render_sweep(whole, findings_of(whole), format, {}));
    std::filesystem::remove(shard_path(directory.path(), whole.definition, {1, 3}));
    merge_shards(directory.path(), "1", missing);
    REQUIRE(missing.size() == 1);
    CHECK(missing.front().index == 1);
}

TEST_CASE("shards that do not belong together are refused") {
    const Sweep whole = small_sweep();
    {
        const Directory directory;
        directory.write(whole, {0, 2});
        Sweep other = whole;
        other.definition.settings.front().second = "another";
        directory.write(other, {1, 2});
        CHECK(has(mistakes_of_merging(directory.path()), "belong to different sweeps"));
    }
    {
        const Directory directory;
        directory.write(whole, {0, 2});
        directory.write(whole, {1, 3});
        CHECK(has(mistakes_of_merging(directory.path()), "one of 2 shards"));
    }
    {
        const Directory directory;
        Sweep newer = whole;
        newer.definition.version = "2";
        directory.write(newer, {0, 1});
        CHECK(has(mistakes_of_merging(directory.path()), "was computed by version 2"));
    }
    {
        const Directory directory;
        CHECK(has(mistakes_of_merging(directory.path()), "holds no shard"));
        std::ofstream(directory.path() + "/sweep-1-0-of-1.json") << "{\"schema\": 1";
        CHECK(has(mistakes_of_merging(directory.path()), "is no shard of a sweep"));
    }
}

TEST_CASE("what names a sweep changes with everything that changes its results") {
    const Scenario base = scenario("rolling", {{"pods", "4"}, {"runs", "5"}});
    const Grid grid{{parse_axis("pre-stop=0s,5s")}};
    const std::string hash = hash_of(define_sweep(base, grid, usual_columns()));
    CHECK(hash == hash_of(define_sweep(base, grid, usual_columns())));
    CHECK(hash != hash_of(define_sweep(base, {{parse_axis("pre-stop=0s,6s")}}, usual_columns())));
    CHECK(hash != hash_of(define_sweep(scenario("rolling", {{"pods", "4"}, {"runs", "6"}}), grid,
                                       usual_columns())));
    CHECK(hash != hash_of(define_sweep(base, grid, {parse_number("latency_ms.p99", "column")})));
}

TEST_CASE("what is to be pasted is understood, and is the point") {
    const Sweep sweep = small_sweep();
    const std::size_t choice = *findings_of(sweep).choice;
    const Directory directory;
    const std::string file = directory.path() + "/pasted.yaml";
    std::ofstream(file) << scenario_yaml(sweep.definition, choice);
    InputRequest request;
    request.files = {file};
    const Inputs inputs = read_inputs(request);
    REQUIRE(inputs.workloads.size() == 1);
    const Scenario& pasted = inputs.workloads.front();
    const Scenario meant =
        scenario_at(scenario("rolling", {{"pods", "4"}, {"rate", "20/s"}, {"runs", "15"}}),
                    sweep.definition.grid, choice);
    for (const Field& field : fields()) {
        CAPTURE(field.word);
        CHECK(field.get(pasted) == field.get(meant));
    }
    CHECK(pasted.strategy == "rolling");
    const std::string manifest = manifest_yaml(sweep.definition, choice);
    CHECK(manifest.starts_with("spec:\n"));
    CHECK(has(manifest, "\n          lifecycle:\n"));
    CHECK(has(manifest, "\n      maxSurge: "));
}
