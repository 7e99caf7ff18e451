#include "sim/numbers/counts.hpp"
#include "sim/numbers/distribution.hpp"
#include "sim/requests/aggregate.hpp"

#include <algorithm>

// What each pod, and each class of latency, has of the numbers that were drawn.

namespace stratsim {

void Aggregate::finish() {
    flush(means_.size() / kinds_);
    for (std::size_t r = 0; r < cluster_.templates().size(); ++r) {
        share_out(r);
        if (cluster_.setup().draw_latencies) draw_latencies(r);
    }
}

/// Given how many requests there were, each pod's part of them is multinomial.
void Aggregate::share_out(std::size_t revision) {
    auto& pods = cluster_.pods();
    std::vector<double> accepted(pods.size());
    std::vector<double> not_accepted(pods.size());
    for (std::size_t i = 0; i < pods.size(); ++i) {
        if (pods[i].revision != revision) continue;
        const auto id = static_cast<PodId>(i);
        for (std::size_t l = 0; l < cluster_.service().instances(); ++l) {
            const Listing& listing = cluster_.service().listing(l);
            const double lost = listing.refused_seconds(id, at_);
            not_accepted[i] += rate_ * lost;
            accepted[i] += rate_ * (listing.expected_seconds(id, at_) - lost);
        }
        if (i < known_.size()) accepted[i] = std::max(0.0, accepted[i] - known_[i].mean);
    }
    const auto give = [&](Fate fate, const std::vector<double>& weights, Outcome outcome) {
        multinomial(
            counted_[kind(revision, fate)], weights,
            [&](std::size_t i) {
                return draws(Concern::aggregate_pod, i, static_cast<std::uint64_t>(fate));
            },
            [&](std::size_t i, std::uint64_t part) {
                pods[i].tally.sent += part;
                pods[i].tally.add(outcome, part);
                if (outcome == Outcome::success) pods[i].visits += part;
            });
    };
    give(Fate::answered, accepted, Outcome::success);
    give(Fate::error, accepted, Outcome::version_error);
    give(Fate::refused, not_accepted, Outcome::refused);
}

/// Without a limit of concurrency a latency is a service time.
void Aggregate::draw_latencies(std::size_t revision) {
    std::uint64_t n = served_[revision];
    if (n == 0) return;
    const Distribution& service = cluster_.templates()[revision].service_time;
    LatencyHistogram& histogram = ledger_.latency[side_of(revision)];
    const auto above = [&](std::size_t i) {  // a half: whole nanoseconds
        return service.part_above((LatencyHistogram::lowest_of(i) - 0.5) * 1e-9);
    };
    std::size_t low = 0;
    std::size_t high = LatencyHistogram::size();
    while (high - low > 1) {  // the last class that all are above
        const std::size_t middle = low + (high - low) / 2;
        (above(middle) >= 1.0 ? low : high) = middle;
    }
    double left = 1.0;
    for (std::size_t i = low; n > 0; ++i) {
        const bool last = i + 1 == LatencyHistogram::size();
        const double next = last ? 0.0 : above(i + 1);
        const std::uint64_t here =
            next <= 0
                ? n
                : binomial(n, 1 - next / left, draws(Concern::aggregate_latency, revision, i));
        histogram.add_to_class(i, here);
        n -= here;
        left = next;
    }
}

}  // namespace stratsim
