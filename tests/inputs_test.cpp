// From files and flags to workloads: what wins, what is chosen, and what is wrong with all of it.
#include "scenarios/manifests/inputs.hpp"

#include "scenarios/settings/fields.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

using namespace stratsim;
using std::chrono::seconds;

namespace fs = std::filesystem;

namespace {

/// A directory that is gone at the end of the test.
class Folder {
  public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "stratsim-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        const fs::path file = path_ / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
        return file.string();
    }
    std::string path() const { return path_.string(); }

  private:
    fs::path path_;
};

/// Standard input comes from a file for as long as this lives.
class StandardInput {
  public:
    explicit StandardInput(const std::string& file) : before_(::dup(0)) {
        const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        REQUIRE(opened >= 0);
        ::dup2(opened, 0);
        ::close(opened);
    }
    ~StandardInput() {
        ::dup2(before_, 0);
        ::close(before_);
    }
    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

  private:
    int before_;
};

std::string workload(const std::string& kind, const std::string& name,
                     const std::string& settings = "replicas: 3") {
    return fmt::format(
        "---\napiVersion: apps/v1\nkind: {}\nmetadata: {{name: {}}}\nspec:\n  {}\n"
        "  template: {{metadata: {{labels: {{app: {}}}}}, spec: {{containers: [{{name: a}}]}}}}\n",
        kind, name, settings, name);
}

InputRequest request_for(std::vector<std::string> files) {
    InputRequest request;
    request.files = std::move(files);
    return request;
}

void give_flag(InputRequest& request, const std::string& word, const std::string& text) {
    find_field(word)->set(request.base, text);
    request.base.origins[word] = {.kind = SourceKind::flag, .file = "", .line = 0, .column = 0};
}

/// What is wrong with a request, without the directory that the files happen to be in.
std::string complaints_about(const InputRequest& request, const Folder& folder) {
    try {
        read_inputs(request);
    } catch (const InputErrors& errors) {
        std::string text = render(errors.diagnostics());
        const std::string prefix = folder.path() + "/";
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
            text.erase(at, prefix.size());
        }
        return text;
    }
    return "nothing";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string names_of(const Inputs& inputs) {
    std::string names;
    for (const Scenario& one : inputs.workloads) names += (names.empty() ? "" : " ") + one.name;
    return names;
}

}  // namespace

TEST_CASE("without a file the one workload is that of the flags") {
    InputRequest request;
    give_flag(request, "pods", "7");
    const Inputs inputs = read_inputs(request);
    CHECK_FALSE(inputs.any_file);
    REQUIRE(inputs.workloads.size() == 1);
    CHECK(inputs.workloads[0].pods == 7);
    CHECK(inputs.workloads[0].from.empty());
    CHECK(inputs.workloads[0].old_version.ready_when == ReadyWhen::booted);
}

TEST_CASE("flags that contradict each other are complained about without a place") {
    InputRequest request;
    request.base.strategy = "rolling";
    give_flag(request, "max-surge", "0");
    give_flag(request, "max-unavailable", "0");
    const Folder folder;
    CHECK(contains(complaints_about(request, folder),
                   "max-surge 0 and max-unavailable 0 leave no room to move"));
    CHECK_FALSE(contains(complaints_about(request, folder), "in "));
}

TEST_CASE("all workloads of a file are read in order") {
    const Folder folder;
    const Inputs inputs = read_inputs(request_for(
        {folder.write("all.yaml", workload("Deployment", "web") + workload("StatefulSet", "db"))}));
    CHECK(inputs.any_file);
    CHECK(names_of(inputs) == "web db");
    CHECK(inputs.workloads[1].kind == WorkloadKind::statefulset);
    CHECK(inputs.workloads[0].strategy == "rolling");
}

TEST_CASE("a directory stands for its manifests, sorted by name") {
    const Folder folder;
    folder.write("b.yml", workload("Deployment", "b"));
    folder.write("a.yaml", workload("Deployment", "a"));
    folder.write("c.json", R"({"kind": "ConfigMap", "metadata": {"name": "c"}})");
    folder.write("notes.txt", "{{{");
    folder.write("values.yaml", "image: web\n");
    folder.write("deeper/d.yaml", workload("Deployment", "d"));
    folder.write(".git/e.yaml", "{{{");
    InputRequest request = request_for({folder.path()});
    const Inputs flat = read_inputs(request);
    CHECK(names_of(flat) == "a b");
    REQUIRE(flat.remarks.size() == 1);
    CHECK(contains(flat.remarks[0], "passed over: 1 ConfigMap ("));
    CHECK(contains(flat.remarks[0], "/c.json:1), 1 without kind ("));
    request.recursive = true;
    CHECK(names_of(read_inputs(request)) == "a b d");
}

TEST_CASE("a directory without manifests is refused") {
    const Folder folder;
    folder.write("deeper/d.yaml", workload("Deployment", "d"));
    InputRequest request = request_for({folder.path()});
    CHECK(contains(complaints_about(request, folder), "error: no manifest in '"));
    CHECK(contains(complaints_about(request, folder), "add -R to look further down"));
}

TEST_CASE("a file that is named twice is read once") {
    const Folder folder;
    const std::string file = folder.write("web.yaml", workload("Deployment", "web"));
    CHECK(names_of(read_inputs(request_for({file, folder.path(), file}))) == "web");
}

TEST_CASE("standard input is a file as well") {
    const Folder folder;
    const StandardInput input(folder.write("web.yaml", workload("Deployment", "web")));
    const Inputs inputs = read_inputs(request_for({"-", "-"}));
    REQUIRE(names_of(inputs) == "web");
    CHECK(inputs.workloads[0].from == "<stdin>:2");
}

TEST_CASE("a named file without a kind is refused") {
    const Folder folder;
    CHECK(contains(
        complaints_about(request_for({folder.write("values.yaml", "image: web\n")}), folder),
        "values.yaml:1:1: error: without a kind this is no Kubernetes object and no scenario "
        "[kind]\n"
        "   1 | image: web\n"
        "     | ^ write kind: Deployment, or kind: Scenario\n"));
}

TEST_CASE("an empty file is remarked") {
    const Folder folder;
    const Inputs inputs = read_inputs(request_for({folder.write("web.yaml", "# later\n")}));
    CHECK(inputs.any_file);
    CHECK(inputs.workloads.empty());
    REQUIRE(inputs.remarks.size() == 1);
    CHECK(contains(inputs.remarks[0], "web.yaml is empty"));
}

TEST_CASE("files without a workload are no mistake") {
    const Folder folder;
    const Inputs inputs = read_inputs(request_for({folder.write(
        "pdb.yaml", "kind: PodDisruptionBudget\nmetadata: {name: web}\n---\nkind: ConfigMap\n")}));
    CHECK(inputs.any_file);
    CHECK(inputs.workloads.empty());
    REQUIRE(inputs.remarks.size() == 1);
    CHECK(contains(inputs.remarks[0], "1 PodDisruptionBudget ("));
}

TEST_CASE("the mistakes of all files are found in one run") {
    const Folder folder;
    const InputRequest request =
        request_for({folder.write("a.yaml", workload("Deployment", "a", "replicas: -1")),
                     folder.write("b.yaml", "kind: Scenario\npodz: 3\nusers: 0\n"),
                     folder.write("c.yaml", "a: [\n"), folder.path() + "/missing.yaml"});
    const std::string text = complaints_about(request, folder);
    CHECK(contains(text, "cannot read"));
    CHECK(contains(text, "a.yaml:6:13: error: 'replicas' must be 0 to"));
    CHECK(contains(text, "b.yaml:2:1: error: unknown key 'podz'"));
    CHECK(contains(text, "b.yaml:3:8: error: users must be 1 to"));
    CHECK(contains(text, "c.yaml:"));
}

TEST_CASE("two files may each have a workload of one name: they are two applications") {
    const Folder folder;
    const InputRequest request =
        request_for({folder.write("a.yaml", workload("Deployment", "web")),
                     folder.write("b.yaml", workload("Deployment", "web"))});
    CHECK(read_inputs(request).workloads.size() == 2);
}

TEST_CASE("a flag outweighs a scenario, a scenario a manifest, a manifest the default") {
    const Folder folder;
    folder.write("web.yaml", workload("Deployment", "web", "replicas: 3\n  minReadySeconds: 9"));
    const std::string scenario = folder.write(
        "lab.yaml", "kind: Scenario\nmanifests: web.yaml\npods: 5\nusers: 20\nrate: 30/s\n");
    InputRequest request = request_for({scenario});
    const Inputs without_flag = read_inputs(request);
    REQUIRE(without_flag.workloads.size() == 1);
    CHECK(without_flag.workloads[0].pods == 5);
    CHECK(without_flag.workloads[0].min_ready == seconds{9});
    CHECK(without_flag.workloads[0].origins.find("pods")->second.kind == SourceKind::file);
    CHECK(without_flag.workloads[0].origins.find("min-ready")->second.kind == SourceKind::manifest);
    give_flag(request, "pods", "8");
    give_flag(request, "min-ready", "1s");
    const Inputs with_flag = read_inputs(request);
    CHECK(with_flag.workloads[0].pods == 8);
    CHECK(with_flag.workloads[0].min_ready == seconds{1});
    CHECK(with_flag.workloads[0].users == 20);
    CHECK(with_flag.workloads[0].origins.find("pods")->second.kind == SourceKind::flag);
    CHECK_FALSE(with_flag.workloads[0].given("boot"));
}

TEST_CASE("a scenario is about its own manifests and those on the command line") {
    const Folder folder;
    folder.write("own.yaml", workload("Deployment", "own"));
    const std::string scenario =
        folder.write("lab.yaml", "kind: Scenario\nmanifests: [own.yaml]\nusers: 20\n");
    const std::string other = folder.write("other.yaml", workload("Deployment", "other"));
    const Inputs inputs = read_inputs(request_for({scenario, other}));
    CHECK(names_of(inputs) == "other own");
    CHECK(inputs.workloads[0].users == 20);
    CHECK(names_of(read_inputs(request_for({scenario, folder.path() + "/own.yaml"}))) == "own");
}

TEST_CASE("several scenarios give an entry each") {
    const Folder folder;
    const std::string web = folder.write("web.yaml", workload("Deployment", "web"));
    const std::string both =
        folder.write("lab.yaml", "kind: Scenario\nusers: 20\n---\nkind: Scenario\nusers: 30\n");
    const Inputs alone = read_inputs(request_for({both}));
    REQUIRE(alone.workloads.size() == 2);
    CHECK(alone.workloads[1].users == 30);
    CHECK(contains(alone.workloads[1].from, "lab.yaml:4"));
    const Inputs inputs = read_inputs(request_for({both, web}));
    CHECK(names_of(inputs) == "web web");
    CHECK(inputs.workloads[0].users == 20);
    CHECK(inputs.workloads[1].users == 30);
}

TEST_CASE("a mistake in a manifest that two scenarios share is told once") {
    const Folder folder;
    const std::string web =
        folder.write("web.yaml", workload("Deployment", "web", "replicas: many"));
    const std::string both = folder.write("lab.yaml", "kind: Scenario\n---\nkind: Scenario\n");
    CHECK(contains(complaints_about(request_for({both, web}), folder), "1 error in"));
}

TEST_CASE("a scenario that names a missing file is shown where it does") {
    const Folder folder;
    const std::string scenario =
        folder.write("lab.yaml", "kind: Scenario\nmanifests:\n  - gone.yaml\n");
    CHECK(contains(complaints_about(request_for({scenario}), folder),
                   "lab.yaml:3:5: error: cannot read"));
}

TEST_CASE("a scenario chooses a workload of its manifests") {
    const Folder folder;
    folder.write("all.yaml", workload("Deployment", "web") + workload("StatefulSet", "db"));
    const auto names = [&](const std::string& chosen) {
        return names_of(read_inputs(request_for(
            {folder.write("lab.yaml", "kind: Scenario\nmanifests: all.yaml\n" + chosen)})));
    };
    CHECK(names("") == "web db");
    CHECK(names("workload: sts/db\n") == "db");
    CHECK(names("workload: {name: web}\n") == "web");
    const auto complaint = [&](const std::string& text) {
        return complaints_about(request_for({folder.write("lab.yaml", text)}), folder);
    };
    CHECK(contains(complaint("kind: Scenario\nmanifests: all.yaml\nworkload: deploy/wep\n"),
                   "lab.yaml:3:11: error: no workload is called 'deploy/wep' [workload]\n"
                   "   3 | workload: deploy/wep\n"
                   "     |           ^^^^^^^^^^ did you mean 'deployment/web'? there are "
                   "deployment/web, statefulset/db\n"));
    CHECK(contains(complaint("kind: Scenario\nworkload: deploy/web\n"),
                   "lab.yaml:2:11: error: no manifest describes 'deploy/web'"));
}

TEST_CASE("a workload is chosen by the names that kubectl takes") {
    const Folder folder;
    InputRequest request = request_for(
        {folder.write("all.yaml", workload("Deployment", "web") + workload("StatefulSet", "web") +
                                      workload("Deployment", "api"))});
    const auto kinds = [&](const std::string& chosen) {
        request.workload = chosen;
        std::string text;
        for (const Scenario& one : read_inputs(request).workloads) {
            text += one.kind == WorkloadKind::deployment ? "d" : "s";
        }
        return text;
    };
    for (const char* name : {"deploy/web", "deployment/web", "deployments/web", "Deployment/web",
                             "deployment.apps/web", "deployments.v1.apps/web"}) {
        CAPTURE(name);
        CHECK(kinds(name) == "d");
    }
    for (const char* name : {"sts/web", "statefulset/web", "statefulsets.apps/web"}) {
        CAPTURE(name);
        CHECK(kinds(name) == "s");
    }
    CHECK(kinds("web") == "ds");
    CHECK(kinds("api") == "d");
    request.workload = "deploy/apo";
    CHECK(complaints_about(request, folder) ==
          "error: --workload deploy/apo matches no workload; did you mean 'deployment/api'? there "
          "are deployment/web, statefulset/web, deployment/api\n");
    request.workload = "ds/web";
    CHECK(contains(complaints_about(request, folder), "write deploy/NAME or sts/NAME"));
    request.files.clear();
    CHECK(contains(complaints_about(request, folder), "--workload ds/web has no file to look in"));
}

TEST_CASE("contradictions are shown at the setting in the file") {
    const Folder folder;
    const std::string scenario = folder.write(
        "lab.yaml", "kind: Scenario\nstrategy: none\ntraffic:\n  rate: 10/s\n  load: 50%\n");
    const std::string text = complaints_about(request_for({scenario}), folder);
    CHECK(contains(text, "lab.yaml:5:9: error: rate and load both say how many requests come"));
    CHECK(contains(text, "lab.yaml:2:11: error: to stand still has no end of its own"));
}

TEST_CASE("a contradiction is not guessed at while a value cannot be read") {
    const Folder folder;
    const std::string scenario =
        folder.write("lab.yaml", "kind: Scenario\nstrategy: none\nvisits: lots\nusers: 0\n");
    const std::string text = complaints_about(request_for({scenario}), folder);
    CHECK_FALSE(contains(text, "to stand still"));
    CHECK(contains(text, "lab.yaml:4:8: error: users must be"));
    CHECK(contains(text, "2 errors in lab.yaml"));
}

TEST_CASE("a scenario inside a list is a scenario") {
    const Folder folder;
    const Inputs inputs = read_inputs(request_for(
        {folder.write("lab.yaml", "kind: List\nitems:\n  - kind: Scenario\n    pods: 9\n")}));
    REQUIRE(inputs.workloads.size() == 1);
    CHECK(inputs.workloads[0].pods == 9);
}

TEST_CASE("every scenario of the library reads") {
    const char* root = std::getenv("SOURCE_DIR");
    const fs::path library = fs::path(root == nullptr ? "." : root) / "scenarios";
    int scenarios = 0;
    for (const auto& entry : fs::recursive_directory_iterator(library)) {
        if (entry.path().extension() != ".yaml") continue;
        const std::string file = entry.path().string();
        CAPTURE(file);
        ++scenarios;
        try {
            const Inputs inputs = read_inputs(request_for({file}));
            CHECK(inputs.workloads.size() == 1);
            CHECK(inputs.remarks.empty());
        } catch (const InputErrors& errors) {
            FAIL_CHECK(render(errors.diagnostics()));
        }
    }
    CHECK(scenarios >= 6);
}

TEST_CASE("the visits lab is the real StatefulSet with one person in front of it") {
    const char* root = std::getenv("SOURCE_DIR");
    const Inputs inputs = read_inputs(
        request_for({std::string(root == nullptr ? "." : root) + "/scenarios/visits-lab.yaml"}));
    REQUIRE(inputs.workloads.size() == 1);
    const Scenario& demo = inputs.workloads[0];
    CHECK(demo.name == "demo");
    CHECK(demo.kind == WorkloadKind::statefulset);
    CHECK(demo.pods == 2);
    CHECK(demo.volume == VolumeKind::per_pod);
    CHECK(demo.users == 1);
    CHECK(demo.rate.per_second == 20);
    CHECK(demo.strategy == "rolling");
    CHECK(demo.remarks.empty());
}
