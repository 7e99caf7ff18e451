#pragma once

#include "sim/numbers/random.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

// How many of something there are, drawn at once. The algorithms are our own, on our own logarithm,
// so the numbers are the same with every compiler; each draw takes one block, which names it.

namespace stratsim {

/// A Poisson number of the given mean, 0 to 1e15. Below a mean of 10 by inversion, above by
/// transformed rejection (Hoermann 1993, PTRS); exact but for the rounding of doubles.
std::uint64_t poisson(double mean, const Block& draws);

/// How many of `n` happen that each happen with probability `p`. Below n p = 10 by inversion, above
/// by transformed rejection (Hoermann 1993, BTRS).
std::uint64_t binomial(std::uint64_t n, double p, const Block& draws);

/// Logarithm of P(X = k) for a Poisson X of the given mean > 0 (Loader 2000: no cancellation).
double log_poisson(double k, double mean);
/// Logarithm of P(X = k) for a binomial X, 0 < p < 1.
double log_binomial(double k, double n, double p);

/// Divides `n` by `weights`, of which some may be zero: one binomial number a part, of what the
/// parts before it left. `draws(i)` is the block of part i; `give(i, number)` is told each part.
template <class Draws, class Give>
void multinomial(std::uint64_t n, const std::vector<double>& weights, Draws&& draws, Give&& give) {
    double left = 0;
    std::size_t end = 0;  // of the parts that have a weight
    for (std::size_t i = 0; i < weights.size(); ++i) {
        left += weights[i];
        if (weights[i] > 0) end = i + 1;
    }
    for (std::size_t i = 0; i < end && n > 0; ++i) {
        if (weights[i] <= 0) continue;
        const std::uint64_t part = i + 1 == end ? n : binomial(n, weights[i] / left, draws(i));
        give(i, part);
        n -= part;
        left -= weights[i];
    }
}

}  // namespace stratsim
