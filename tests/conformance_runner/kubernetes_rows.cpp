#include "scenarios/units.hpp"
#include "sim/conditions.hpp"
#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"
#include "strategies/proportional.hpp"
#include "strategies/rolling.hpp"
#include "tests/conformance_runner/kubernetes.hpp"

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <regex>

// The rows are put to the strategies directly: a strategy is a pure function of what it sees.

namespace stratsim::conformance {

namespace {

using Json = nlohmann::json;

/// A Kubernetes IntOrString; absent means 0, as in the controllers' own tests.
PodCount pods(const Json& value) {
    if (value.is_null()) return {0, false};
    if (value.is_number()) return {value.get<int>(), false};
    return Text<PodCount>::parse(value.get<std::string>());
}

/// A row by the names of its columns.
struct Row {
    const Json& columns;
    const Json& cells;

    const Json& operator[](const char* name) const {
        const auto at = std::ranges::find(columns, Json(name));
        if (at == columns.end()) throw std::runtime_error(fmt::format("no column {}", name));
        return cells[static_cast<std::size_t>(at - columns.begin())];
    }
    int number(const char* name) const { return (*this)[name].get<int>(); }
    std::vector<int> list(const char* name) const { return (*this)[name].get<std::vector<int>>(); }
};

Rolling rolling(const Row& row) {
    return {pods(row["maxSurge"]), pods(row["maxUnavailable"])};
}

RevisionSeen standing(int size, int available) {
    return {.size = size, .pods = size, .ready = available, .available = available};
}

Observed observe(int replicas, RevisionSeen fresh, std::vector<RevisionSeen> old) {
    Observed seen;
    seen.replicas = replicas;
    seen.new_revision = fresh;
    seen.old_revisions = std::move(old);
    return seen;
}

/// What a row should come to, and what it comes to.
struct Verdict {
    Json expected;
    Json found;
};

using Judge = std::function<Verdict(const Row&)>;

void judge_table(Tally& tally, const std::string& name, const Json& table, const Judge& judge) {
    for (const Json& cells : table["rows"]) {
        std::string problem;
        bool holds = false;
        try {
            const Verdict verdict = judge(Row{table["columns"], cells});
            holds = verdict.expected == verdict.found;
            problem =
                fmt::format("expected {}, found {}", verdict.expected.dump(), verdict.found.dump());
        } catch (const std::exception& failure) {
            problem = failure.what();
        }
        tally.judge(holds, fmt::format("{} {}: {}", name, cells.dump(), problem));
    }
}

Verdict fenceposts(const Row& row) {
    const int n = row.number("replicas");
    const Fenceposts posts =
        resolve_fenceposts(pods(row["maxSurge"]), pods(row["maxUnavailable"]), n);
    return {{row["surge"], row["unavailable"]}, {posts.surge, n - bounds_of(n, posts).least}};
}

Verdict step(const Row& row) {
    std::vector<RevisionSeen> old;
    const auto sizes = row.list("old");
    const auto available = row.list("oldAvailable");
    for (std::size_t i = 0; i < sizes.size(); ++i) old.push_back(standing(sizes[i], available[i]));
    const Observed seen = observe(row.number("replicas"),
                                  standing(row.number("new"), row.number("newAvailable")), old);
    const Desired d = rolling(row).decide(seen);
    const char* action = d.new_size != seen.new_revision.size ? "new"
                         : d.old_sizes != sizes               ? "old"
                                                              : "none";
    return {{row["action"], row["newAfter"], row["oldAfter"]}, {action, d.new_size, d.old_sizes}};
}

/// Scales sets listed newest first, as the tables have them.
Verdict scale(const Json& fresh, std::vector<int> old, SizedFor before, Bounds after,
              const Json& expected_new, const Json& expected_old,
              std::optional<int> failed_update = {}) {
    Observed seen =
        observe(after.replicas, standing(fresh.is_null() ? 0 : fresh.get<int>(), 0), {});
    seen.new_revision.exists = !fresh.is_null();
    seen.new_revision.sized_for = before;
    for (auto size = old.rbegin(); size != old.rend(); ++size) {
        seen.old_revisions.push_back(standing(*size, 0));
        seen.old_revisions.back().sized_for = before;
    }
    if (failed_update)
        seen.old_revisions.back().sized_for = SizedFor{*failed_update, *failed_update};
    const Desired d = scale_sets(seen, after, Sharing::proportional);
    return {{expected_new, expected_old},
            {fresh.is_null() ? Json() : Json(d.new_size),
             std::vector<int>(d.old_sizes.rbegin(), d.old_sizes.rend())}};
}

Verdict scaling(const Row& row) {
    const int from = row.number("from");
    const int to = row.number("to");
    const auto at = [&](int n) {
        return bounds_of(n,
                         resolve_fenceposts(pods(row["maxSurge"]), pods(row["maxUnavailable"]), n));
    };
    return scale(row["new"], row.list("old"), {from, at(from).most}, at(to), row["newAfter"],
                 row["oldAfter"]);
}

/// A whole rollout without time: at every rest some of the new pods become available.
Verdict lockstep(const Row& row) {
    const Rolling strategy = rolling(row);
    const std::string mode = row["mode"];
    const int n = row.number("replicas");
    Observed seen = observe(n, standing(0, 0), {standing(n, n)});
    RevisionSeen& old = seen.old_revisions.front();
    RevisionSeen& fresh = seen.new_revision;
    Json states = Json::array();
    Json moves = Json::array();
    int peak = n;
    int least = n;
    for (int rest = 0; rest < 10 * (n + 1); ++rest) {
        for (;;) {
            const Desired d = strategy.decide(seen);
            if (d.new_size == fresh.size && d.old_sizes.front() == old.size) break;
            if (d.new_size != fresh.size) moves.push_back({"new", d.new_size});
            if (d.old_sizes.front() != old.size) moves.push_back({"old", d.old_sizes.front()});
            fresh.size = fresh.pods = d.new_size;
            old = standing(d.old_sizes.front(), d.old_sizes.front());
            peak = std::max(peak, fresh.size + old.size);
            least = std::min(least, fresh.available + old.available);
        }
        states.push_back({old.size, fresh.size, fresh.available});
        if (mode == "never" || fresh.available == fresh.size) break;
        fresh.available = fresh.ready = mode == "one" ? fresh.available + 1 : fresh.size;
    }
    return {{row["states"], row["moves"], row["peak"], row["minAvailable"]},
            {states, moves, peak, least}};
}

Verdict resolve(const Row& row) {
    try {
        const Fenceposts posts = resolve_fenceposts(
            pods(row["maxSurge"]), pods(row["maxUnavailable"]), row.number("desired"));
        return {{row["surge"], row["unavailable"], row["error"]},
                {posts.surge, posts.unavailable, false}};
    } catch (const BadValue&) {
        return {Json(row["error"]), Json(true)};
    }
}

Bounds with_unavailable(const Row& row) {
    const int n = row.number("replicas");
    return bounds_of(n, resolve_fenceposts({}, pods(row["maxUnavailable"]), n));
}

/// Judges of unit_tables.json by name; tables that are not here are for reading.
std::vector<std::pair<const char*, Judge>> unit_judges() {
    return {
        {"resolveFenceposts", resolve},
        {"newRSNewReplicas",
         [](const Row& row) -> Verdict {
             const int n = row.number("deploymentReplicas");
             const bool recreate = row["strategy"] == "Recreate";
             const int surge = pods(row["maxSurge"]).rounded_up(n);
             const int size = recreate ? n
                                       : grown(row.number("newRSReplicas"),
                                               row.number("otherRSReplicas"), n, n + surge);
             return {row["expectedNew"], size};
         }},
        {"maxUnavailable",
         [](const Row& row) -> Verdict {
             return {row["expected"], row.number("replicas") - with_unavailable(row).least};
         }},
        {"minAvailable",
         [](const Row& row) -> Verdict {
             return {row["expected"], with_unavailable(row).least};
         }},
        {"replicaSetFraction",
         [](const Row& row) -> Verdict {
             const Json& noted = row["maxReplicasAnnotation"];
             const int before =
                 noted.is_null() || noted == 0 ? row.number("statusReplicas") : noted.get<int>();
             const int n = row.number("deploymentReplicas");
             return {row["expectedFraction"],
                     fraction_of(row.number("rsReplicas"), before, n + row.number("maxSurge"), n)};
         }},
        {"reconcileNewReplicaSet",
         [](const Row& row) -> Verdict {
             const int fresh = row.number("new");
             const Observed seen = observe(row.number("replicas"), standing(fresh, 0),
                                           {standing(row.number("old"), 0)});
             const Desired d = Rolling{pods(row["maxSurge"]), {0, false}}.decide(seen);
             return {{row["scales"], row["expectedNew"]}, {d.new_size != fresh, d.new_size}};
         }},
        {"cleanupUnhealthyReplicas",
         [](const Row& row) -> Verdict {
             return {row["expectedCleanup"],
                     unhealthy_to_remove(standing(row.number("old"), row.number("availableOld")),
                                         row.number("maxCleanup"))};
         }},
        {"scaleDownOldForRollingUpdate",
         [](const Row& row) -> Verdict {
             const int old = row.number("old");
             const int left = old - healthy_to_remove(row.number("availableOld"),
                                                      with_unavailable(row).least, old);
             return {{row["scales"], row["expectedOld"]}, {left != old, left}};
         }},
        {"statefulSetMaxUnavailable",
         [](const Row& row) -> Verdict {
             const Json& most = row["maxUnavailable"];
             return {row["expected"],
                     set_max_unavailable(most.is_null() ? PodCount{1, false} : pods(most),
                                         row.number("replicas"))};
         }},
        {"deploymentComplete",
         [](const Row& row) -> Verdict {
             return {row["complete"], is_complete({.replicas = row.number("replicas"),
                                                   .updated = row.number("updated"),
                                                   .available = row.number("available")},
                                                  row.number("desired"))};
         }},
    };
}

/// The note of the table names the row whose first old set has another annotation.
Judge proportional_scale(const Json& table) {
    std::smatch found;
    const std::string note = table.value("note", "");
    static const std::regex failed(
        R"(row (\d+): one old set carries a desired annotation of (\d+))");
    const bool noted = std::regex_search(note, found, failed);
    const int odd_row = noted ? std::stoi(found[1]) : 0;
    const int odd_value = noted ? std::stoi(found[2]) : 0;
    return [=, at = 0](const Row& row) mutable {
        ++at;
        const int from = row.number("from");
        const int to = row.number("to");
        return scale(row["newRS"], row.list("oldRSs"), {from, from + row.number("oldSurge")},
                     {to, to + row.number("newSurge"), to}, row["expectedNew"], row["expectedOld"],
                     noted && at == odd_row ? std::optional(odd_value) : std::nullopt);
    };
}

std::optional<Json> load(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) {
        fmt::print("{} is not there: skipped\n", file.filename().string());
        return std::nullopt;
    }
    return Json::parse(in);
}

}  // namespace

Tally kubernetes_rows(const std::filesystem::path& dir) {
    Tally tally;
    const std::vector<std::pair<std::string, Judge>> computed{{"computed_fenceposts", fenceposts},
                                                              {"computed_steps", step},
                                                              {"computed_scale", scaling},
                                                              {"computed_lockstep", lockstep}};
    for (const auto& [name, judge] : computed) {
        if (const auto table = load(dir / (name + ".json")))
            judge_table(tally, name, *table, judge);
    }
    const auto tables = load(dir / "unit_tables.json");
    if (!tables) return tally;
    for (const auto& [name, judge] : unit_judges()) {
        if (tables->contains(name)) judge_table(tally, name, (*tables)[name], judge);
    }
    if (tables->contains("proportionalScale")) {
        const Json& table = (*tables)["proportionalScale"];
        judge_table(tally, "proportionalScale", table, proportional_scale(table));
    }
    return tally;
}

}  // namespace stratsim::conformance
