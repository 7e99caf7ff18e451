#include "sim/metrics/requests.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stratsim {

namespace {

/// Largest part of the requests of one second that was lost.
double worst_second(const RequestBins& requests) {
    const auto per_second = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::chrono::seconds{1} / requests.width()));
    const auto& bins = requests.bins();
    double worst = 0;
    for (std::size_t i = 0; i < bins.size(); i += per_second) {
        double all = 0;
        double lost = 0;
        for (std::size_t j = i; j < std::min(i + per_second, bins.size()); ++j) {
            all += static_cast<double>(bins[j].requests);
            lost += static_cast<double>(bins[j].lost);
        }
        if (all > 0) worst = std::max(worst, lost / all);
    }
    return worst;
}

constexpr std::string_view lost_by = "requests.lost_by.";
constexpr std::size_t first_lost_by = [] {
    std::size_t i = 0;
    while (!known_measures[i].path.starts_with(lost_by)) ++i;
    return i;
}();
static_assert([] {
    for (std::size_t i = 0; i < causes; ++i)
        if (known_measures[first_lost_by + i].path.substr(lost_by.size()) != cause_names[i])
            return false;
    return true;
}());

}  // namespace

std::string_view Requests::path_of(Cause cause) {
    return known_measures[first_lost_by + static_cast<std::size_t>(cause)].path;
}

void Requests::rows(Measures& measures, const World& world) {
    const Ledger& ledger = world.traffic().ledger();
    const auto count = [&](std::string_view path, std::uint64_t n) {
        measures.add(path, static_cast<double>(n));
    };
    count("requests.total", ledger.total);
    count("requests.succeeded", ledger.succeeded);
    count("requests.failed", ledger.failures());
    static constexpr std::array<std::string_view, outcomes> paths{
        "requests.failed_by_cause.refused",  "requests.failed_by_cause.no-endpoint",
        "requests.failed_by_cause.killed",   "requests.failed_by_cause.timeout",
        "requests.failed_by_cause.overload", "requests.failed_by_cause.version-error"};
    for (std::size_t i = 0; i < outcomes; ++i) count(paths[i], ledger.failed[i]);
    for (std::size_t i = 0; i < causes; ++i) count(path_of(static_cast<Cause>(i)), ledger.lost[i]);
    count("requests.by_version.old", ledger.answered[0]);
    count("requests.by_version.new", ledger.answered[1]);
    measures.add("requests.worst_second", worst_second(ledger.bins));
}

void Requests::latency_rows(Measures& measures, const World& world) {
    const Ledger& ledger = world.traffic().ledger();
    LatencyHistogram both = ledger.latency[0];
    both.merge(ledger.latency[1]);
    const auto row = [&](std::string_view path, const LatencyHistogram& histogram, double q) {
        measures.add(path, histogram.quantile_ms(q));
    };
    row("latency_ms.p50", both, 0.50);
    row("latency_ms.p95", both, 0.95);
    row("latency_ms.p99", both, 0.99);
    row("latency_ms.by_version.old.p50", ledger.latency[0], 0.50);
    row("latency_ms.by_version.old.p95", ledger.latency[0], 0.95);
    row("latency_ms.by_version.old.p99", ledger.latency[0], 0.99);
    row("latency_ms.by_version.new.p50", ledger.latency[1], 0.50);
    row("latency_ms.by_version.new.p95", ledger.latency[1], 0.95);
    row("latency_ms.by_version.new.p99", ledger.latency[1], 0.99);
}

}  // namespace stratsim
