#include "scenarios/experiments/estimate.hpp"

#include "scenarios/experiments/experiment.hpp"

#include <algorithm>

namespace stratsim {

namespace {

/// What is never negative has no interval that is.
bool may_be_negative(Unit unit) {
    return unit == Unit::money || unit == Unit::pod_seconds || unit == Unit::percent ||
           unit == Unit::ratio;
}

}  // namespace

std::vector<double> values_of(const Experiment& experiment, std::string_view path) {
    std::vector<double> values;
    if (is_outcome(path)) {
        for (const RolloutOutcome outcome : experiment.outcomes)
            values.push_back(path.ends_with(name_of(outcome)) ? 1.0 : 0.0);
        return values;
    }
    for (const Measures& run : experiment.runs) {
        if (const auto value = run[path]) values.push_back(*value);
    }
    return values;
}

Estimate estimate(const Number& number, const Experiment& experiment) {
    const std::vector<double> values = values_of(experiment, number.path);
    Estimate result{.runs = values.size()};
    if (values.empty()) return result;
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    const Spread spread = *spread_of({values.begin(), values.end()});
    Interval& interval = result.interval;
    switch (number.statistic.kind) {
        case Statistic::Kind::mean:
            result.value = spread.mean;
            interval =
                is_outcome(number.path)
                    ? share_interval(static_cast<std::size_t>(std::ranges::count(values, 1.0)),
                                     values.size())
                    : mean_interval(spread);
            if (interval.low && !may_be_negative(number.unit))
                interval.low = std::max(*interval.low, std::min(0.0, sorted.front()));
            if (is_outcome(number.path)) return result;  // all of n is not all there are
            break;
        case Statistic::Kind::deviation:
            result.value = spread.sd;
            interval = deviation_interval(values);
            break;
        case Statistic::Kind::quantile: {
            result.value = quantile_of(sorted, number.statistic.percent);
            const Ranks ranks = quantile_ranks(values.size(), number.statistic.percent);
            if (ranks.low > 0) interval.low = sorted[ranks.low - 1];
            if (ranks.high > 0) interval.high = sorted[ranks.high - 1];
            break;
        }
        case Statistic::Kind::max:
            result.value = spread.max;
            interval = {spread.max, spread.max};
            break;
    }
    // Where no two runs differ there is nothing to be unsure of, but one run cannot show that.
    if (values.size() > 1 && sorted.front() == sorted.back())
        interval = {*result.value, *result.value};
    return result;
}

}  // namespace stratsim
