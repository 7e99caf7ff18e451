// What a scenario file can say, and how its mistakes are shown.
#include "scenarios/settings/scenario_file.hpp"

#include "scenarios/settings/fields.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>
#include <vector>

using namespace stratsim;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// What a scenario's text means; the document stays, as the result points into it.
struct Reading {
    std::vector<Document> documents;
    std::vector<Diagnostic> mistakes;
    ScenarioFile file;

    explicit Reading(std::string text, Scenario base = {}, std::string name = "lab/web.yaml")
        : documents(parse_documents(std::move(name), std::move(text))) {
        REQUIRE(documents.size() == 1);
        file = read_scenario(documents.front(), std::move(base), mistakes);
    }
};

Scenario scenario_of(std::string text, Scenario base = {}) {
    const Reading reading(std::move(text), std::move(base));
    REQUIRE((reading.mistakes.empty() ? "" : render(reading.mistakes)) == "");
    return reading.file.scenario;
}

/// "LINE:COLUMN RULE: MESSAGE (ADVICE)" for each mistake.
std::string mistakes_in(std::string text) {
    std::string result;
    for (const Diagnostic& mistake : Reading(std::move(text)).mistakes) {
        result += fmt::format("{}{}:{} {}: {} ({})", result.empty() ? "" : "\n", mistake.place.line,
                              mistake.place.column, mistake.rule, mistake.message, mistake.advice);
    }
    return result;
}

Scenario with_flag(const std::string& word, const std::string& text) {
    Scenario base;
    find_field(word)->set(base, text);
    base.origins[word] = {.kind = SourceKind::flag, .file = "", .line = 0, .column = 0};
    return base;
}

}  // namespace

TEST_CASE("settings stand flat under their words") {
    const Scenario web = scenario_of(
        "apiVersion: stratsim/v1\nkind: Scenario\nstrategy: canary\npods: 6\nboot: exp(3s)\n"
        "rate: 200/s\nmax-surge: 50%\nsteps: 5%,50%\n");
    CHECK(web.strategy == "canary");
    CHECK(web.pods == 6);
    CHECK(web.old_version.boot == Distribution::exponential(seconds{3}));
    CHECK(web.rate.per_second == 200);
    CHECK(std::get<Rolling>(web.strategies).max_surge == PodCount{500'000, true});
    CHECK(std::get<Canary>(web.strategies).max_surge == PodCount{500'000, true});
    CHECK(std::get<Canary>(web.strategies).steps.size() == 2);
}

TEST_CASE("settings stand grouped under their sections") {
    const Scenario web = scenario_of(
        "kind: Scenario\n"
        "workload: {kind: statefulset, name: db, pods: 3, pre-stop: 15s}\n"
        "traffic: {users: 1, rate: 20}\n"
        "network: {network: direct, balancer: least-connections}\n"
        "state: {volume: shared, think: 5ms}\n"
        "runs: {runs: 10, seed: 7}\n"
        "prices: {cpu: 2, cpu-hour: 0.05}\n"
        "recreate:\n"
        "rolling: {max-unavailable: 0}\n"
        "blue-green: {qa: 5/s}\n"
        "canary: {split: router, hold: 1m}\n");
    CHECK(web.kind == WorkloadKind::statefulset);
    CHECK(web.name == "db");
    CHECK(web.pods == 3);
    CHECK(web.old_version.pre_stop == seconds{15});
    CHECK(web.users == 1);
    CHECK(web.network == NetworkKind::direct);
    CHECK(web.balancer == BalancerKind::least_connections);
    CHECK(web.volume == VolumeKind::shared);
    CHECK(web.runs == 10);
    CHECK(web.seed == 7);
    CHECK(web.prices.cpu_hour == 0.05);
    CHECK(std::get<BlueGreen>(web.strategies).qa.per_second == 5);
    CHECK(std::get<Canary>(web.strategies).hold == minutes{1});
}

TEST_CASE("network, runs and workload are a setting or a section") {
    CHECK(scenario_of("kind: Scenario\nnetwork: direct").network == NetworkKind::direct);
    CHECK(scenario_of("kind: Scenario\nruns: 12").runs == 12);
    const Reading reading("kind: Scenario\nworkload: sts/demo");
    CHECK(reading.mistakes.empty());
    CHECK(reading.file.workload == "sts/demo");
    CHECK(reading.file.workload_node->line == 2);
}

TEST_CASE("the new version is a text or a mapping") {
    const NewVersion expected{.boot = Distribution::fixed(seconds{20}),
                              .service_time = Distribution::exponential(milliseconds{40}),
                              .errors = Share{50'000},
                              .never_ready = true};
    CHECK(scenario_of("kind: Scenario\nnew: errors=5%,boot=20s,service-time=exp(40ms),ready=never")
              .new_version == expected);
    const Scenario web = scenario_of(
        "kind: Scenario\nnew: {errors: 5%, boot: 20s, service-time: exp(40ms), ready: never, "
        "undo-after: 3m}");
    CHECK(web.new_version == expected);
    CHECK(web.undo_after == minutes{3});
    CHECK(mistakes_in("kind: Scenario\nnew: {errors: many, speed: 3}") ==
          "2:15 share: 'many' is not a share (write 5% or 0.05)\n"
          "2:21 unknown-key: unknown key 'speed' in new (write one of errors, ready, boot, "
          "service-time, undo-after)");
}

TEST_CASE("steps are a list or a text") {
    const auto steps = [](const std::string& text) {
        return std::get<Canary>(scenario_of("kind: Scenario\nsteps: " + text).strategies).steps;
    };
    CHECK(steps("[10%, 50%]") == steps("10%,50%"));
    CHECK(steps("25%").size() == 1);
    CHECK(mistakes_in("kind: Scenario\nsteps: [50%, 10%]").starts_with("2:8 steps:"));
    CHECK(mistakes_in("kind: Scenario\nsteps: [[1%]]").starts_with("2:8 type:"));
    CHECK(mistakes_in("kind: Scenario\nsteps: []").starts_with("2:8 type:"));
}

TEST_CASE("a scenario has a name and a description") {
    CHECK(scenario_of("kind: Scenario\nname: peak\ndescription: noon").name == "peak");
    CHECK(scenario_of("kind: Scenario\nmetadata: {name: peak, labels: {a: b}}").name == "peak");
    CHECK(scenario_of("kind: Scenario\nname: peak\nworkload: {name: shop}").name == "shop");
    CHECK(scenario_of("kind: Scenario").name == "web");
    CHECK(scenario_of("# why\nkind: Scenario").from == "lab/web.yaml:2");
    CHECK(mistakes_in("kind: Scenario\nmetadata: {nam: a}") ==
          "2:12 unknown-key: unknown key 'nam' in metadata (did you mean 'name'?)");
    CHECK(mistakes_in("kind: Scenario\nname: [a]").starts_with("2:7 type:"));
}

TEST_CASE("manifests are looked for beside the scenario") {
    const Reading list("kind: Scenario\nmanifests: [k8s/web.yaml, ../base, /etc/web.yaml]");
    REQUIRE(list.file.manifests.size() == 3);
    CHECK(list.file.manifests[0].path == "lab/k8s/web.yaml");
    CHECK(list.file.manifests[1].path == "base");
    CHECK(list.file.manifests[2].path == "/etc/web.yaml");
    const Reading one("kind: Scenario\nmanifests: web.yaml", {}, "-");
    REQUIRE(one.file.manifests.size() == 1);
    CHECK(one.file.manifests[0].path == "web.yaml");
    CHECK(mistakes_in("kind: Scenario\nmanifests: {a: b}").starts_with("2:12 type:"));
}

TEST_CASE("every setting remembers its place in the file") {
    const Scenario web = scenario_of("kind: Scenario\nstrategy: rolling\nworkload:\n  pods: 6\n");
    const Origin& pods = web.origins.find("pods")->second;
    CHECK(pods.kind == SourceKind::file);
    CHECK(pods.file == "lab/web.yaml");
    CHECK(pods.line == 4);
    CHECK(pods.column == 9);
    CHECK(web.given("strategy"));
    CHECK_FALSE(web.given("boot"));
}

TEST_CASE("a flag outweighs the file, which is still checked") {
    CHECK(scenario_of("kind: Scenario\npods: 6", with_flag("pods", "2")).pods == 2);
    CHECK(mistakes_in("kind: Scenario\npods: six").starts_with("2:7 number:"));
    Scenario flags;
    flags.strategy = "canary";
    CHECK(scenario_of("kind: Scenario\nstrategy: recreate", flags).strategy == "canary");
}

TEST_CASE("a load on the command line replaces the rate of the file, and the other way round") {
    const Scenario loaded = scenario_of("kind: Scenario\nrate: 50/s", with_flag("load", "60%"));
    CHECK_FALSE(loaded.given("rate"));
    CHECK(loaded.load == Share{600'000});
    CHECK_FALSE(scenario_of("kind: Scenario\nload: 50%", with_flag("rate", "9/s")).load);
}

TEST_CASE("an unknown key gets the nearest known one") {
    CHECK(mistakes_in("kind: Scenario\npodz: 6") ==
          "2:1 unknown-key: unknown key 'podz' (did you mean 'pods'?)");
    CHECK(mistakes_in("kind: Scenario\nreplicas: 6") ==
          "2:1 unknown-key: unknown key 'replicas' (did you mean 'pods'?)");
    CHECK(mistakes_in("kind: Scenario\nreplcas: 6") ==
          "2:1 unknown-key: unknown key 'replcas' (did you mean 'pods'?)");
    CHECK(mistakes_in("kind: Scenario\nrolling: {maxSurge: 1}") ==
          "2:11 unknown-key: unknown key 'maxSurge' in rolling (did you mean 'max-surge'?)");
    CHECK(mistakes_in("kind: Scenario\ntrafic: {}") ==
          "2:1 unknown-key: unknown key 'trafic' (did you mean 'traffic'?)");
    CHECK(mistakes_in("kind: Scenario\nxylophone: 1") ==
          "2:1 unknown-key: unknown key 'xylophone' (write a setting such as pods, or a section "
          "such as traffic)");
    CHECK(mistakes_in("kind: Scenario\ntraffic: {pods: 6}") ==
          "2:11 unknown-key: unknown key 'pods' in traffic (it belongs to workload)");
    CHECK(mistakes_in("kind: Scenario\nstate: {xylophone: 6}") ==
          "2:9 unknown-key: unknown key 'xylophone' in state (write one of volume, think)");
}

TEST_CASE("an unknown strategy gets the list") {
    CHECK(mistakes_in("kind: Scenario\nstrategy: rollin") ==
          "2:11 strategy: 'rollin' is no strategy (did you mean 'rolling'? there are recreate, "
          "rolling, blue-green, canary, none)");
    CHECK(mistakes_in("kind: Scenario\nstrategy: {type: Recreate}").starts_with("2:11 strategy:"));
    CHECK(scenario_of("kind: Scenario\nstrategy: none").strategy == "none");
}

TEST_CASE("values of a wrong type say what can be written") {
    CHECK(mistakes_in("kind: Scenario\npods: [1]") ==
          "2:7 type: 'pods' must be a single value (write a whole number)");
    CHECK(mistakes_in("kind: Scenario\npods:") ==
          "2:1 type: 'pods' has no value (write a whole "
          "number)");
    CHECK(mistakes_in("kind: Scenario\ntraffic: 5")
              .starts_with("2:10 type: 'traffic' must be a "
                           "mapping"));
    CHECK(mistakes_in("kind: Scenario\nnetwork: [direct]").starts_with("2:10 type:"));
}

TEST_CASE("a value that is none gets the message of its setting") {
    CHECK(mistakes_in("kind: Scenario\nboot: fast") ==
          "2:7 duration: 'fast' is not a duration "
          "(write 8s, 250ms, exp(20ms), uniform(2s,5s), lognormal(8s,p99=40s))");
}

TEST_CASE("a comma in braces ends a value, which is explained") {
    CHECK(mistakes_in("kind: Scenario\nworkload: {boot: lognormal(8s,p99=40s)}") ==
          "2:18 duration: 'lognormal(8s' is not a duration (put it in quotes, or the comma ends "
          "it)\n"
          "2:31 unknown-key: unknown key 'p99=40s)' in workload (put a value with commas in "
          "quotes)");
    CHECK(
        scenario_of("kind: Scenario\nworkload: {boot: 'lognormal(8s,p99=40s)'}").old_version.boot ==
        Distribution::lognormal(seconds{8}, seconds{40}));
}

TEST_CASE("a setting that is given twice is refused") {
    CHECK(mistakes_in("kind: Scenario\npods: 6\nworkload:\n  pods: 7") ==
          "4:3 duplicate-key: 'pods' is given twice (it already stands in line 2)");
    CHECK(mistakes_in("kind: Scenario\nrolling: {max-surge: 1}\ncanary: {max-surge: 2}") ==
          "3:10 duplicate-key: 'max-surge' is given twice (it already stands in line 2)");
}

TEST_CASE("another apiVersion is refused") {
    CHECK(mistakes_in("apiVersion: stratsim/v2\nkind: Scenario").starts_with("1:13 version:"));
}

TEST_CASE("all mistakes of a scenario are found in one run") {
    const Reading reading(
        "kind: Scenario\nstrategy: gentle\nreplcas: 10\nboot: fast\nusers: -1\nsteps: 0%\n"
        "new: {errors: 200%}\nprices: {cpu: much}\n");
    CHECK(reading.mistakes.size() == 7);
}

TEST_CASE("a scenario may be JSON") {
    const Scenario web = scenario_of(
        R"json({"kind": "Scenario", "strategy": "canary", "steps": ["10%", "50%"],
            "workload": {"pods": 3, "boot": "lognormal(8s,p99=40s)"}, "traffic": {"rate": 25}})json");
    CHECK(web.pods == 3);
    CHECK(web.rate.per_second == 25);
}
