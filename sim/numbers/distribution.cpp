#include "sim/numbers/distribution.hpp"

#include "sim/numbers/elementary.hpp"

#include <algorithm>

namespace stratsim {

Distribution Distribution::fixed(Duration value) {
    Distribution d;
    d.first_ = value;
    d.location_ = to_seconds(value);
    return d;
}

Distribution Distribution::exponential(Duration mean) {
    Distribution d;
    d.law_ = Law::exponential;
    d.first_ = mean;
    d.scale_ = to_seconds(mean);
    return d;
}

Distribution Distribution::uniform(Duration low, Duration high) {
    Distribution d;
    d.law_ = Law::uniform;
    d.first_ = low;
    d.second_ = high;
    d.location_ = to_seconds(low);
    d.scale_ = to_seconds(high - low);
    return d;
}

Distribution Distribution::lognormal(Duration median, Duration p99) {
    Distribution d;
    d.law_ = Law::lognormal;
    d.first_ = median;
    d.second_ = p99;
    d.location_ = natural_log(to_seconds(median));
    d.scale_ = (natural_log(to_seconds(p99)) - d.location_) / normal_quantile(0.99);
    return d;
}

Duration Distribution::quantile(double u) const {
    switch (law_) {
        case Law::fixed:
            return first_ + offset_;
        case Law::exponential:
            return offset_ + from_seconds(-scale_ * natural_log(1.0 - u));
        case Law::uniform:
            return offset_ + from_seconds(location_ + scale_ * u);
        case Law::lognormal:
            return offset_ +
                   from_seconds(stratsim::exponential(location_ + scale_ * normal_quantile(u)));
    }
    return first_;
}

double Distribution::part_above(double seconds) const {
    const double x = seconds - to_seconds(offset_);
    switch (law_) {
        case Law::fixed:
            return x < location_ ? 1.0 : 0.0;
        case Law::exponential:
            if (scale_ == 0) return x < 0 ? 1.0 : 0.0;
            return x <= 0 ? 1.0 : stratsim::exponential(-x / scale_);
        case Law::uniform:
            if (x < location_) return 1.0;
            return x >= location_ + scale_ ? 0.0 : 1.0 - (x - location_) / scale_;
        case Law::lognormal:
            if (x <= 0) return 1.0;
            if (scale_ == 0) return natural_log(x) < location_ ? 1.0 : 0.0;
            return normal_probability((location_ - natural_log(x)) / scale_);
    }
    return 0.0;
}

double Distribution::mean_below(double seconds) const {
    const double offset = to_seconds(offset_);
    const double x = seconds - offset;
    if (x <= 0) return std::max(0.0, seconds);
    switch (law_) {
        case Law::fixed:
            return offset + std::min(x, location_);
        case Law::exponential:
            if (scale_ == 0) return offset;
            return offset + scale_ * (1.0 - stratsim::exponential(-x / scale_));
        case Law::uniform: {
            if (x <= location_) return offset + x;
            const double within = std::min(x - location_, scale_);
            const double missing = scale_ == 0 ? 0.0 : within * within / (2 * scale_);
            return offset + location_ + within - missing;
        }
        case Law::lognormal: {
            const double z = natural_log(x) - location_;
            if (scale_ == 0) return offset + std::min(x, stratsim::exponential(location_));
            return offset +
                   stratsim::exponential(location_ + scale_ * scale_ / 2) *
                       normal_probability(z / scale_ - scale_) +
                   x * normal_probability(-z / scale_);
        }
    }
    return offset;
}

double Distribution::mean_seconds() const {
    const double offset = to_seconds(offset_);
    switch (law_) {
        case Law::fixed:
            return offset + location_;
        case Law::exponential:
            return offset + scale_;
        case Law::uniform:
            return offset + location_ + scale_ / 2;
        case Law::lognormal:
            return offset + stratsim::exponential(location_ + scale_ * scale_ / 2);
    }
    return location_;
}

}  // namespace stratsim
