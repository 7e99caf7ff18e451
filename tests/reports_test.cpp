#include "cli/reports/layout.hpp"
#include "cli/reports/report.hpp"
#include "tests/lines.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace stratsim;
using Json = nlohmann::ordered_json;

namespace {

Scenario ten_pods(const std::string& strategy, std::uint64_t runs = 20) {
    Scenario s;
    s.strategy = strategy;
    s.pods = 10;
    s.runs = runs;
    return s;
}

Result one_result(const Scenario& s) {
    return {.experiments = {run_experiment(s, 1)}, .kind = Result::Kind::run};
}

Scenario standing() {
    Scenario s = ten_pods("none", 5);
    s.visits = 500;
    s.origins["visits"] = {SourceKind::flag, "", 0, 0};
    return s;
}

/// Every strategy, with a release that fails 5 % beside a good one.
Result comparison(bool bad) {
    Result result;
    result.kind = Result::Kind::compare;
    for (const std::string& name : strategy_names()) {
        Scenario s = ten_pods(name);
        if (bad) {
            result.good.push_back(run_experiment(s, 1));
            s.new_version.errors = Share{50'000};
            s.undo_after = std::chrono::minutes{2};
        }
        result.experiments.push_back(run_experiment(s, 1));
    }
    return result;
}

Result workloads() {
    Result result;
    result.kind = Result::Kind::runs;
    for (const std::string name :
         {"web", "a-rather-long-name-of-a-workload-that-somebody-once-chose", "zero"}) {
        Scenario s = ten_pods("rolling", 5);
        s.name = name;
        s.from = "k8s/" + name + ".yaml:1";
        if (name == "zero") s.pods = 0;
        result.experiments.push_back(run_experiment(s, 1));
    }
    return result;
}

/// One of each screen.
const std::map<std::string, Result>& results() {
    static const std::map<std::string, Result> all = [] {
        std::map<std::string, Result> map;
        for (const std::string& name : strategy_names()) map[name] = one_result(ten_pods(name));
        map["none"] = one_result(standing());
        Scenario stalled = ten_pods("rolling", 5);
        stalled.new_version.never_ready = true;
        map["stalled"] = one_result(stalled);
        Scenario bad = ten_pods("canary", 5);
        bad.pods = 4;
        bad.new_version.errors = Share{50'000};
        std::get<Canary>(bad.strategies).steps = {Share{10'000}};
        map["rolled back"] = one_result(bad);
        Scenario stateful = ten_pods("rolling", 5);
        stateful.kind = WorkloadKind::statefulset;
        stateful.name = "a-rather-long-name-of-a-workload-that-somebody-once-chose";
        stateful.from = "a/very/long/path/to/the/manifests/of/this/workload/statefulset.yaml:17";
        stateful.remarks = {
            "passed over: 1 Ingress (web.yaml:58), 1 ConfigMap (web.yaml:71), and some more"};
        map["stateful"] = one_result(stateful);
        map["once"] = one_result(ten_pods("recreate", 1));
        map["empty"] = one_result([] {
            Scenario s = ten_pods("rolling", 2);
            s.pods = 0;
            return s;
        }());
        map["compare"] = comparison(false);
        map["compare bad"] = comparison(true);
        map["workloads"] = workloads();
        map["no workloads"] = {.experiments = {}, .kind = Result::Kind::runs};
        return map;
    }();
    return all;
}

std::string text_of(const std::string& name, int width = 80, bool colour = false,
                    bool ascii = false) {
    return render(results().at(name), Format::text,
                  {.width = width, .colour = colour, .ascii = ascii});
}

std::string without_escapes(const std::string& text) {
    std::string plain_text;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\x1b') {
            i = text.find('m', i);
        } else {
            plain_text += text[i];
        }
    }
    return plain_text;
}

Json json_of(const Result& result) {
    return Json::parse(render(result, Format::json, {}));
}

/// RFC 4180.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1, {""});
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        std::string& cell = rows.back().back();
        if (inside) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
                cell += text[++i];
            } else if (c == '"') {
                inside = false;
            } else {
                cell += c;
            }
        } else if (c == '"') {
            inside = true;
        } else if (c == ',') {
            rows.back().emplace_back();
        } else if (c == '\n') {
            rows.push_back({""});
        } else if (c != '\r') {
            cell += c;
        }
    }
    rows.pop_back();
    return rows;
}

}  // namespace

TEST_CASE("no line of text is longer than the screen or ends in a space") {
    for (const auto& entry : results()) {
        const std::string& name = entry.first;
        const Result& result = entry.second;
        for (const int width : {40, 60, 80, 100, 120}) {
            CAPTURE(name);
            CAPTURE(width);
            const std::string text = render(result, Format::text, {.width = width});
            REQUIRE(text.ends_with("\n"));
            CHECK(!text.ends_with("\n\n"));
            CHECK(!has(text, "\n\n\n"));
            CHECK(!has(text, "\t"));
            for (const std::string& line : lines_of(text)) {
                CAPTURE(line);
                CHECK(display_width(line) <= static_cast<std::size_t>(width));
                CHECK(!line.ends_with(" "));
            }
        }
    }
}

TEST_CASE("colour adds escapes and nothing else") {
    for (const auto& entry : results()) {
        const std::string& name = entry.first;
        CAPTURE(name);
        const std::string coloured = text_of(name, 80, true);
        CHECK(has(coloured, "\x1b["));
        CHECK(without_escapes(coloured) == text_of(name));
    }
}

TEST_CASE("with ascii there is not one other byte") {
    for (const auto& entry : results()) {
        const std::string& name = entry.first;
        CAPTURE(name);
        const std::string text = text_of(name, 80, false, true);
        CHECK(
            std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    }
}

TEST_CASE("a name from a file cannot steer the terminal") {
    Scenario s = ten_pods("rolling", 1);
    s.from = "evil\x1b[31m\nname.yaml:1";
    const std::string text = render(one_result(s), Format::text, {});
    CHECK(!has(text, "\x1b"));
    CHECK(has(text, "evil?[31m?name.yaml:1"));
}

TEST_CASE("a rollout's first line is the verdict") {
    CHECK(text_of("canary").starts_with("canary loses "));
    CHECK(has(lines_of(text_of("canary"))[0], " requests, 9 of 10 rollouts "));
    CHECK(has(lines_of(text_of("canary"))[1],
              "No outage in 20 of 20 runs. 15m00s of the time is waiting: "
              "3 holds of 5m."));
    CHECK(
        text_of("blue-green").starts_with("blue-green loses nothing in 20 of 20 runs and takes "));
    CHECK(text_of("recreate").starts_with("recreate is down for "));
    CHECK(text_of("stalled").starts_with(
        "rolling stalls: 5 of the new pods never become ready; 8 old pods "));
    CHECK(text_of("rolled back").starts_with("canary is rolled back after 1m"));
    CHECK(text_of("none").starts_with("500 visits on 10 pods: pods differ by "));
    CHECK(text_of("empty").starts_with("deployment/web has 0 pods: nobody is served"));
}

TEST_CASE("text ends with the runs and the seed") {
    CHECK(has(text_of("canary"), "\n20 runs, seed 1. The worst loses "));
    CHECK(text_of("canary").ends_with(" --runs 1.\n"));
    CHECK(text_of("once").ends_with("\n1 run, seed 1.\n"));
}

TEST_CASE("the picture is as wide as the screen allows, and missing where there is no room") {
    const auto row = [](int width) {
        for (const std::string& line : lines_of(text_of("canary", width, false, true))) {
            if (line.starts_with("  old  ")) return line.size();
        }
        return std::size_t{0};
    };
    CHECK(row(59) == 0);
    CHECK(row(60) > 50);
    CHECK(row(80) > 70);
    CHECK(row(80) <= 80);
    CHECK(row(120) > 108);
}

TEST_CASE("nothing lost is a row of dots under lost none") {
    for (const std::string& line : lines_of(text_of("blue-green"))) {
        if (!line.starts_with("  lost none")) continue;
        CHECK(line.find_first_not_of('.', 16) == std::string::npos);
        return;
    }
    FAIL("there is no row of lost requests");
}

TEST_CASE("a canary by pods says what it delivers and what the exact share would take") {
    const std::string text = text_of("rolled back", 120);
    CHECK(has(text,
              "asked 1% 100%, delivered 25% 100%: 1 of 4 pods is nearest to 1%; exact: 100 pods "
              "(99 + 1)"));
    CHECK(has(text, "$1.72 an"));
    CHECK(has(text, "--split router"));
}

TEST_CASE("rows about state appear when the workload has state") {
    CHECK(has(text_of("stateful"), "\n  duplicates "));
    CHECK(has(text_of("stateful"), "\n  state kept "));
    CHECK(!has(text_of("rolling"), "duplicates"));
    CHECK(has(text_of("none"), "\n  lost updates "));
}

TEST_CASE("what nobody lost is none, with the bound that the runs allow") {
    CHECK(has(text_of("blue-green"),
              "outage             none     none                at most 17% of rollouts, 95%"));
}

TEST_CASE("a comparison names who loses least and has a row a strategy") {
    const std::string text = text_of("compare");
    CHECK(text.starts_with("blue-green loses nothing in 20 of 20 runs, with 20 pods at most; "));
    for (const std::string& name : strategy_names()) CHECK(has(text, "\n  " + name + " "));
    CHECK(!has(text, "hurt users"));
}

TEST_CASE(
    "a comparison with a bad release has a second group, or a second table on a narrow screen") {
    CHECK(has(text_of("compare bad"), "good release"));
    CHECK(has(text_of("compare bad"), "  new fails 5%\n"));
    CHECK(has(text_of("compare bad"), "hurt users  well again\n"));
    CHECK(has(text_of("compare bad", 60),
              "\n\n  new fails 5%\n              hurt users  well again\n"));
}

TEST_CASE("several workloads say that each was simulated alone") {
    CHECK(has(text_of("workloads"), "Each workload was simulated alone"));
    CHECK(has(text_of("workloads"), "deployment/zero has 0 pods"));
    CHECK(text_of("no workloads") == "No workload to simulate.\n");
}

TEST_CASE("the JSON of a run has every key of the contract in its order") {
    const Json run = json_of(results().at("canary"));
    CHECK(run["schema"] == "stratsim.run/v1");
    std::vector<std::string> keys;
    for (const auto& [key, value] : run.items()) keys.push_back(key);
    auto at = keys.begin();
    for (const char* key :
         {"schema", "strategy", "seed", "replications", "rollout", "requests", "downtime",
          "latency_ms", "pods", "cost", "visits", "exposure", "compatibility", "rollback", "canary",
          "state", "assumptions", "timeline", "spread"}) {
        CAPTURE(key);
        at = std::find(at, keys.end(), key);
        REQUIRE(at != keys.end());
    }
    for (const char* pointer : {"/rollout/outcome",
                                "/rollout/duration_s",
                                "/requests/total",
                                "/requests/succeeded",
                                "/requests/failed",
                                "/requests/failed_by_cause/refused",
                                "/requests/failed_by_cause/no-endpoint",
                                "/requests/failed_by_cause/killed",
                                "/requests/failed_by_cause/timeout",
                                "/requests/failed_by_cause/overload",
                                "/requests/failed_by_cause/version-error",
                                "/requests/by_version/old",
                                "/requests/by_version/new",
                                "/downtime/total_s",
                                "/downtime/degraded_s",
                                "/downtime/longest_s",
                                "/downtime/worst_fraction",
                                "/downtime/outages",
                                "/latency_ms/p50",
                                "/latency_ms/p95",
                                "/latency_ms/p99",
                                "/latency_ms/by_version/old/p50",
                                "/latency_ms/by_version/new/p99",
                                "/pods/peak",
                                "/pods/peak_with_terminating",
                                "/pods/min_available",
                                "/pods/pod_seconds",
                                "/cost/currency",
                                "/cost/total",
                                "/cost/steady",
                                "/cost/extra",
                                "/cost/extra_percent",
                                "/cost/extra_pod_seconds",
                                "/visits/total",
                                "/visits/per_pod/0/pod",
                                "/visits/per_pod/0/version",
                                "/visits/per_pod/0/visits",
                                "/visits/divergence/cv",
                                "/visits/divergence/cv_by_chance",
                                "/visits/divergence/max_over_mean",
                                "/visits/divergence/chi_square_p",
                                "/visits/duplicates",
                                "/visits/backward_reads",
                                "/visits/lost_updates",
                                "/exposure/requests_new",
                                "/exposure/users_new",
                                "/exposure/errors_new",
                                "/exposure/qa_requests",
                                "/canary/steps/0/asked",
                                "/canary/steps/0/delivered",
                                "/canary/steps/0/from_s",
                                "/canary/steps/0/to_s",
                                "/state/surviving_share",
                                "/assumptions/0/name",
                                "/assumptions/0/value",
                                "/assumptions/0/source",
                                "/timeline/0/t_s",
                                "/timeline/0/event",
                                "/spread/requests.failed/mean",
                                "/spread/requests.failed/sd",
                                "/spread/requests.failed/p5",
                                "/spread/requests.failed/p50",
                                "/spread/requests.failed/p95",
                                "/spread/requests.failed/max",
                                "/spread/requests.failed/runs",
                                "/workload/name",
                                "/outcomes/complete"}) {
        CAPTURE(pointer);
        CHECK(run.contains(Json::json_pointer(pointer)));
    }
}

TEST_CASE("what is undefined is null in JSON and absent from the spread") {
    const Json stalled = json_of(results().at("stalled"));
    CHECK(stalled["rollout"]["outcome"] == "stalled");
    CHECK(stalled["rollout"]["duration_s"].is_null());
    CHECK(!stalled["spread"].contains("rollout.duration_s"));
    const Json none = json_of(results().at("none"));
    CHECK(none["rollout"]["outcome"].is_null());
    CHECK(none["canary"]["steps"].empty());
    CHECK(json_of(results().at("rolled back"))["rollout"]["outcome"] == "rolled-back");
}

TEST_CASE("the counts of JSON add up") {
    for (const auto& entry : results()) {
        const std::string& name = entry.first;
        const Result& result = entry.second;
        if (result.kind != Result::Kind::run) continue;
        CAPTURE(name);
        const Json run = json_of(result);
        const Json& requests = run["requests"];
        CHECK(requests["total"].is_number_integer());
        CHECK(requests["total"].get<long>() ==
              requests["succeeded"].get<long>() + requests["failed"].get<long>());
        long causes_sum = 0;
        for (const auto& [cause, n] : requests["failed_by_cause"].items())
            causes_sum += n.get<long>();
        CHECK(causes_sum == requests["failed"].get<long>());
        double down = 0;
        for (const Json& outage : run["downtime"]["outages"]) {
            down += outage["to_s"].get<double>() - outage["from_s"].get<double>();
        }
        CHECK(down == doctest::Approx(run["downtime"]["total_s"].get<double>()));
        long runs = 0;
        for (const auto& [outcome, n] : run["outcomes"].items()) runs += n.get<long>();
        CHECK(runs == (name == "none" ? 0 : run["replications"].get<long>()));
        CHECK(run["spread"]["requests.failed"]["runs"] == run["replications"]);
    }
}

TEST_CASE("the timeline is in order and names the pods that per_pod lists") {
    const Json run = json_of(results().at("canary"));
    std::set<std::string> pods;
    for (const Json& pod : run["visits"]["per_pod"]) pods.insert(pod["pod"]);
    std::set<std::string> events;
    double last = -1e9;
    for (const Json& entry : run["timeline"]) {
        CHECK(entry["t_s"].get<double>() >= last);
        last = entry["t_s"].get<double>();
        events.insert(entry["event"]);
        if (entry.contains("pod")) CHECK(pods.contains(entry["pod"].get<std::string>()));
    }
    for (const char* event :
         {"commanded", "pod-created", "pod-ready", "pod-available", "pod-terminating", "pod-gone",
          "step-reached", "step-ended", "rollout-ended"}) {
        CAPTURE(event);
        CHECK(events.contains(event));
    }
}

TEST_CASE("a format that does not say that it tells facts does without those of single pods") {
    std::vector<Scenario> scenarios{standing()};
    for (const std::string& name : strategy_names()) {
        scenarios.push_back(ten_pods(name, 2));
        std::get<Canary>(scenarios.back().strategies).hold = std::chrono::seconds{10};
        scenarios.back().rate.per_second = 10;
        scenarios.push_back(scenarios.back());
        scenarios.back().new_version.errors = Share{50'000};
        scenarios.back().undo_after = std::chrono::minutes{2};
    }
    std::set<std::string_view> differ;
    for (const Scenario& s : scenarios) {
        Execution few(1);
        few.milestones_only = true;
        const Result all = one_result(s);
        const Result some{.experiments = {run_experiment(s, few)}, .kind = Result::Kind::run};
        for (const FormatEntry& entry : formats()) {
            CAPTURE(s.strategy);
            CAPTURE(entry.name);
            const bool same = entry.write(all, {}) == entry.write(some, {});
            if (entry.tells_facts) {
                if (!same) differ.insert(entry.name);
            } else {
                CHECK(same);
            }
        }
        CHECK(some.experiments.front().detail.timeline.entries.size() < 30);
    }
    for (const FormatEntry& entry : formats())
        CHECK(entry.tells_facts == differ.contains(entry.name));
}

TEST_CASE("JSON of several experiments is a list of run objects") {
    const Json compare = json_of(results().at("compare bad"));
    CHECK(compare["schema"] == "stratsim.compare/v1");
    CHECK(compare["runs"].size() == strategy_names().size());
    CHECK(compare["good"].size() == strategy_names().size());
    CHECK(compare["runs"][0]["schema"] == "stratsim.run/v1");
    CHECK(!json_of(results().at("compare")).contains("good"));
    const Json runs = json_of(results().at("workloads"));
    CHECK(runs["schema"] == "stratsim.runs/v1");
    CHECK(runs["runs"].size() == 3);
    CHECK(runs["runs"][0]["workload"]["from"] == "k8s/web.yaml:1");
    CHECK(json_of(results().at("no workloads"))["runs"].empty());
}

TEST_CASE("JSON ends with one newline and has no NaN") {
    const std::string text = render(results().at("empty"), Format::json, {});
    CHECK(text.ends_with("}\n"));
    CHECK(!has(text, "nan"));
    CHECK(text.starts_with("{\n  \"schema\": "));
}

TEST_CASE("CSV has one row a measure, all of one length") {
    const Result& result = results().at("canary");
    const auto rows = parse_csv(render(result, Format::csv, {}));
    CHECK(rows[0] == std::vector<std::string>{"strategy", "workload", "path", "unit", "value",
                                              "mean", "sd", "p5", "p50", "p95", "max", "runs",
                                              "low", "high"});
    CHECK(rows.size() == 1 + result.experiments.front().measures().list().size());
    for (const auto& row : rows) CHECK(row.size() == rows[0].size());
    const auto failed =
        std::ranges::find_if(rows, [](const auto& row) { return row[2] == "requests.failed"; });
    REQUIRE(failed != rows.end());
    CHECK((*failed)[3] == "requests");
    CHECK(std::stod((*failed)[5]) == result.experiments.front().spread("requests.failed")->mean);
    CHECK((*failed)[11] == "20");
}

TEST_CASE("CSV has a row an expectation, with its verdict") {
    Scenario s = ten_pods("rolling", 20);
    s.expectations.push_back(parse_expectation("requests.failed.p50 <= 1"));
    const auto rows = parse_csv(render(one_result(s), Format::csv, {}));
    CHECK(rows[0][14] == "expected");
    CHECK(rows[0][15] == "verdict");
    for (const auto& row : rows) CHECK(row.size() == rows[0].size());
    const std::vector<std::string>& last = rows.back();
    CHECK(last[2] == "requests.failed");
    CHECK(last[14] == "requests.failed.p50 <= 1");
    CHECK(last[15] == "fail");
    CHECK(std::stod(last[12]) <= std::stod(last[4]));
    CHECK(std::stod(last[4]) <= std::stod(last[13]));
    CHECK(rows[1][14].empty());
}

TEST_CASE("CSV quotes what needs it and tells both releases of a comparison apart") {
    Scenario s = ten_pods("rolling", 1);
    s.name = "a \"quoted\", odd name";
    const auto rows = parse_csv(render(one_result(s), Format::csv, {}));
    CHECK(rows[1][1] == s.name);
    const auto both = parse_csv(render(results().at("compare bad"), Format::csv, {}));
    CHECK(both[0].back() == "release");
    CHECK(both[1].back() == "bad");
    CHECK(both.back().back() == "good");
}

TEST_CASE("Markdown leads with the verdict in bold and folds the rest") {
    for (const auto& entry : results()) {
        const std::string& name = entry.first;
        const Result& result = entry.second;
        CAPTURE(name);
        const std::string text = render(result, Format::markdown, {});
        CHECK(text.starts_with("**"));
        CHECK(has(lines_of(text)[0], ".**"));
        CHECK(text.ends_with("\n"));
        CHECK(
            std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
        std::size_t cells = 0;
        for (const std::string& line : lines_of(text)) {
            if (!line.starts_with("|")) {
                cells = 0;
                continue;
            }
            const auto bars = static_cast<std::size_t>(std::ranges::count(line, '|'));
            CHECK((cells == 0 || bars == cells));
            cells = bars;
        }
    }
    const std::string run = render(results().at("canary"), Format::markdown, {});
    CHECK(has(run, "<details><summary>Assumptions and remarks</summary>"));
    CHECK(has(run, "| requests lost | "));
}

TEST_CASE("a name from a file is no markup") {
    Scenario s = ten_pods("rolling", 1);
    s.remarks = {"<script>alert(1)</script> | [x](y) *z*"};
    const std::string text = render(one_result(s), Format::markdown, {});
    CHECK(!has(text, "<script>"));
    CHECK(has(text, "\\| \\[x\\](y) \\*z\\*"));
}

TEST_CASE("every format has a name, and the name leads to the format") {
    for (const std::string& name : format_names()) CHECK(format_of(name).has_value());
    CHECK(format_of("json") == Format::json);
    CHECK(!format_of("yaml").has_value());
}

TEST_CASE("the reports do not depend on how many threads simulate") {
    Scenario s = ten_pods("canary", 6);
    std::get<Canary>(s.strategies).hold = std::chrono::seconds{10};
    s.rate.per_second = 10;
    const Result alone{.experiments = {run_experiment(s, 1)}, .kind = Result::Kind::run};
    const Result shared{.experiments = {run_experiment(s, 2)}, .kind = Result::Kind::run};
    for (const FormatEntry& entry : formats()) {
        CAPTURE(entry.name);
        CHECK(render(alone, entry.format, {}) == render(shared, entry.format, {}));
    }
}
