#include "cli/reports/formats/json_plan.hpp"

#include "cli/reports/formats/json_run.hpp"
#include "scenarios/experiments/paired.hpp"

#include <string>
#include <string_view>

namespace stratsim::json {

Json advice(const Advice& a) {
    Json object;
    object["tried"] = a.tried;
    object["remedy"] = nullptr;
    if (a.remedy) {
        Json& remedy = object["remedy"] = Json::object();
        for (const auto& [word, value] : a.remedy->settings) remedy["settings"][word] = value;
        remedy["edits"] = Json::array();
        for (const Edit& edit : a.remedy->edits)
            remedy["edits"].push_back(
                {{"how", name_of(edit.how)}, {"place", place(edit.at)}, {"yaml", edit.yaml}});
        remedy["spread"] = spreads(a.remedy->after);
    }
    object["sensitivity"] = Json::array();
    for (const Sway& sway : a.sways) {
        object["sensitivity"].push_back({{"name", sway.word},
                                         {"value", sway.value},
                                         {"tried", sway.doubled},
                                         {"lost", number(sway.lost)},
                                         {"change", number(sway.change)}});
    }
    object["margin"] = Json::array();
    for (const Hold& hold : a.holds) {
        object["margin"].push_back({{"name", hold.word},
                                    {"up_to", hold.value},
                                    {"factor", number(hold.factor)},
                                    {"beyond", hold.beyond},
                                    {"lost_at_most", number(a.limit)}});
    }
    return object;
}

Json later_releases(const ReleaseChange& change) {
    Json object{{"name", change.scenario.name},
                {"kind", Text<WorkloadKind>::print(change.scenario.kind)},
                {"effect", name_of(change.effect)}};
    object["changes"] = change.scenario.update->changes;
    object["now"] = change.now ? spreads(*change.now) : Json(nullptr);
    object["before"] = change.before ? spreads(*change.before) : Json(nullptr);
    object["after"] = change.after ? spreads(*change.after) : Json(nullptr);
    object["difference"] = nullptr;
    if (!change.before || !change.after) return object;
    for (const std::string_view path :
         {"requests.failed", "downtime.total_s", "rollout.duration_s", "cost.extra_pod_seconds"}) {
        const auto d = paired_difference(*change.before, *change.after, path);
        if (!d) continue;
        object["difference"][std::string(path)] = {{"mean", number(d->mean)},
                                                   {"low", number(d->interval.low)},
                                                   {"high", number(d->interval.high)},
                                                   {"confidence", confidence}};
    }
    return object;
}

}  // namespace stratsim::json
