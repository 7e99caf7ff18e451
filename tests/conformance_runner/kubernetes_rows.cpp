#include "tests/conformance_runner/kubernetes_rows.hpp"

#include "strategies/pass.hpp"
#include "strategies/proportional.hpp"
#include "tests/conformance_runner/kubernetes.hpp"

#include <fstream>
#include <numeric>

// The rows are put to the strategies directly: a strategy is a pure function of what it sees.

namespace stratsim::conformance {

RowVerdict scale_row(const Json& fresh, std::vector<int> old, SizedFor before, Bounds after,
                     const Json& expected_new, const Json& expected_old,
                     std::optional<int> failed_update) {
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

namespace {

void judge_table(Tally& tally, const std::string& name, const Json& table, const RowJudge& judge) {
    for (const Json& cells : table["rows"]) {
        std::string problem;
        bool holds = false;
        try {
            const RowVerdict verdict = judge(Row{table["columns"], cells});
            holds = verdict.expected == verdict.found;
            problem =
                fmt::format("expected {}, found {}", verdict.expected.dump(), verdict.found.dump());
        } catch (const std::exception& failure) {
            problem = failure.what();
        }
        tally.judge(holds, fmt::format("{} {}: {}", name, cells.dump(), problem));
    }
}

RowVerdict fenceposts(const Row& row) {
    const int n = row.number("replicas");
    const Fenceposts posts =
        resolve_fenceposts(pods(row["maxSurge"]), pods(row["maxUnavailable"]), n);
    return {{row["surge"], row["unavailable"]}, {posts.surge, n - bounds_of(n, posts).least}};
}

RowVerdict step(const Row& row) {
    std::vector<RevisionSeen> old;
    const auto sizes = row.list("old");
    const auto available = row.list("oldAvailable");
    for (std::size_t i = 0; i < sizes.size(); ++i) old.push_back(standing(sizes[i], available[i]));
    const Observed seen = observe(row.number("replicas"),
                                  standing(row.number("new"), row.number("newAvailable")), old);
    const Desired d = rolling(row).decide(seen).what;
    const char* action = d.new_size != seen.new_revision.size ? "new"
                         : d.old_sizes != sizes               ? "old"
                                                              : "none";
    return {{row["action"], row["newAfter"], row["oldAfter"]}, {action, d.new_size, d.old_sizes}};
}

RowVerdict scaling(const Row& row) {
    const int from = row.number("from");
    const int to = row.number("to");
    const auto at = [&](int n) {
        return bounds_of(n,
                         resolve_fenceposts(pods(row["maxSurge"]), pods(row["maxUnavailable"]), n));
    };
    return scale_row(row["new"], row.list("old"), {from, at(from).most}, at(to), row["newAfter"],
                     row["oldAfter"]);
}

/// A whole rollout without time: at every rest some of the new pods become available.
RowVerdict lockstep(const Row& row) {
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
            const Desired d = strategy.decide(seen).what;
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
    const std::vector<std::pair<std::string, RowJudge>> computed{
        {"computed_fenceposts", fenceposts},
        {"computed_steps", step},
        {"computed_scale", scaling},
        {"computed_lockstep", lockstep}};
    for (const auto& [name, judge] : computed) {
        if (const auto table = load(dir / (name + ".json")))
            judge_table(tally, name, *table, judge);
    }
    const auto tables = load(dir / "unit_tables.json");
    if (!tables) return tally;
    for (const auto& [name, judge] : unit_judges(*tables)) {
        if (tables->contains(name)) judge_table(tally, name, (*tables)[name], judge);
    }
    return tally;
}

}  // namespace stratsim::conformance
