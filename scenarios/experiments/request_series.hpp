#pragma once

#include "scenarios/experiments/experiment.hpp"
#include "sim/ledger.hpp"
#include "sim/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// What became of the requests of one run, by the time they came; for pictures.
struct RequestSeries {
    struct Bin {
        std::array<std::uint32_t, Ledger::versions> answered{};  ///< well, by version
        std::array<std::uint32_t, causes> lost{};
        // Where requests are counted, not followed, nobody knows more of them than this.
        std::uint64_t answered_by_either = 0;
        std::uint64_t lost_somehow = 0;
        /// Of the good answers, in milliseconds; unset where there was none.
        std::optional<double> p50{};
        std::optional<double> p95{};
        std::optional<double> p99{};

        std::uint64_t all_lost() const;
    };

    Duration width{};
    std::vector<Bin> bins;  ///< from the rollout command on
};

/// Repeats the run with the printed seed, with a record of each request, and sorts them into at
/// most `most` bins; fewer where a bin would hold too few requests for its percentiles. Where
/// requests are counted, or too many to keep, the series has only their numbers.
RequestSeries request_series(const Experiment& experiment, std::size_t most);

}  // namespace stratsim
