#pragma once

#include "sim/simulate.hpp"

#include <doctest/doctest.h>

namespace stratsim {

/// Two worlds in which every request met the same: outcomes, latencies, visits, by version and pod.
inline void check_same(const World& one, const World& other) {
    const Ledger& a = one.traffic().ledger();
    const Ledger& b = other.traffic().ledger();
    CHECK(a.total == b.total);
    CHECK(a.succeeded == b.succeeded);
    CHECK(a.failed == b.failed);
    CHECK(a.answered == b.answered);
    CHECK(a.errors_new == b.errors_new);
    for (std::size_t version = 0; version < Ledger::versions; ++version) {
        for (const double q : {0.01, 0.5, 0.95, 0.99})
            CHECK(a.latency[version].quantile_ms(q) == b.latency[version].quantile_ms(q));
    }
    CHECK(one.settled() == other.settled());
    CHECK(one.traffic().version_flips() == other.traffic().version_flips());
    CHECK(one.traffic().last_answer() == other.traffic().last_answer());
    const Visits& seen = one.cluster().visits();
    const Visits& others = other.cluster().visits();
    CHECK(seen.total() == others.total());
    CHECK(seen.distinct() == others.distinct());
    CHECK(seen.backward_reads() == others.backward_reads());
    REQUIRE(one.cluster().pods().size() == other.cluster().pods().size());
    for (std::size_t i = 0; i < one.cluster().pods().size(); ++i) {
        CHECK(one.cluster().pods()[i].visits == other.cluster().pods()[i].visits);
        CHECK(one.cluster().pods()[i].tally.sent == other.cluster().pods()[i].tally.sent);
        CHECK(one.cluster().pods()[i].tally.by_outcome ==
              other.cluster().pods()[i].tally.by_outcome);
    }
}

}  // namespace stratsim
