#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

namespace stratsim {

/// What a number counts.
enum class Unit {
    requests,
    seconds,
    fraction,
    milliseconds,
    pods,
    pod_seconds,
    money,
    visits,
    users,
    percent,
    ratio
};

/// Which way is good.
enum class Better { less, more, neither };

/// A number of a report: where it stands, what it counts, which way is good.
struct Measure {
    std::string_view path;
    Unit unit = Unit::requests;
    Better better = Better::less;
    std::optional<double> value{};  ///< unset: undefined in this run
};

/// Every number that a run has, in the order of every report.
inline constexpr auto known_measures = std::to_array<Measure>(
    {{"rollout.duration_s", Unit::seconds, Better::less},
     {"rollout.settled_s", Unit::seconds, Better::neither},
     {"requests.total", Unit::requests, Better::neither},
     {"requests.succeeded", Unit::requests, Better::more},
     {"requests.failed", Unit::requests, Better::less},
     {"requests.failed_by_cause.refused", Unit::requests, Better::less},
     {"requests.failed_by_cause.no-endpoint", Unit::requests, Better::less},
     {"requests.failed_by_cause.killed", Unit::requests, Better::less},
     {"requests.failed_by_cause.timeout", Unit::requests, Better::less},
     {"requests.failed_by_cause.overload", Unit::requests, Better::less},
     {"requests.failed_by_cause.version-error", Unit::requests, Better::less},
     {"requests.lost_by.still-listed", Unit::requests, Better::less},
     {"requests.lost_by.fallback", Unit::requests, Better::less},
     {"requests.lost_by.ready-before-listening", Unit::requests, Better::less},
     {"requests.lost_by.nobody-ready", Unit::requests, Better::less},
     {"requests.lost_by.not-heard", Unit::requests, Better::less},
     {"requests.lost_by.exited", Unit::requests, Better::less},
     {"requests.lost_by.out-of-grace", Unit::requests, Better::less},
     {"requests.lost_by.closed-connection", Unit::requests, Better::less},
     {"requests.lost_by.queued", Unit::requests, Better::less},
     {"requests.lost_by.slow", Unit::requests, Better::less},
     {"requests.lost_by.held", Unit::requests, Better::less},
     {"requests.lost_by.queue-full", Unit::requests, Better::less},
     {"requests.lost_by.version-error", Unit::requests, Better::less},
     {"requests.by_version.old", Unit::requests, Better::neither},
     {"requests.by_version.new", Unit::requests, Better::neither},
     {"requests.worst_second", Unit::fraction, Better::less},
     {"downtime.total_s", Unit::seconds, Better::less},
     {"downtime.degraded_s", Unit::seconds, Better::less},
     {"downtime.longest_s", Unit::seconds, Better::less},
     {"downtime.worst_fraction", Unit::fraction, Better::less},
     {"latency_ms.p50", Unit::milliseconds, Better::less},
     {"latency_ms.p95", Unit::milliseconds, Better::less},
     {"latency_ms.p99", Unit::milliseconds, Better::less},
     {"latency_ms.by_version.old.p50", Unit::milliseconds, Better::less},
     {"latency_ms.by_version.old.p95", Unit::milliseconds, Better::less},
     {"latency_ms.by_version.old.p99", Unit::milliseconds, Better::less},
     {"latency_ms.by_version.new.p50", Unit::milliseconds, Better::less},
     {"latency_ms.by_version.new.p95", Unit::milliseconds, Better::less},
     {"latency_ms.by_version.new.p99", Unit::milliseconds, Better::less},
     {"pods.peak", Unit::pods, Better::less},
     {"pods.peak_with_terminating", Unit::pods, Better::less},
     {"pods.above_s", Unit::seconds, Better::less},
     {"pods.min_available", Unit::pods, Better::more},
     {"pods.pod_seconds", Unit::pod_seconds, Better::less},
     {"cost.total", Unit::money, Better::less},
     {"cost.steady", Unit::money, Better::neither},
     {"cost.extra", Unit::money, Better::less},
     {"cost.extra_percent", Unit::percent, Better::less},
     {"cost.extra_pod_seconds", Unit::pod_seconds, Better::less},
     {"visits.total", Unit::visits, Better::neither},
     {"visits.divergence.cv", Unit::ratio, Better::less},
     {"visits.divergence.cv_by_chance", Unit::ratio, Better::neither},
     {"visits.divergence.max_over_mean", Unit::ratio, Better::less},
     {"visits.divergence.chi_square_p", Unit::ratio, Better::neither},
     {"visits.duplicates", Unit::visits, Better::less},
     {"visits.backward_reads", Unit::visits, Better::less},
     {"visits.lost_updates", Unit::visits, Better::less},
     {"exposure.requests_new", Unit::requests, Better::neither},
     {"exposure.users_new", Unit::users, Better::neither},
     {"exposure.errors_new", Unit::requests, Better::less},
     {"exposure.qa_requests", Unit::requests, Better::neither},
     {"exposure.users_hurt", Unit::users, Better::less},
     {"compatibility.mixed_s", Unit::seconds, Better::less},
     {"compatibility.users_saw_both", Unit::users, Better::less},
     {"compatibility.version_flips", Unit::requests, Better::less},
     {"compatibility.old_writes_after_new", Unit::visits, Better::less},
     {"compatibility.writes_stranded_by_rollback", Unit::visits, Better::less},
     {"rollback.detected_s", Unit::seconds, Better::less},
     {"rollback.restored_s", Unit::seconds, Better::less},
     {"rollback.failed", Unit::requests, Better::less},
     {"state.surviving_share", Unit::fraction, Better::more}});

/// Where a number stands in every list; unset: none is called so.
constexpr std::optional<std::size_t> column_of(std::string_view path) {
    for (std::size_t i = 0; i < known_measures.size(); ++i)
        if (known_measures[i].path == path) return i;
    return std::nullopt;
}

/// The unit of a number that there is.
constexpr Unit unit_of(std::string_view path) {
    return known_measures[column_of(path).value()].unit;
}

/// The measures of one run.
class Measures {
  public:
    /// The next one of those that are known. Another one is a mistake in the program.
    void add(std::string_view path, std::optional<double> value) {
        const std::size_t next = list_.size();
        if (next == known_measures.size() || known_measures[next].path != path) std::abort();
        list_.push_back(known_measures[next]);
        list_.back().value = value;
    }
    const std::vector<Measure>& list() const { return list_; }
    /// Unset when the path is unknown, too.
    std::optional<double> operator[](std::string_view path) const {
        const auto column = column_of(path);
        return column && *column < list_.size() ? list_[*column].value : std::nullopt;
    }

  private:
    std::vector<Measure> list_;
};

}  // namespace stratsim
