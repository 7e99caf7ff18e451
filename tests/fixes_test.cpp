// The fix that a plan prints is written into the manifest as it says, and the manifest read again:
// then the rollout must be the one that was promised, to the last digit.
#include "scenarios/experiments/advice.hpp"
#include "scenarios/manifests/inputs.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/text/document.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace stratsim;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> lines_of_file(const std::string& file) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::size_t indent_of(const std::string& line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

/// Where the entry that begins at `from` ends in a line of braces.
std::size_t end_in_flow(const std::string& line, std::size_t from) {
    int depth = 0;
    for (std::size_t at = from; at < line.size(); ++at) {
        const char c = line[at];
        if (c == '{' || c == '[') ++depth;
        if (depth == 0 && (c == ',' || c == '}')) return at;
        if (c == '}' || c == ']') --depth;
    }
    return line.size();
}

bool is_in_flow(const std::string& front) {
    return std::ranges::count(front, '{') > std::ranges::count(front, '}');
}

/// As a person would: the entry goes before, or in place of, the one at the place.
void write_into(std::vector<std::string>& lines, const Edit& edit) {
    const auto at = static_cast<std::size_t>(edit.at.line - 1);
    REQUIRE(at < lines.size());
    std::string& line = lines[at];
    const auto column = static_cast<std::size_t>(edit.at.column - 1);
    REQUIRE(column < line.size());
    const std::string front = line.substr(0, column);
    // Further lines of a document in braces do not show it by themselves.
    const bool flow = is_in_flow(front) || lines.front().starts_with("{");
    if (edit.how == Edit::How::add) {
        if (flow) {
            line.insert(column, edit.yaml + ", ");
        } else {
            const std::string rest = std::string(column, ' ') + line.substr(column);
            line = front + edit.yaml;
            lines.insert(lines.begin() + edit.at.line, rest);
        }
        return;
    }
    if (flow) {
        line.replace(column, end_in_flow(line, column) - column, edit.yaml);
        return;
    }
    line = front + edit.yaml;
    std::size_t end = at + 1;
    while (end < lines.size() && (indent_of(lines[end]) > column || lines[end].empty())) ++end;
    lines.erase(lines.begin() + edit.at.line, lines.begin() + static_cast<std::ptrdiff_t>(end));
}

std::vector<Scenario> workloads_of(const std::string& file) {
    Scenario base;
    base.runs = 4;
    return read_inputs({.files = {file}, .recursive = false, .workload = "", .base = base})
        .workloads;
}

std::vector<std::string> manifests() {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator("tests/data/manifests"))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
    std::ranges::sort(files);
    REQUIRE(files.size() >= 6);
    return files;
}

/// The workload of the file after the edits were made.
Scenario mended(const std::string& file, std::vector<Edit> edits, const std::string& name) {
    // From the end of the file on, so that what was found before an edit stays where it is.
    std::ranges::stable_sort(edits, [](const Edit& a, const Edit& b) {
        return std::pair(a.at.line, a.at.column) > std::pair(b.at.line, b.at.column);
    });
    std::vector<std::string> lines = lines_of_file(file);
    for (Edit& edit : edits) {
        const auto open = edit.yaml.find("PORT");
        if (open != std::string::npos) edit.yaml.replace(open, 4, "8080");
        write_into(lines, edit);
    }
    const fs::path copy = fs::temp_directory_path() / ("stratsim-mended-" + name + ".yaml");
    {
        std::ofstream out(copy);
        for (const std::string& line : lines) out << line << '\n';
    }
    const std::vector<Scenario> list = workloads_of(copy.string());
    fs::remove(copy);
    const auto found = std::ranges::find(list, name, &Scenario::name);
    REQUIRE(found != list.end());
    return *found;
}

}  // namespace

TEST_CASE("a fix that is written into its manifest does what was promised, to the last digit") {
    std::size_t fixes = 0;
    std::size_t replaced = 0;
    for (const std::string& file : manifests()) {
        for (const Scenario& scenario : workloads_of(file)) {
            INFO(file, " ", scenario.name);
            const Experiment now = run_experiment(scenario, 1);
            if (!needs_mending(now)) continue;
            const Advice advice = advise(now, 1);
            if (scenario.name == "wiki") {
                CHECK(!advice.remedy);  // two pods must not write to its disk
                continue;
            }
            REQUIRE(advice.remedy);
            const std::vector<Edit>& edits = advice.remedy->edits;
            REQUIRE(!edits.empty());
            const bool by_hand = std::ranges::count(edits, Edit::How::by_hand, &Edit::how) > 0;
            for (const Edit& edit : edits) CHECK(edit.at.file == file);
            if (by_hand) continue;
            const Experiment again = run_experiment(mended(file, edits, scenario.name), 1);
            for (const char* path : {"requests.failed", "requests.total", "rollout.duration_s",
                                     "cost.extra_pod_seconds", "downtime.total_s"}) {
                INFO(path);
                const auto promised = advice.remedy->after.spread(path);
                const auto found = again.spread(path);
                REQUIRE(promised);
                REQUIRE(found);
                CHECK(promised->mean == found->mean);
                CHECK(promised->max == found->max);
            }
            ++fixes;
            replaced +=
                static_cast<std::size_t>(std::ranges::count(edits, Edit::How::replace, &Edit::how));
        }
    }
    CHECK(fixes >= 6);
    CHECK(replaced >= 4);
}

TEST_CASE("a hook that does more than sleep is not written over") {
    const auto list = workloads_of("tests/data/manifests/databases.yaml");
    const Advice advice = advise(run_experiment(list.front(), 1), 1);
    REQUIRE(advice.remedy);
    const Edit& edit = advice.remedy->edits.front();
    CHECK(edit.how == Edit::How::by_hand);
    CHECK(edit.at.line == 31);
    CHECK(edit.yaml.ends_with("s first, then what it does now"));
}

TEST_CASE("a probe takes the port of its container, then of the Service, then asks for it") {
    const auto yaml_of = [](const std::string& file, std::size_t index) {
        const Advice advice = advise(run_experiment(workloads_of(file).at(index), 1), 1);
        std::string all;
        if (advice.remedy)
            for (const Edit& edit : advice.remedy->edits) all += edit.yaml + "\n";
        return all;
    };
    const auto has = [](const std::string& text, std::string_view part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(has(yaml_of("tests/data/manifests/shop.yaml", 1), "port: grpc}"));
    CHECK(has(yaml_of("tests/data/manifests/recreate.yaml", 1), "port: web}"));
    CHECK(has(yaml_of("tests/data/manifests/databases.yaml", 1), "port: PORT}"));
}
