#pragma once

#include "sim/time.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// How many requests took how long: 64 classes an octave, so a quantile is within 0.8 % of the
/// truth.
class LatencyHistogram {
  public:
    void add(Duration latency) { ++count_[index(latency)]; }
    /// Classes are numbered by latency; a class begins at `lowest_of` nanoseconds.
    static constexpr std::size_t size() { return classes; }
    static double lowest_of(std::size_t i) {
        if (i == 0) return 0;
        const auto octave = static_cast<unsigned>(i / per_octave) + lowest;
        return static_cast<double>((per_octave + i % per_octave) << (octave - bits));
    }
    void add_to_class(std::size_t i, std::uint64_t n) { count_[i] += n; }
    void remove(Duration latency) { --count_[index(latency)]; }

    void merge(const LatencyHistogram& other) {
        for (std::size_t i = 0; i < classes; ++i) count_[i] += other.count_[i];
    }

    std::uint64_t total() const {
        std::uint64_t sum = 0;
        for (const std::uint64_t n : count_) sum += n;
        return sum;
    }

    /// The latency that a share `q` of the requests does not exceed, in milliseconds; the middle of
    /// its class. Unset when nothing was counted.
    std::optional<double> quantile_ms(double q) const {
        const std::uint64_t all = total();
        if (all == 0) return std::nullopt;
        auto rank = static_cast<std::uint64_t>(q * static_cast<double>(all) + 0.999999);
        if (rank < 1) rank = 1;
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < classes; ++i) {
            sum += count_[i];
            if (sum >= rank) return middle(i) / 1e6;
        }
        return middle(classes - 1) / 1e6;
    }

  private:
    static constexpr unsigned bits = 6;
    static constexpr std::size_t per_octave = 1U << bits;
    static constexpr unsigned lowest = 10;  ///< below 1 us all is one class
    static constexpr std::size_t classes = (43 - lowest) * per_octave;

    static std::size_t index(Duration latency) {
        const auto ns = static_cast<std::uint64_t>(latency.count());
        if (ns < (1ULL << lowest)) return 0;
        const auto octave = static_cast<unsigned>(std::bit_width(ns)) - 1U;
        const std::size_t sub = (ns >> (octave - bits)) & (per_octave - 1);
        const std::size_t i = (octave - lowest) * per_octave + sub;
        return i < classes ? i : classes - 1;
    }

    static double middle(std::size_t i) {
        const auto octave = static_cast<unsigned>(i / per_octave) + lowest;
        const double width = static_cast<double>(1ULL << (octave - bits));
        return static_cast<double>(1ULL << octave) +
               (static_cast<double>(i % per_octave) + 0.5) * width;
    }

    std::array<std::uint64_t, classes> count_{};
};

}  // namespace stratsim
