#pragma once

#include "cli/reports/layout.hpp"

#include <string>

// The sentences that answer; everything below them explains.

namespace stratsim {

/// `rolling loses 190 requests, 9 of 10 rollouts 100 to 315, and takes 28s.`
Rich verdict(const Experiment& experiment);
/// What belongs to it: outages, how the runs differ, how much of the time is waiting.
std::string verdict_details(const Experiment& experiment);
/// Of several strategies: who loses least and at which price, who is done first.
Rich comparison_verdict(const Result& result);
/// Of several workloads: which of them lose requests.
Rich workloads_verdict(const Result& result);

/// `new fails 5%`.
std::string bad_release(const NewVersion& version);

}  // namespace stratsim
