#include "cli/reports/formats/json_plan.hpp"
#include "cli/reports/formats/json_run.hpp"
#include "cli/reports/formats/json_values.hpp"
#include "cli/reports/report.hpp"
#include "cli/reports/words/comparison.hpp"
#include "scenarios/experiments/paired.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The contract with programs.

namespace stratsim {

namespace json {

namespace {

Json differences(const std::vector<Experiment>& experiments) {
    std::vector<std::string_view> paths;
    for (const auto& [path, head] : compared_measures()) paths.push_back(path);
    Json list = Json::array();
    for (const Contrast& c : contrasts_of(experiments, paths)) {
        const PairedDifference& d = c.difference;
        list.push_back({{"of", experiments[c.second].scenario.strategy},
                        {"less", experiments[c.first].scenario.strategy},
                        {"path", c.path},
                        {"mean", number(d.mean)},
                        {"low", number(d.interval.low)},
                        {"high", number(d.interval.high)},
                        {"p", number(d.p)},
                        {"p_adjusted", number(c.p_adjusted)},
                        {"is_seen", d.is_seen()},
                        {"correlation", number(d.correlation)},
                        {"saving", number(d.saving)},
                        {"runs", d.runs},
                        {"confidence", confidence}});
    }
    return list;
}

void add_comparison(Json& root, const Result& result) {
    root["runs"] = run_objects(result.experiments);
    root["differences"] = differences(result.experiments);
    if (result.good.empty()) return;
    root["good"] = run_objects(result.good);
    root["good_differences"] = differences(result.good);
}

void add_test(Json& root, const Result& result) {
    root["pass"] = count_of(result, Verdict::pass);
    root["fail"] = count_of(result, Verdict::fail);
    root["undecided"] = count_of(result, Verdict::undecided);
    root["files"] = result.files;
    root["runs"] = run_objects(result.experiments);
}

void add_plan(Json& root, const Result& result) {
    root["to_fix"] = std::ranges::count_if(result.experiments, needs_mending);
    root["releases_per_month"] = number(result.releases_per_month);
    root["objective"] = number(result.objective);
    root["remarks"] = result.remarks;
    root["runs"] = run_objects(result.experiments);
    for (std::size_t i = 0; i < result.advice.size(); ++i)
        root["runs"][i]["advice"] = advice(result.advice[i]);
    if (!result.is_update) return;
    root["compared"] = result.compared;
    root["changes"] = Json::array();
    for (const ReleaseChange& change : result.changes)
        root["changes"].push_back(later_releases(change));
}

Json result_object(const Result& result) {
    Json root;
    switch (result.kind) {
        case Result::Kind::run:
            root = run_object(result.experiments.front());
            break;
        case Result::Kind::compare:
            root["schema"] = "stratsim.compare/v1";
            add_comparison(root, result);
            break;
        case Result::Kind::runs:
            root["schema"] = "stratsim.runs/v1";
            root["runs"] = run_objects(result.experiments);
            break;
        case Result::Kind::test:
            root["schema"] = "stratsim.test/v1";
            add_test(root, result);
            break;
        case Result::Kind::plan:
            root["schema"] = "stratsim.plan/v1";
            add_plan(root, result);
            break;
    }
    if (!result.partial.empty()) root["partial"] = result.partial;
    return root;
}

}  // namespace

}  // namespace json

std::string json_report(const Result& result, const Screen&) {
    // Names come from files and may be any bytes.
    return json::result_object(result).dump(2, ' ', false, json::Json::error_handler_t::replace) +
           "\n";
}

}  // namespace stratsim
