#include "scenarios/experiments/experiment.hpp"
#include "scenarios/manifests/inputs.hpp"
#include "scenarios/text/document.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>

using namespace stratsim;

TEST_CASE("in every scenario of the library each request ends once, for 20 seeds") {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
        if (entry.path().extension() != ".yaml") continue;
        const std::string file = entry.path().string();
        const auto documents = read_documents(file);
        const Node* kind = documents.front().root.find("kind");
        if (kind != nullptr && kind->text == "Scenario") files.push_back(file);
    }
    std::ranges::sort(files);
    REQUIRE(files.size() >= 15);
    for (const std::string& file : files) {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const Inputs inputs =
                read_inputs({.files = {file}, .recursive = false, .workload = "", .base = {}});
            REQUIRE_FALSE(inputs.workloads.empty());
            for (Scenario s : inputs.workloads) {
                s.seed = seed;
                s.runs = 1;
                const Experiment x = run_experiment(s, 1);
                INFO(file, " seed ", seed);
                CHECK(x.measures()["requests.succeeded"].value() +
                          x.measures()["requests.failed"].value() ==
                      x.measures()["requests.total"].value());
            }
        }
    }
}
