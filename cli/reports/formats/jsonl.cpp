#include "cli/reports/formats/json_number.hpp"
#include "cli/reports/report.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <range/v3/view/enumerate.hpp>

// A line for every run and every expectation: for tools that read as they go. Undefined is null.

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

Json head(std::string_view type, const Experiment& e, std::string_view release) {
    return {{"type", type},
            {"strategy", e.scenario.strategy},
            {"workload", e.scenario.name},
            {"from", e.scenario.from.empty() ? Json(nullptr) : Json(e.scenario.from)},
            {"release", release},
            {"seed", e.scenario.seed.number}};
}

std::string line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string lines_of(const Experiment& e, std::string_view release) {
    std::string text;
    for (auto&& [i, measures] : ranges::views::enumerate(e.runs)) {
        Json run = head("run", e, release);
        run["run"] = i;
        run["outcome"] = i < e.outcomes.size() ? Json(name_of(e.outcomes[i])) : Json(nullptr);
        for (const Measure& measure : measures.list())
            run["measures"][std::string(measure.path)] = json_number(measure.value);
        text += line(run);
    }
    for (const Judgment& j : e.judgments) {
        Json expectation = head("expectation", e, release);
        expectation["text"] = j.expectation.text;
        expectation["value"] = json_number(j.value);
        expectation["low"] = json_number(j.low);
        expectation["high"] = json_number(j.high);
        expectation["verdict"] = name_of(j.verdict);
        text += line(expectation);
    }
    return text;
}

}  // namespace

std::string jsonl_report(const Result& result, const Screen&) {
    std::string text;
    const bool both = !result.good.empty();
    for (const Experiment& e : result.good) text += lines_of(e, "good");
    for (const Experiment& e : result.experiments) text += lines_of(e, both ? "bad" : "given");
    return text;
}

}  // namespace stratsim
