#include "scenarios/experiments/precision.hpp"

#include <cmath>

namespace stratsim {

Precision precision_of(const Until& until, const Experiment& experiment) {
    const Estimate known = estimate(until.number, experiment);
    const auto& [low, high] = known.interval;
    Precision precision;
    if (!known.value || !low || !high) return precision;
    precision.half_width = (*high - *low) / 2;
    if (*known.value != 0) {
        precision.relative = *precision.half_width / std::abs(*known.value);
    } else if (*low == 0 && !is_outcome(until.number.path)) {
        // All runs have 0: what is unsure is how many of the others have not.
        precision.zero = *high == 0;
        precision.relative = share_interval(0, known.runs).high;
    }
    const auto& measured = until.relative ? precision.relative : precision.half_width;
    precision.reached = measured && *measured <= until.half_width;
    return precision;
}

std::size_t next_look(std::size_t runs) {
    return runs < first_look ? first_look : runs + runs / 2;
}

}  // namespace stratsim
