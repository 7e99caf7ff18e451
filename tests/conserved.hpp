#pragma once

#include "sim/simulate.hpp"
#include "strategies/strategy.hpp"
#include "tests/fuzzed_setup.hpp"

#include <array>
#include <numeric>
#include <optional>
#include <string>

namespace stratsim {

/// What a fuzzed rollout lost from its books: by cause, by version, by pod. Empty: nothing.
inline std::optional<std::string> missing_from_the_books(std::uint64_t config) {
    const std::array<Strategy, 4> strategies{Recreate{}, Rolling{}, BlueGreen{}, Canary{}};
    const Strategy& strategy = strategies[config % strategies.size()];
    const auto world = simulate(fuzzed(config), controller_of(strategy), [](Time, const Fact&) {});
    const Ledger& ledger = world->traffic().ledger();
    const auto all_of = [](const Tally& tally) {
        return std::accumulate(tally.by_outcome.begin(), tally.by_outcome.end(), std::uint64_t{0});
    };
    if (ledger.total == 0) return "nobody came";
    if (ledger.succeeded + ledger.failures() != ledger.total) return "succeeded + failed != total";
    std::uint64_t sent = 0;
    std::array<std::uint64_t, outcomes + 1> by_pod{};
    for (const Pod& pod : world->cluster().pods()) {
        if (all_of(pod.tally) != pod.tally.sent) return "a pod's outcomes are not what it was sent";
        sent += pod.tally.sent;
        for (std::size_t i = 0; i < by_pod.size(); ++i) by_pod[i] += pod.tally.by_outcome[i];
    }
    const auto nowhere = ledger.failed[static_cast<std::size_t>(Outcome::no_endpoint)];
    if (sent + nowhere != ledger.total) return "the pods' requests are not all there are";
    std::uint64_t by_version = 0;
    for (const Tally& tally : ledger.by_version) {
        if (all_of(tally) != tally.sent) return "a version's outcomes are not what it was sent";
        by_version += tally.sent;
    }
    if (by_version != sent) return "the versions' requests are not the pods'";
    for (std::size_t i = 0; i < outcomes; ++i) {
        if (i == static_cast<std::size_t>(Outcome::no_endpoint)) continue;
        if (by_pod[i] != ledger.failed[i]) return "a cause differs by pod and in all";
    }
    std::array<std::uint64_t, outcomes> by_cause{};
    for (std::size_t i = 0; i < causes; ++i)
        by_cause[static_cast<std::size_t>(outcome_of(static_cast<Cause>(i)))] += ledger.lost[i];
    // Whom a pod refuses may give up before it is tried again.
    const auto refused = static_cast<std::size_t>(Outcome::refused);
    const auto timeout = static_cast<std::size_t>(Outcome::timeout);
    for (std::size_t i = 0; i < outcomes; ++i) {
        if (i == refused || i == timeout) continue;
        if (by_cause[i] != ledger.failed[i]) return "causes and outcomes differ";
    }
    if (by_cause[refused] < ledger.failed[refused] ||
        by_cause[refused] + by_cause[timeout] != ledger.failed[refused] + ledger.failed[timeout])
        return "refused requests and their causes differ";
    if (by_pod[static_cast<std::size_t>(Outcome::success)] != ledger.succeeded)
        return "successes differ by pod and in all";
    return {};
}

}  // namespace stratsim
