#pragma once

#include "sim/time.hpp"

namespace stratsim {

/// A duration that is fixed or drawn: one law, two parameters, sampled by its quantile function.
class Distribution {
  public:
    enum class Law { fixed, exponential, uniform, lognormal };

    constexpr Distribution() = default;

    static Distribution fixed(Duration value);
    /// Exponential with the given mean.
    static Distribution exponential(Duration mean);
    /// Uniform between two durations, low <= high.
    static Distribution uniform(Duration low, Duration high);
    /// Lognormal with the given median and 99th percentile, 0 < median <= p99.
    static Distribution lognormal(Duration median, Duration p99);

    /// The same, each value longer by `offset`.
    Distribution plus(Duration offset) const {
        Distribution d = *this;
        d.offset_ += offset;
        return d;
    }

    /// The value below which a share `u` of all draws lies, 0 < u < 1.
    Duration quantile(double u) const;
    /// Mean in seconds.
    double mean_seconds() const;
    /// The part of all draws that is longer than `seconds`.
    double part_above(double seconds) const;
    /// Mean of what `seconds` cuts off, E[min(X, seconds)], in seconds: the integral of
    /// part_above() from 0.
    double mean_below(double seconds) const;

    Law law() const { return law_; }
    /// First parameter: value, mean, low or median. Second: high or p99.
    Duration first() const { return first_; }
    Duration second() const { return second_; }
    Duration offset() const { return offset_; }
    bool is_zero() const {
        return law_ == Law::fixed && first_ == Duration::zero() && offset_ == Duration::zero();
    }

    friend bool operator==(const Distribution&, const Distribution&) = default;

  private:
    Law law_ = Law::fixed;
    Duration first_{};
    Duration second_{};
    Duration offset_{};
    double location_ = 0;  ///< fixed, uniform: seconds; lognormal: log of the median in seconds
    double scale_ = 0;     ///< exponential: mean; uniform: width; lognormal: sigma
};

}  // namespace stratsim
