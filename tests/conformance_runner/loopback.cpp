#include "tests/conformance_runner/loopback.hpp"

#include "tests/conformance_runner/kinds.hpp"

#include <filesystem>
#include <fstream>
#include <map>

// Rollouts and visits that were run behind real balancers, in one folder: SUMMARY*.json and A*.json
// hold the cases, R*.json the raw repetitions of the rollouts.

namespace {

using namespace stratsim::conformance;
using Json = nlohmann::json;
using Paths = std::vector<std::filesystem::path>;

std::string describe(const Json& cfg) {
    std::string text;
    for (const char* field : {"Exp", "Case", "LB", "Mode", "Algo", "Pods", "Weights", "Pattern",
                              "ClientNet", "Counter", "GapMs", "SlowPodMs", "N", "Seed"}) {
        if (!cfg.contains(field)) continue;
        const Json& value = cfg[field];
        text += (text.empty() ? "" : " ") +
                (value.is_string() ? value.get<std::string>() : value.dump());
    }
    return text;
}

class Score {
  public:
    template <class Check>
    void judge(const Json& cfg, Check&& check) {
        Findings found;
        try {
            check(found);
        } catch (const std::exception& problem) {
            found.unknown(problem.what());
        }
        count(found, describe(cfg));
    }
    void cannot_read(const std::filesystem::path& file, const char* problem) {
        Findings found;
        found.unknown(problem);
        count(found, file.filename().string());
    }

    int passed = 0;
    int failed = 0;

  private:
    void count(const Findings& found, const std::string& what) {
        (found.good() ? passed : failed) += 1;
        if (!found.good()) fmt::print("FAIL {}{}\n", what, found.list());
        std::fflush(stdout);
    }
};

/// The raw repetitions, by experiment and case.
using Raw = std::map<std::pair<std::string, std::string>, Json>;

std::pair<std::string, std::string> name_of(const Json& cfg) {
    return {cfg.value("Exp", ""), cfg.value("Case", "")};
}

/// The cases of a file, which is a list; the problem is counted if it is not.
Json cases_of(const std::filesystem::path& path, Score& score) {
    try {
        std::ifstream file(path);
        Json cases = Json::parse(file);
        if (cases.is_array()) return cases;
        score.cannot_read(path, "no list of cases");
    } catch (const std::exception& problem) {
        score.cannot_read(path, problem.what());
    }
    return Json::array();
}

Raw raw_of(const Paths& paths, Score& score) {
    Raw raw;
    for (const auto& path : paths) {
        for (const Json& c : cases_of(path, score)) {
            Json& all = raw[name_of(c.at("Cfg"))];
            for (const Json& repetition : c.at("Reps")) all.push_back(repetition);
        }
    }
    return raw;
}

}  // namespace

int loopback(const std::string& dir) {
    Paths summaries;
    Paths visits;
    Paths repetitions;
    Score score;
    for (const auto& entry : std::filesystem::directory_iterator(dir)) {
        if (entry.path().extension() != ".json") continue;
        const std::string name = entry.path().filename().string();
        if (name.starts_with("SUMMARY")) {
            summaries.push_back(entry.path());
        } else if (name.starts_with("A")) {
            visits.push_back(entry.path());
        } else if (name.starts_with("R")) {
            repetitions.push_back(entry.path());
        } else {
            score.cannot_read(entry.path(), "neither SUMMARY*, A* nor R*");
        }
    }
    for (Paths* paths : {&summaries, &visits, &repetitions}) std::ranges::sort(*paths);

    const Raw raw = raw_of(repetitions, score);
    Totals totals;
    for (const auto& path : summaries) {
        for (const Json& c : cases_of(path, score)) {
            const Json& cfg = c.contains("cfg") ? c["cfg"] : c;
            const auto same = raw.find(name_of(cfg));
            const Json* reps = same == raw.end() ? nullptr : &same->second;
            score.judge(cfg, [&](Findings& found) { judge_rollout(found, c, reps, totals); });
        }
    }
    for (const auto& path : visits) {
        for (const Json& c : cases_of(path, score)) {
            score.judge(c.contains("Cfg") ? c["Cfg"] : c,
                        [&](Findings& found) { judge_visits(found, c); });
        }
    }
    if (totals.predicted > 0) {
        const double ratio = totals.measured / totals.predicted;
        fmt::print("failed requests, all rollouts: measured / predicted = {:.3f}{}\n", ratio,
                   ratio < 0.96 || ratio > 1.04 ? " OUTSIDE 0.96 to 1.04" : "");
    }
    fmt::print("{} passed, {} failed\n", score.passed, score.failed);
    return score.failed == 0 ? 0 : 1;
}
