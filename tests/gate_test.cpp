// What a pipeline gets: formats for machines, scenarios that judge, plans that mend.
#include "cli/options.hpp"
#include "cli/reports/report.hpp"
#include "cli/reports/words/findings.hpp"
#include "scenarios/experiments/advice.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/scenario_file.hpp"
#include "scenarios/settings/scenario_keys.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/numbers/statistics.hpp"
#include "tests/lines.hpp"
#include "tests/pattern.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace stratsim;
using Json = nlohmann::ordered_json;

namespace {

Scenario expecting(std::vector<std::string> expected = {}) {
    Scenario s;
    s.strategy = "rolling";
    s.pods = 4;
    s.runs = 30;
    for (const std::string& text : expected) s.expectations.push_back(parse_expectation(text));
    return s;
}

Result run_of(const Scenario& s) {
    return {.experiments = {run_experiment(s, 1)}, .kind = Result::Kind::run};
}

/// A result with one of each verdict, whose place and text hold what formats must escape.
const Result& judged() {
    static const Result result = [] {
        Scenario s = expecting(
            {"requests.failed.p50 <= 1", "requests.failed.p95 <= 10000", "outcomes.complete == 1"});
        s.from = "k8s/a,b:c%/web.yaml:7";
        s.expectations[0].place = {"sce\"n&<a>,rio:x.yaml", 12, 5};
        return run_of(s);
    }();
    return result;
}

std::string render_as(const Result& result, Format format) {
    return render(result, format, {});
}

std::vector<Diagnostic> mistakes_of(const std::string& text) {
    std::vector<Diagnostic> mistakes;
    const auto documents = parse_documents("s.yaml", text);
    read_scenario(documents.front(), {}, mistakes);
    return mistakes;
}

Scenario scenario_in(const std::string& text) {
    std::vector<Diagnostic> mistakes;
    const auto documents = parse_documents("s.yaml", text);
    ScenarioFile file = read_scenario(documents.front(), {}, mistakes);
    CHECK(mistakes.empty());
    return std::move(file.scenario);
}

/// OpenMetrics 1.0 as strictly as its grammar: the families whole and once, the end at the end.
void check_openmetrics(const std::string& text) {
    const Pattern sample(
        "^([a-zA-Z_:][a-zA-Z0-9_:]*)[{](([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\]|[\\][\"\\n])*\",?)*)[}] "
        "-?[0-9.]+(e[+-][0-9]+)?$");
    const Pattern meta("^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$");
    REQUIRE(text.ends_with("\n# EOF\n"));
    std::set<std::string> families;
    std::set<std::string> series;
    std::string family;
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        CAPTURE(lines[i]);
        if (const auto match = meta.find(lines[i])) {
            const auto& [kind, name, rest] = std::tie((*match)[1], (*match)[2], (*match)[3]);
            if (kind == "TYPE") {
                family = name;
                CHECK(rest == "gauge");
                CHECK(families.insert(family).second);
            }
            CHECK(name == family);
            if (kind == "UNIT") CHECK(family.ends_with("_" + rest));
            continue;
        }
        const auto match = sample.find(lines[i]);
        REQUIRE(match.has_value());
        CHECK((*match)[1] == family);
        CHECK(series.insert((*match)[1] + (*match)[2]).second);
    }
    CHECK(families.size() > 20);
}

}  // namespace

TEST_CASE("a scenario expects by a text, by a path with a limit, or by a mapping") {
    const Scenario s = scenario_in(
        "kind: Scenario\nstrategy: rolling\nexpect:\n"
        "  - requests.failed.p95 <= 1\n"
        "  - rollout.duration_s: <= 5m\n"
        "  - {path: requests.failed, statistic: p50, op: '<', limit: 3}\n");
    REQUIRE(s.expectations.size() == 3);
    CHECK(s.expectations[0].text == "requests.failed.p95 <= 1");
    CHECK(s.expectations[0].place.line == 4);
    CHECK(s.expectations[0].place.column == 5);
    CHECK(s.expectations[1].limit == 300);
    CHECK(s.expectations[2].relation == Relation::below);
    CHECK(s.expectations[2].statistic.percent == 50);
}

TEST_CASE("every wrong expectation of a scenario is complained of where it stands") {
    const auto mistakes = mistakes_of(
        "kind: Scenario\nstrategy: rolling\nexpect:\n  - requests.faild <= 1\n"
        "  - requests.failed is small\n  - [1]\n  - {path: requests.failed, limt: 3}\n");
    REQUIRE(mistakes.size() == 4);
    CHECK(mistakes[0].place.line == 4);
    CHECK(mistakes[0].advice == "did you mean 'requests.failed'?");
    CHECK(mistakes[1].place.line == 5);
    CHECK(mistakes[2].place.line == 6);
    CHECK(mistakes[3].place.line == 7);
}

TEST_CASE("the JSON has the interval of every mean, and every verdict with its numbers") {
    const Json run = Json::parse(render_as(judged(), Format::json));
    for (const auto& item : run["spread"].items()) {
        const std::string path = item.key();
        const auto& spread = item.value();
        CAPTURE(path);
        CHECK(spread["confidence"] == 0.95);
        REQUIRE(spread["low"].is_number());
        CHECK(spread["low"].get<double>() <= spread["mean"].get<double>());
        CHECK(spread["mean"].get<double>() <= spread["high"].get<double>());
    }
    const Json& list = run["expectations"];
    REQUIRE(list.size() == 3);
    CHECK(list[0]["verdict"] == "fail");
    CHECK(list[0]["path"] == "requests.failed");
    CHECK(list[0]["statistic"] == "p50");
    CHECK(list[0]["op"] == "<=");
    CHECK(list[0]["limit"] == 1);
    CHECK(list[0]["low"].get<double>() > 1);
    CHECK(list[0]["place"] == "sce\"n&<a>,rio:x.yaml:12:5");
    CHECK(list[1]["verdict"] == "undecided");
    CHECK(list[1]["high"].is_null());
    CHECK(list[1]["runs_needed"] == 72);
    CHECK(list[1]["place"].is_null());
    CHECK(list[2]["verdict"] == "pass");
}

TEST_CASE("one run has no interval") {
    Scenario s = expecting();
    s.runs = 1;
    const Json run = Json::parse(render_as(run_of(s), Format::json));
    CHECK(run["spread"]["requests.failed"]["low"].is_null());
    CHECK(run["spread"]["requests.failed"]["high"].is_null());
}

TEST_CASE("text echoes an expectation verbatim, with what was measured on the same line") {
    const auto lines = lines_of(render_as(judged(), Format::text));
    const auto line = [&](std::string_view text) {
        const auto found =
            std::ranges::find_if(lines, [&](const std::string& l) { return has(l, text); });
        return found == lines.end() ? std::string() : *found;
    };
    CHECK(line("requests.failed.p50 <= 1").starts_with("  FAIL       requests.failed.p50 <= 1 "));
    CHECK(has(line("requests.failed.p50 <= 1"), ", 95%"));
    CHECK(line("requests.failed.p95").starts_with("  undecided  "));
    CHECK(has(line("needs 72 runs"), "p95: needs 72 runs"));
    CHECK(has(line("outcomes.complete"), "100%"));
}

TEST_CASE("undecided counts as fail unless it is said otherwise") {
    Result result = run_of(expecting({"requests.failed.p95 <= 10000"}));
    CHECK(!is_met(result));
    result.undecided_passes = true;
    CHECK(is_met(result));
}

TEST_CASE("JUnit has a suite an experiment and a case an expectation") {
    const std::string text = render_as(judged(), Format::junit);
    CHECK(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "));
    CHECK(has(text, "tests=\"3\" failures=\"2\""));
    CHECK(has(text, "name=\"requests.failed.p50 &lt;= 1\""));
    CHECK(has(text, "sce&quot;n&amp;&lt;a&gt;,rio:x.yaml:12:5"));
    CHECK(has(text, "type=\"undecided\""));
    CHECK(has(render_as(run_of(expecting()), Format::junit), "name=\"is simulated\""));
}

TEST_CASE("a GitHub annotation escapes what would end its parts") {
    const auto lines = lines_of(render_as(judged(), Format::github));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].starts_with("::error file=sce\"n&<a>%2Crio%3Ax.yaml,line=12,col=5,title="));
    CHECK(lines[1].starts_with("::error file=k8s/a%2Cb%3Ac%25/web.yaml,line=7,title="));
    CHECK(lines[0].ends_with("95%25"));
    CHECK(render_as(run_of(expecting({"outcomes.complete == 1"})), Format::github)
              .starts_with("::notice title="));
}

TEST_CASE("GitHub shows ten annotations of a level, so the tenth counts the others") {
    const std::vector<std::string> many(15, "requests.failed <= 1");
    const auto lines = lines_of(render_as(run_of(expecting(many)), Format::github));
    REQUIRE(lines.size() == 10);
    CHECK(has(lines.back(), "and 6 more"));
}

TEST_CASE("SARIF has a rule and a place for every result") {
    const Json root = Json::parse(render_as(judged(), Format::sarif));
    CHECK(root["version"] == "2.1.0");
    const Json& run = root["runs"][0];
    CHECK(run["tool"]["driver"]["name"] == "stratsim");
    REQUIRE(run["results"].size() == 2);
    for (const Json& item : run["results"]) {
        const auto index = item["ruleIndex"].get<std::size_t>();
        CHECK(run["tool"]["driver"]["rules"][index]["id"] == item["ruleId"]);
        CHECK(item["level"] == "error");
        CHECK(!item["message"]["text"].get<std::string>().empty());
    }
    const Json& place = run["results"][0]["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"]["uri"] == "sce%22n&%3Ca%3E,rio%3Ax.yaml");
    CHECK(place["region"]["startLine"] == 12);
}

TEST_CASE("GitLab gets the fields it requires, and fingerprints that differ") {
    const std::vector<std::string> twice(2, "requests.failed <= 1");
    const Json list = Json::parse(render_as(run_of(expecting(twice)), Format::gitlab));
    REQUIRE(list.size() == 2);
    std::set<std::string> fingerprints;
    for (const Json& item : list) {
        CHECK(item["severity"] == "major");
        CHECK(item["location"]["lines"]["begin"].is_number());
        CHECK(item["location"]["path"].is_string());
        CHECK(item["description"].is_string());
        fingerprints.insert(item["fingerprint"].get<std::string>());
    }
    CHECK(fingerprints.size() == 2);
}

TEST_CASE("without an expectation a lossy release is a warning") {
    const auto findings = findings_of(run_of(expecting()));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].level == Finding::Level::warning);
    CHECK(findings[0].rule == "requests-lost");
}

TEST_CASE("every line of JSON Lines is a run or an expectation") {
    const auto lines = lines_of(render_as(judged(), Format::jsonl));
    REQUIRE(lines.size() == 33);
    CHECK(Json::parse(lines[0])["measures"]["requests.failed"].is_number());
    CHECK(Json::parse(lines[29])["run"] == 29);
    CHECK(Json::parse(lines[30])["verdict"] == "fail");
}

TEST_CASE("OpenMetrics keeps to its grammar") {
    check_openmetrics(render_as(judged(), Format::openmetrics));
    Scenario odd = expecting({"requests.failed <= 1"});
    odd.name = "a\"b\\c\nd";
    Result twice;
    twice.kind = Result::Kind::runs;
    twice.experiments = {run_experiment(odd, 1), run_experiment(odd, 1)};
    check_openmetrics(render_as(twice, Format::openmetrics));
}

TEST_CASE("a trace has a named thread for every pod, and no event before its beginning") {
    const Result result = run_of(expecting());
    const Json root = Json::parse(render_as(result, Format::perfetto));
    std::set<std::size_t> named;
    std::set<std::string> phases;
    for (const Json& event : root["traceEvents"]) {
        const auto phase = event["ph"].get<std::string>();
        if (phase == "M") {
            if (event["name"] == "thread_name") named.insert(event["tid"].get<std::size_t>());
            continue;
        }
        CHECK(event["ts"].get<double>() >= 0);
        if (phase != "X") continue;
        CHECK(event["dur"].get<double>() >= 0);
        CHECK(named.contains(event["tid"].get<std::size_t>()));
        phases.insert(event["name"].get<std::string>());
    }
    CHECK(named.size() == result.experiments[0].detail.pods.size() + 2);
    for (const char* phase : {"booting", "ready", "terminating"}) CHECK(phases.contains(phase));
}

TEST_CASE("a remedy is cheap, was simulated with the same seeds, and loses about nothing") {
    const Experiment now = run_experiment(expecting(), 1);
    REQUIRE(needs_mending(now));
    const Advice advice = advise(now, 1);
    REQUIRE(advice.remedy);
    CHECK(advice.remedy->after.scenario.seed == now.scenario.seed);
    CHECK(advice.remedy->after.runs.size() == now.runs.size());
    CHECK(10 * advice.remedy->after.runs_with_zero("requests.failed") >= 9 * now.runs.size());
    // What is told is what the settings do: anybody can run them.
    Scenario again = now.scenario;
    for (const auto& [word, value] : advice.remedy->settings) find_field(word)->set(again, value);
    CHECK(run_experiment(again, 1).spread("requests.failed")->mean ==
          advice.remedy->after.spread("requests.failed")->mean);
    CHECK(advice.sways.size() == 5);
    CHECK(std::ranges::is_sorted(advice.sways, std::greater{}, &Sway::change));
    CHECK(advice.holds.size() == 3);
}

TEST_CASE("what loses nothing needs no remedy") {
    Scenario s = expecting();
    s.old_version.pre_stop = std::chrono::seconds{25};
    const Experiment now = run_experiment(s, 1);
    CHECK(!needs_mending(now));
    const Advice advice = advise(now, 1);
    CHECK(!advice.remedy);
    CHECK(!advice.holds.empty());
}

TEST_CASE("a pre-stop longer than the grace period comes with a longer grace period") {
    Scenario s = expecting();
    s.old_version.grace = std::chrono::seconds{3};
    const Advice advice = advise(run_experiment(s, 1), 1);
    REQUIRE(advice.remedy);
    CHECK(std::ranges::any_of(advice.remedy->settings,
                              [](const auto& setting) { return setting.first == "grace"; }));
}

TEST_CASE("a plan ends with its counts") {
    Result result;
    result.kind = Result::Kind::plan;
    CHECK(has(render_as(result, Format::text), "Plan: no Deployment or StatefulSet"));
    result.experiments = {run_experiment(expecting(), 1)};
    result.advice = {advise(result.experiments[0], 1)};
    result.releases_per_month = 40;
    result.objective = 0.999;
    const std::string text = render_as(result, Format::text);
    CHECK(text.starts_with("1 of 1 workload loses requests at every release: web, "));
    CHECK(has(text, "\n  error budget   "));
    CHECK(has(text, "of what 99.9% allows"));
    CHECK(has(text, "\n  fix            lifecycle: {preStop: {sleep: {seconds: "));
    CHECK(text.ends_with("\nPlan: 1 workload, 1 to fix. Each alone, 30 runs, seed 1.\n"));
}

TEST_CASE("a test's screen has a line a scenario and ends with the counts") {
    Result result;
    result.kind = Result::Kind::test;
    result.experiments = {run_experiment(expecting({"outcomes.complete == 1"}), 1),
                          run_experiment(expecting({"requests.failed <= 1"}), 1)};
    result.files = {"dir/good.yaml", "dir/lossy.yaml"};
    const std::string text = render_as(result, Format::text);
    CHECK(text.starts_with("pass       good.yaml   1 of 1\nFAIL       lossy.yaml  0 of 1\n"));
    CHECK(has(text, "\nagain: stratsim run -f dir/lossy.yaml --seed 1\n"));
    CHECK(text.ends_with("\n2 scenarios: 1 pass, 1 fail\n"));
}

TEST_CASE("the schema knows every setting, flat and in its section") {
    const Json schema = Json::parse(scenario_schema());
    CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
    for (const Field& field : fields()) {
        CAPTURE(field.word);
        CHECK(schema["properties"].contains(field.word));
    }
    for (const auto& entry : scenario_sections()) {
        const auto& section = entry.first;
        CAPTURE(section);
        CHECK(schema["properties"].contains(section));
    }
    CHECK(schema["properties"]["on-sigterm"]["enum"].size() == 4);
    CHECK(schema["additionalProperties"] == false);
}
