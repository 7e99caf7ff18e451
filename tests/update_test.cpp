// Pairs of manifests whose difference is known: what applying the second over the first changes.
#include "scenarios/experiments/effect.hpp"
#include "scenarios/experiments/names.hpp"
#include "scenarios/manifests/inputs.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace stratsim;

namespace fs = std::filesystem;

namespace {

/// Where the versions lie; the tests run at the top of the tree.
const fs::path data = fs::path("tests") / "data" / "updates";

/// A directory that is gone at the end of the test.
struct Temporary {
    fs::path path;

    Temporary() {
        std::string name = (fs::temp_directory_path() / "stratsim-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Temporary() {
        std::error_code error;
        fs::remove_all(path, error);
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name) << text;
        return (path / name).string();
    }
};

std::string content(const std::string& name) {
    std::ifstream in(data / name);
    REQUIRE(in);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Replaces each first text by the second; both must matter.
std::string edited(std::string text,
                   const std::vector<std::pair<std::string, std::string>>& edits) {
    for (const auto& edit : edits) {
        const auto at = text.find(edit.first);
        REQUIRE_MESSAGE(at != std::string::npos, edit.first);
        text.replace(at, edit.first.size(), edit.second);
    }
    return text;
}

Inputs read(const std::string& before, const std::string& after) {
    const Temporary folder;
    InputRequest request;
    request.from = {folder.write("old/all.yaml", before)};
    request.to = {folder.write("new/all.yaml", after)};
    return read_inputs(request);
}

std::string refusal(const std::string& before, const std::string& after) {
    try {
        read(before, after);
    } catch (const InputErrors& errors) {
        REQUIRE(errors.diagnostics().size() == 1);
        const Diagnostic& first = errors.diagnostics().front();
        return fmt::format("{}:{} {}: {}", first.place.line, first.place.column, first.rule,
                           first.message);
    }
    return "";
}

/// Without the directories of the test.
std::string in_short(std::string text) {
    for (auto slash = text.find("/"); slash != std::string::npos; slash = text.find("/", slash)) {
        const auto name = text.find("/all.yaml", slash);
        const auto open = text.rfind('(', slash);
        if (name == std::string::npos) break;
        if (open == std::string::npos || text.find(' ', open) < name) {
            ++slash;
            continue;
        }
        text.erase(open + 1, name - open);
        slash = open + 1;
    }
    return text;
}

struct Pair {
    std::string what;
    std::string file;
    std::vector<std::pair<std::string, std::string>> edits;
    std::string change;  ///< the first one told
    bool new_template = true;
    bool idle = false;      ///< nothing happens now
    bool releases = false;  ///< every later release is another
};

const std::vector<Pair> pairs{
    {"an image",
     "web.yaml",
     {{"web:1.0", "web:1.1"}},
     "containers[web].image registry.example/web:1.0 -> registry.example/web:1.1 (all.yaml:20)"},
    {"a pre-stop sleep",
     "web.yaml",
     {{"          ports:",
       "          lifecycle: {preStop: {sleep: {seconds: 15}}}\n          ports:"}},
     "containers[web].lifecycle none -> {preStop: {sleep: {seconds: 15}}} (all.yaml:24)",
     true,
     false,
     true},
    {"another grace period",
     "web.yaml",
     {{"terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 5"}},
     "terminationGracePeriodSeconds 30 -> 5 (all.yaml:17)",
     true,
     false,
     true},
    {"no readiness probe",
     "web.yaml",
     {{"          readinessProbe:\n            httpGet: {path: /ready, port: 8080}\n            "
       "periodSeconds: 5\n",
       ""}},
     "containers[web].readinessProbe {httpGet: {path: /ready, port: 8080}, periodSeconds: 5} -> "
     "none (all.yaml:27)",
     true,
     false,
     true},
    {"a slower probe",
     "web.yaml",
     {{"periodSeconds: 5", "periodSeconds: 30"}},
     "containers[web].readinessProbe.periodSeconds 5 -> 30 (all.yaml:28)",
     true,
     false,
     true},
    {"replicas",
     "web.yaml",
     {{"replicas: 4", "replicas: 6"}},
     "replicas 4 -> 6 (all.yaml:8)",
     false,
     false,
     true},
    {"replicas and image",
     "web.yaml",
     {{"replicas: 4", "replicas: 2"}, {"web:1.0", "web:2"}},
     "replicas 4 -> 2 (all.yaml:8)",
     true,
     false,
     true},
    {"a label of the pods",
     "web.yaml",
     {{"version: v1", "version: v2"}},
     "metadata.labels.version v1 -> v2 (all.yaml:15)"},
    {"the order of the environment",
     "web.yaml",
     {{"{name: MODE, value: fast}", "{name: TEMP, value: x}"},
      {"{name: LEVEL, value: info}", "{name: MODE, value: fast}"},
      {"{name: TEMP, value: x}", "{name: LEVEL, value: info}"}},
     "containers[web].env order MODE, LEVEL -> order LEVEL, MODE (all.yaml:22)"},
    {"a variable more",
     "web.yaml",
     {{"            - {name: LEVEL, value: info}",
       "            - {name: LEVEL, value: info}\n            - {name: EXTRA, value: \"1\"}"}},
     "containers[web].env[EXTRA] none -> {name: EXTRA, value: 1} (all.yaml:24)"},
    {"more memory",
     "web.yaml",
     {{"memory: 1Gi", "memory: 2Gi"}},
     "containers[web].resources.requests.memory 1Gi -> 2Gi (all.yaml:30)",
     true,
     false,
     true},
    {"a bound of the rollout",
     "web.yaml",
     {{"spec:\n  replicas: 4",
       "spec:\n  strategy: {rollingUpdate: {maxUnavailable: 0}}\n  replicas: 4"}},
     "strategy.rollingUpdate.maxUnavailable none -> 0 (all.yaml:8)",
     false,
     true,
     true},
    {"Recreate",
     "web.yaml",
     {{"spec:\n  replicas: 4", "spec:\n  strategy: {type: Recreate}\n  replicas: 4"}},
     "strategy.type none -> Recreate (all.yaml:8)",
     false,
     true,
     true},
    {"minReadySeconds",
     "web.yaml",
     {{"replicas: 4", "replicas: 4\n  minReadySeconds: 10"}},
     "minReadySeconds none -> 10 (all.yaml:9)",
     false,
     true,
     true},
    {"a pause",
     "web.yaml",
     {{"replicas: 4", "replicas: 4\n  paused: true"}, {"web:1.0", "web:2"}},
     "paused none -> true (all.yaml:9)",
     true,
     false,
     true},
    {"the Service's selector",
     "web.yaml",
     {{"  selector:\n    app: web", "  selector:\n    app: wbe"}},
     "Service web: selector.app web -> wbe (all.yaml:38)",
     false,
     false,
     false},
    {"the Service's affinity",
     "web.yaml",
     {{"  ports:\n    - port: 80", "  sessionAffinity: ClientIP\n  ports:\n    - port: 80"}},
     "Service web: sessionAffinity none -> ClientIP (all.yaml:39)",
     false,
     true,
     true},
    {"an image of a set",
     "db.yaml",
     {{"db:7", "db:8"}},
     "containers[db].image registry.example/db:7 -> registry.example/db:8 (all.yaml:17)"},
    {"a partition",
     "db.yaml",
     {{"  replicas: 3", "  replicas: 3\n  updateStrategy: {rollingUpdate: {partition: 2}}"}},
     "updateStrategy.rollingUpdate.partition none -> 2 (all.yaml:9)",
     false,
     true,
     true},
    {"OnDelete",
     "db.yaml",
     {{"  replicas: 3", "  replicas: 3\n  updateStrategy: {type: OnDelete}"}},
     "updateStrategy.type none -> OnDelete (all.yaml:9)",
     false,
     true,
     true},
    {"fewer pods of a set",
     "db.yaml",
     {{"replicas: 3", "replicas: 1"}},
     "replicas 3 -> 1 (all.yaml:8)",
     false,
     false,
     true},
};

/// What makes no difference to the API server.
const std::vector<Pair> same{
    {"comments", "web.yaml", {{"replicas: 4", "replicas: 4  # enough"}, {"# A", "# Another"}}, ""},
    {"quotes", "web.yaml", {{"version: v1", "version: 'v1'"}, {"app: web", "app: \"web\""}}, ""},
    {"the order of keys",
     "web.yaml",
     {{"  name: web\n  labels: {app: web}\n", "  labels: {app: web}\n  name: web\n"},
      {"            - {name: MODE, value: fast}", "            - {value: fast, name: MODE}"}},
     ""},
    {"another spelling of amounts",
     "web.yaml",
     {{"cpu: 500m, memory: 1Gi", "memory: 1024Mi, cpu: '0.5'"}},
     ""},
    {"defaults that are written out",
     "web.yaml",
     {{"  replicas: 4",
       "  replicas: 4\n  revisionHistoryLimit: 10\n  minReadySeconds: 0\n  "
       "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%}}"},
      {"            - containerPort: 8080", "            - {containerPort: 8080, protocol: TCP}"},
      {"            periodSeconds: 5",
       "            periodSeconds: 5\n            timeoutSeconds: 1"},
      {"image: registry.example/web:1.0",
       "image: registry.example/web:1.0\n          imagePullPolicy: IfNotPresent"}},
     ""},
    {"what is left empty",
     "web.yaml",
     {{"  replicas: 4", "  replicas: 4\n  paused: null\n  strategy: {}"},
      {"      terminationGracePeriodSeconds: 30",
       "      nodeSelector: {}\n      volumes: []\n      terminationGracePeriodSeconds: 30"}},
     ""},
    {"default policies of a set",
     "db.yaml",
     {{"  replicas: 3",
       "  replicas: 3\n  podManagementPolicy: OrderedReady\n  updateStrategy: "
       "{type: RollingUpdate, rollingUpdate: {partition: 0}}"}},
     ""},
    {"labels of the Deployment itself",
     "web.yaml",
     {{"labels: {app: web}", "labels: {app: web, team: shop}"}},
     ""},
};

std::string reversed_documents(const std::string& text) {
    const auto cut = text.find("---\n");
    REQUIRE(cut != std::string::npos);
    return text.substr(cut + 4) + "---\n" + text.substr(0, cut);
}

}  // namespace

TEST_CASE("what applying a new version changes is told with its place") {
    REQUIRE(pairs.size() >= 20);
    for (const Pair& pair : pairs) {
        CAPTURE(pair.what);
        const std::string text = content(pair.file);
        const Inputs inputs = read(text, edited(text, pair.edits));
        REQUIRE(inputs.workloads.size() == 1);
        REQUIRE(inputs.workloads[0].update);
        const Update& update = *inputs.workloads[0].update;
        REQUIRE_FALSE(update.changes.empty());
        bool told = false;
        std::string all;
        for (const std::string& change : update.changes) {
            told |= in_short(change) == pair.change;
            all += in_short(change) + "\n";
        }
        CHECK_MESSAGE(told, all << "lacks " << pair.change);
        CHECK(update.new_template == pair.new_template);
        CHECK(update.idle == pair.idle);
        CHECK(inputs.releases[0].differ == pair.releases);
    }
}

TEST_CASE("what an update makes of later releases is told apart from chance") {
    const std::vector<std::pair<std::string, Effect>> known{
        {"a pre-stop sleep", Effect::better},   {"no readiness probe", Effect::worse},
        {"a slower probe", Effect::slower},     {"Recreate", Effect::worse},
        {"minReadySeconds", Effect::better},    {"a pause", Effect::worse},
        {"fewer pods of a set", Effect::worse}, {"OnDelete", Effect::worse},
        {"a partition", Effect::better},        {"more memory", Effect::same},
        {"another grace period", Effect::same},
    };
    for (const auto& row : known) {
        const std::string& what = row.first;
        const Effect effect = row.second;
        CAPTURE(what);
        const auto pair = std::ranges::find(pairs, what, &Pair::what);
        REQUIRE(pair != pairs.end());
        const std::string text = content(pair->file);
        const Inputs inputs = read(text, edited(text, pair->edits));
        Releases releases = inputs.releases.at(0);
        REQUIRE(releases.before);
        REQUIRE(releases.after);
        releases.before->runs = releases.after->runs = 30;
        const Experiment before = run_experiment(*releases.before);
        const Experiment after = run_experiment(*releases.after);
        CHECK(name_of(effect_of(before, after)) == name_of(effect));
        // And what was taken away comes back.
        if (effect == Effect::better) CHECK(effect_of(after, before) == Effect::worse);
        if (effect == Effect::worse) CHECK(effect_of(after, before) == Effect::better);
    }
}

TEST_CASE("a release of the same against itself makes no difference") {
    const Inputs inputs = read(content("web.yaml"), content("web.yaml"));
    Scenario s = *inputs.releases.at(0).after;
    s.runs = 10;
    const Experiment once = run_experiment(s);
    CHECK(effect_of(once, once) == Effect::same);
    s.seed = 2;
    CHECK(paired_difference(once, run_experiment(s), "requests.failed")->mean != 0);
}

TEST_CASE("what the API server would not notice changes nothing") {
    for (const Pair& pair : same) {
        CAPTURE(pair.what);
        const std::string text = content(pair.file);
        for (const bool back : {false, true}) {
            const std::string other = edited(text, pair.edits);
            const Inputs inputs = back ? read(other, text) : read(text, other);
            REQUIRE(inputs.workloads.size() == 1);
            const Update& update = *inputs.workloads[0].update;
            CHECK_MESSAGE(update.changes.empty(), update.changes.front());
            CHECK(update.idle);
            CHECK_FALSE(inputs.releases[0].differ);
            CHECK(inputs.files_that_differ == 1);
        }
    }
}

TEST_CASE("the order of documents and the layout of files change nothing") {
    const std::string text = content("web.yaml");
    const Inputs turned = read(text, reversed_documents(text));
    CHECK(turned.workloads.at(0).update->idle);
    const Temporary folder;
    const auto cut = text.find("---\n");
    folder.write("new/service.yaml", text.substr(cut + 4));
    folder.write("new/web.yml", text.substr(0, cut));
    InputRequest request;
    request.from = {folder.write("old/all.yaml", text)};
    request.to = {(folder.path / "new").string()};
    const Inputs apart = read_inputs(request);
    CHECK(apart.workloads.at(0).update->changes.empty());
    CHECK_FALSE(apart.releases.at(0).differ);
}

TEST_CASE("what the API server refuses is a mistake with its place") {
    const std::string db = content("db.yaml");
    CHECK(refusal(db, edited(db, {{"  replicas: 3",
                                   "  replicas: 3\n  podManagementPolicy: Parallel"}})) ==
          "9:24 immutable: 'podManagementPolicy' of a StatefulSet cannot be changed: the API "
          "server refuses the update");
    CHECK(refusal(db, edited(db, {{"serviceName: db", "serviceName: other"}})) ==
          "7:16 immutable: 'serviceName' of a StatefulSet cannot be changed: the API server "
          "refuses the update");
    CHECK(
        refusal(db, edited(db, {{"storage: 1Gi", "storage: 2Gi"}})).find("volumeClaimTemplates") !=
        std::string::npos);
    const std::string web = content("web.yaml");
    CHECK(refusal(web, edited(web, {{"matchLabels: {app: web}",
                                     "matchLabels: {app: web, version: v1}"}})) ==
          "10:38 immutable: 'selector.matchLabels.version' of a Deployment cannot be changed: the "
          "API server refuses the update");
    CHECK(refusal(web, edited(web, {{"  ports:\n    - port: 80",
                                     "  clusterIP: None\n  ports:\n    - port: 80"}})) ==
          "39:14 immutable: 'clusterIP' of a Service cannot be changed: the API server refuses "
          "the update");
}

TEST_CASE("old pods end as the old version says, and new ones start as the new one says") {
    const std::string text = content("web.yaml");
    const Inputs inputs = read(
        text,
        edited(text, {{"terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 60"},
                      {"periodSeconds: 5", "periodSeconds: 7"}}));
    const Setup setup = setup_of(inputs.workloads.at(0), 0);
    CHECK(setup.revisions[0].grace == std::chrono::seconds{30});
    CHECK(setup.revisions[1].grace == std::chrono::seconds{60});
    CHECK(setup.revisions[0].readiness->period == std::chrono::seconds{5});
    CHECK(setup.revisions[1].readiness->period == std::chrono::seconds{7});
}

TEST_CASE("objects that come and go are told, and apply deletes nothing") {
    const std::string web = content("web.yaml");
    const std::string db = content("db.yaml");
    const Inputs inputs = read(web, db);
    CHECK(inputs.workloads.empty());
    std::string all;
    for (const std::string& remark : inputs.remarks) all += remark + "\n";
    CHECK(all.find("statefulset/db") != std::string::npos);
    CHECK(all.find("is created") != std::string::npos);
    CHECK(all.find("apply deletes nothing, so it stays") != std::string::npos);
}

TEST_CASE("a Deployment that appears behind the Service joins the one that stands") {
    const std::string text = content("web.yaml");
    const auto cut = text.find("---\n");
    const std::string canary = edited(
        text.substr(0, cut), {{"  name: web", "  name: web-canary"},
                              {"replicas: 4", "replicas: 1"},
                              {"matchLabels: {app: web}", "matchLabels: {app: web, version: v2}"},
                              {"version: v1", "version: v2"}});
    const Inputs inputs = read(text, text + "---\n" + canary);
    REQUIRE(inputs.workloads.size() == 1);
    const Scenario& s = inputs.workloads[0];
    CHECK(s.name == "web");
    CHECK_FALSE(s.update->idle);
    REQUIRE(s.companions.size() == 1);
    CHECK_FALSE(s.companions[0].exists);
    CHECK(s.companions[0].pods_after == 1);
    CHECK(fleet_of(s) == 5);
    CHECK_FALSE(s.selection);
}

TEST_CASE("a Service that is pointed at the other of two Deployments switches between them") {
    const std::string text = content("web.yaml");
    const auto cut = text.find("---\n");
    const auto named = [&](const std::string& colour) {
        return edited(text.substr(0, cut), {{"  name: web", "  name: web-" + colour},
                                            {"version: v1", "version: " + colour}});
    };
    const std::string both = named("blue") + "---\n" + named("green") + "---\n";
    const std::string service = text.substr(cut + 4);
    const auto pointed = [&](const std::string& colour) {
        return both +
               edited(service, {{"    app: web\n", "    app: web\n    version: " + colour + "\n"}});
    };
    const Inputs inputs = read(pointed("blue"), pointed("green"));
    REQUIRE(inputs.workloads.size() == 2);
    const Scenario& blue = inputs.workloads[0];
    REQUIRE(blue.selection);
    CHECK(blue.selection->before == std::vector<bool>{true, true, false});
    CHECK(blue.selection->after == std::vector<bool>{false, false, true});
    CHECK_FALSE(blue.update->idle);
    CHECK_FALSE(blue.update->new_template);
}

namespace {

Scenario scenario_with(const std::string& actions, const Inputs& inputs) {
    Scenario s = inputs.workloads.at(0);
    s.actions = Text<ActionList>::parse(actions);
    return s;
}

}  // namespace

TEST_CASE("actions name versions and the workloads behind the Service") {
    const std::string text = content("web.yaml");
    const auto cut = text.find("---\n");
    const std::string green = edited(
        text.substr(0, cut), {{"  name: web", "  name: green"}, {"version: v1", "version: green"}});
    const std::string all = text + "---\n" + green;
    const Inputs inputs = read(all, edited(all, {{"web:1.0", "web:1.1"}}));
    const Scenario s = scenario_with(
        "1s select green, 2s scale green 7, 3s pause, 4s select old new, 5s undo 1, "
        "6s create blue 2 old, 7s select blue, 8s select none",
        inputs);
    const Setup setup = setup_of(s, 0);
    REQUIRE(setup.actions.size() == 8);
    CHECK(std::get<move::Expose>(setup.actions[0].what).versions == std::vector<std::size_t>{2});
    CHECK(std::get<move::Scale>(setup.actions[1].what).workload == 1);
    CHECK(std::get<move::Pause>(setup.actions[2].what).workload == 0);
    CHECK(std::get<move::Expose>(setup.actions[3].what).versions == std::vector<std::size_t>{0, 1});
    CHECK(std::get<move::Undo>(setup.actions[4].what).to_revision == 1);
    CHECK(std::get<move::Create>(setup.actions[5].what).workload == 2);
    CHECK(std::get<move::Create>(setup.actions[5].what).made_of.version == 3);
    CHECK(std::get<move::Expose>(setup.actions[6].what).versions == std::vector<std::size_t>{3});
    CHECK(std::get<move::Expose>(setup.actions[7].what).versions.empty());
    CHECK(setup.revisions.size() == 4);

    CHECK_THROWS_WITH_AS(setup_of(scenario_with("1s select gren", inputs), 0),
                         "'gren' is neither a version nor a workload", BadValue);
}

TEST_CASE("a file that is applied later is a revision of its own, or one that ran before") {
    const std::string text = content("web.yaml");
    const Temporary folder;
    InputRequest request;
    request.from = {folder.write("old.yaml", text)};
    request.to = {folder.write("new.yaml", edited(text, {{"web:1.0", "web:1.1"}}))};
    const std::string third = folder.write(
        "third.yaml", edited(text, {{"web:1.0", "web:3"}, {"replicas: 4", "replicas: 9"}}));
    const std::string back = folder.write("back.yaml", edited(text, {{"# A", "# The old"}}));
    request.base.actions =
        Text<ActionList>::parse(fmt::format("5s apply {}, 9s apply {} 6", third, back));
    const Inputs inputs = read_inputs(request);
    const Setup setup = setup_of(inputs.workloads.at(0), 0);
    REQUIRE(setup.actions.size() == 2);
    const auto& first = std::get<move::Apply>(setup.actions[0].what);
    CHECK(first.made_of.version == 2);
    CHECK(first.replicas == std::optional(9));
    const auto& second = std::get<move::Apply>(setup.actions[1].what);
    CHECK(second.made_of.version == 0);
    CHECK(second.replicas == std::optional(6));
}

TEST_CASE("the Service's selector decides who gets the requests") {
    const std::string text = content("web.yaml");
    const auto cut = text.find("---\n");
    const auto named = [&](const std::string& colour) {
        return edited(text.substr(0, cut), {{"  name: web", "  name: web-" + colour},
                                            {"version: v1", "version: " + colour}});
    };
    const std::string service = text.substr(cut + 4);
    const auto version = [&](const std::string& deployments, const std::string& colour) {
        return deployments + "---\n" +
               edited(service, {{"    app: web\n", "    app: web\n    version: " + colour + "\n"}});
    };
    const std::string blue = named("blue");
    const std::string both = blue + "---\n" + named("green");
    const auto lost = [&](const std::string& before, const std::string& after,
                          const std::string& actions) {
        Scenario s = read(before, after).workloads.at(0);
        if (!actions.empty()) s.actions = Text<ActionList>::parse(actions);
        s.runs = 5;
        s.observe = std::chrono::seconds{60};
        const Experiment e = run_experiment(s);
        return std::pair(e.spread("requests.failed")->mean, e.spread("requests.total")->mean);
    };
    // Both stand: the switch is atomic.
    const auto atomic = lost(version(both, "blue"), version(both, "green"), "");
    CHECK(atomic.first == 0);
    CHECK(atomic.second > 5000);
    // Green is made by the same apply: too early.
    const auto early = lost(version(blue, "blue"), version(both, "green"), "");
    CHECK(early.first > 300);
    CHECK(early.first < early.second / 2);
    // Green is broken: lost until it is switched back.
    const auto broken =
        lost(version(both, "blue"), version(both, "green"), "0s fail 4 web-green, 20s select old");
    CHECK(broken.first > 500);
    CHECK(broken.first < early.second / 2);
    const auto forever = lost(version(both, "blue"), version(both, "green"), "0s fail 4 web-green");
    CHECK(forever.first > broken.first);
}

TEST_CASE("a selector that matches nobody is an outage that does not end") {
    const std::string text = content("web.yaml");
    Scenario s =
        read(text, edited(text, {{"  selector:\n    app: web", "  selector:\n    app: wbe"}}))
            .workloads.at(0);
    s.runs = 5;
    const Experiment e = run_experiment(s);
    CHECK(e.spread("downtime.total_s")->mean > 40);
    CHECK(e.spread("requests.failed")->mean > 4000);
}

TEST_CASE("two Deployments behind one Service share its requests pod for pod") {
    const std::string text = content("web.yaml");
    const auto cut = text.find("---\n");
    const std::string canary = edited(text.substr(0, cut), {{"  name: web", "  name: canary"},
                                                            {"replicas: 4", "replicas: 1"},
                                                            {"version: v1", "version: v2"}});
    const Temporary folder;
    InputRequest request;
    request.files = {folder.write("all.yaml", text + "---\n" + canary)};
    const Inputs inputs = read_inputs(request);
    REQUIRE(inputs.workloads.size() == 2);
    Scenario s = inputs.workloads[0];
    REQUIRE(s.companions.size() == 1);
    CHECK(s.companions[0].name == "deployment/canary");
    s.strategy = "none";
    s.visits = 20'000;
    s.runs = 1;
    const Experiment e = run_experiment(s);
    REQUIRE(e.detail.pods.size() == 5);
    std::uint64_t least = 20'000;
    for (const PodLife& pod : e.detail.pods) least = std::min(least, pod.visits);
    CHECK(least > 3'700);
    CHECK(pod_name(e.scenario, e.detail.pods[4]).starts_with("canary-"));
}
