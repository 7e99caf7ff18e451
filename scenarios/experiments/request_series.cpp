#include "scenarios/experiments/request_series.hpp"

#include "scenarios/experiments/replay.hpp"

#include <algorithm>
#include <numeric>

namespace stratsim {

namespace {

/// Below that, a percentile is one request's own fate.
constexpr double least_requests = 40;

/// More records than this would take hundreds of megabytes.
constexpr double most_records = 5e6;

/// The smallest round width of at least `least`: 1, 2 or 5 times a power of ten.
Duration round_width(Duration least) {
    for (std::int64_t power = 1'000'000;; power *= 10) {
        for (const std::int64_t digit : {1, 2, 5}) {
            if (Duration(digit * power) >= least) return Duration(digit * power);
        }
    }
}

/// Of sorted values: that of rank ceil(percent n / 100).
std::optional<double> percentile_ms(const std::vector<Duration>& sorted, std::size_t percent) {
    if (sorted.empty()) return std::nullopt;
    const std::size_t rank = (sorted.size() * percent + 99) / 100;
    return to_seconds(sorted[rank - 1]) * 1000;
}

/// A series without content: at most `most` bins, at least `least` wide.
RequestSeries empty_series(Duration window, std::size_t most, Duration least) {
    RequestSeries series;
    series.width =
        round_width(std::max(window / static_cast<std::int64_t>(most) + Duration{1}, least));
    series.bins.resize(
        static_cast<std::size_t>((window + series.width - Duration{1}) / series.width));
    return series;
}

RequestSeries counted_only(const RunDetail& detail, std::size_t most) {
    RequestSeries series = empty_series(detail.settled - command, most, detail.bins.width());
    const auto& bins = detail.bins.bins();
    for (std::size_t i = 0; i < bins.size(); ++i) {
        const auto place = static_cast<std::size_t>(detail.bins.width() *
                                                    static_cast<std::int64_t>(i) / series.width);
        RequestSeries::Bin& bin = series.bins[std::min(place, series.bins.size() - 1)];
        bin.answered_by_either += bins[i].requests - std::min(bins[i].requests, bins[i].lost);
        bin.lost_somehow += bins[i].lost;
    }
    return series;
}

}  // namespace

std::uint64_t RequestSeries::Bin::all_lost() const {
    return std::accumulate(lost.begin(), lost.end(), lost_somehow);
}

RequestSeries request_series(const Experiment& e, std::size_t most) {
    const Duration window = e.detail.settled - command;
    if (window <= Duration::zero() || most == 0) return {};
    const double expected = e.measures()["requests.total"].value_or(0);
    if (e.engine.engine == Engine::aggregate || expected > most_records)
        return counted_only(e.detail, most);
    const Witness nobody = [](Time, const Fact&) {};
    const auto world = replay(e.scenario, 0, nobody, {.records = true});
    const auto& records = world->traffic().records();
    const Ledger& ledger = world->traffic().ledger();
    const double enough = to_seconds(window) * least_requests / std::max(1.0, expected);
    RequestSeries series = empty_series(window, most, std::min(from_seconds(enough), window / 20));

    std::vector<std::vector<Duration>> latencies(series.bins.size());
    std::array<std::uint64_t, causes> told{};
    for (const RequestRecord& record : records) {
        const auto place = static_cast<std::size_t>(
            std::max<std::int64_t>(0, (record.arrival - command) / series.width));
        const std::size_t i = std::min(place, series.bins.size() - 1);
        if (record.outcome == Outcome::success) {
            ++series.bins[i].answered[record.version];
            latencies[i].push_back(record.end - record.arrival);
        } else {
            const auto cause = static_cast<std::size_t>(record.cause);
            ++series.bins[i].lost[cause];
            ++told[cause];
        }
    }
    // Requests from before the command that died with their pod have no record.
    for (std::size_t cause = 0; cause < causes; ++cause) {
        const std::uint64_t rest = ledger.lost[cause] - std::min(ledger.lost[cause], told[cause]);
        series.bins.front().lost[cause] += static_cast<std::uint32_t>(rest);
    }
    for (std::size_t i = 0; i < series.bins.size(); ++i) {
        std::ranges::sort(latencies[i]);
        series.bins[i].p50 = percentile_ms(latencies[i], 50);
        series.bins[i].p95 = percentile_ms(latencies[i], 95);
        series.bins[i].p99 = percentile_ms(latencies[i], 99);
    }
    return series;
}

}  // namespace stratsim
