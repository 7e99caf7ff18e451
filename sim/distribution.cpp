#include "sim/distribution.hpp"

#include "sim/elementary.hpp"

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
