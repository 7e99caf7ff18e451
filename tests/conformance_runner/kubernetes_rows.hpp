#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/rollout.hpp"
#include "strategies/rolling.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// What the judges of rows share.

namespace stratsim::conformance {

using Json = nlohmann::json;

/// A Kubernetes IntOrString; absent means 0, as in the controllers' own tests.
inline PodCount pods(const Json& value) {
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

inline Rolling rolling(const Row& row) {
    return {pods(row["maxSurge"]), pods(row["maxUnavailable"])};
}

inline RevisionSeen standing(int size, int available) {
    return {.size = size, .pods = size, .ready = available, .available = available};
}

inline Observed observe(int replicas, RevisionSeen fresh, std::vector<RevisionSeen> old) {
    Observed seen;
    seen.replicas = replicas;
    seen.new_revision = fresh;
    seen.old_revisions = std::move(old);
    return seen;
}

/// What a row should come to, and what it comes to.
struct RowVerdict {
    Json expected;
    Json found;
};

using RowJudge = std::function<RowVerdict(const Row&)>;

/// Scales sets listed newest first, as the tables have them.
RowVerdict scale_row(const Json& fresh, std::vector<int> old, SizedFor before, Bounds after,
                     const Json& expected_new, const Json& expected_old,
                     std::optional<int> failed_update = {});

/// The judges of unit_tables.json by name; tables without one are for reading.
std::vector<std::pair<std::string, RowJudge>> unit_judges(const Json& tables);

}  // namespace stratsim::conformance
