// A verdict compares the limit not with the number that the runs gave but with the interval in
// which the true one lies. Pass and fail both need the whole interval on one side; in between more
// runs are needed, and it is said how many.
#include "scenarios/experiment.hpp"
#include "sim/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace stratsim {

namespace {

/// The runs in which the number is defined.
std::vector<double> values_of(const Experiment& experiment, const std::string& path) {
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

/// What is never negative has no interval that is.
bool may_be_negative(Unit unit) {
    return unit == Unit::money || unit == Unit::pod_seconds || unit == Unit::percent ||
           unit == Unit::ratio;
}

void measure(Judgment& judgment, const std::vector<double>& values) {
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    std::vector<std::optional<double>> given(values.begin(), values.end());
    const Spread spread = *spread_of(given);
    Interval interval;
    const Statistic& statistic = judgment.expectation.statistic;
    switch (statistic.kind) {
        case Statistic::Kind::mean:
            judgment.value = spread.mean;
            interval =
                is_outcome(judgment.expectation.path)
                    ? share_interval(static_cast<std::size_t>(std::ranges::count(values, 1.0)),
                                     values.size())
                    : mean_interval(spread);
            if (interval.low && !may_be_negative(judgment.expectation.unit))
                interval.low = std::max(*interval.low, std::min(0.0, sorted.front()));
            break;
        case Statistic::Kind::deviation:
            judgment.value = spread.sd;
            interval = deviation_interval(values);
            break;
        case Statistic::Kind::quantile: {
            judgment.value = quantile_of(sorted, statistic.percent);
            const Ranks ranks = quantile_ranks(values.size(), statistic.percent);
            if (ranks.low > 0) interval.low = sorted[ranks.low - 1];
            if (ranks.high > 0) interval.high = sorted[ranks.high - 1];
            break;
        }
        case Statistic::Kind::max:  // of these runs; no sample bounds the worst of all rollouts
            judgment.value = spread.max;
            interval = {spread.max, spread.max};
            break;
    }
    // Where no two runs differ there is nothing to be unsure of, but one run cannot show that.
    if (values.size() > 1 && sorted.front() == sorted.back())
        interval = {judgment.value, judgment.value};
    judgment.low = interval.low;
    judgment.high = interval.high;
}

Verdict verdict_of(const Judgment& judgment) {
    const double limit = judgment.expectation.limit;
    const auto low = [&](auto holds) { return judgment.low && holds(*judgment.low); };
    const auto high = [&](auto holds) { return judgment.high && holds(*judgment.high); };
    const auto above = [&](double x) { return x > limit; };
    const auto below = [&](double x) { return x < limit; };
    const auto decide = [](bool pass, bool fail) {
        return pass ? Verdict::pass : fail ? Verdict::fail : Verdict::undecided;
    };
    switch (judgment.expectation.relation) {
        case Relation::at_most:
            return decide(judgment.high && !high(above), low(above));
        case Relation::below:
            return decide(high(below), judgment.low && !low(below));
        case Relation::at_least:
            return decide(judgment.low && !low(below), high(below));
        case Relation::above:
            return decide(low(above), judgment.high && !high(above));
        case Relation::equal:
            return decide(judgment.low == limit && judgment.high == limit,
                          low(above) || high(below));
    }
    return Verdict::undecided;
}

/// To two digits, upward.
double rounded_up(double runs) {
    double unit = 1;
    while (runs / unit > 100) unit *= 10;
    return std::ceil(runs / unit) * unit;
}

/// The half that lies towards the limit shrinks with the root of the runs.
std::optional<double> runs_to_decide(const Judgment& judgment) {
    constexpr double most = 1e6;
    const auto runs = static_cast<double>(judgment.runs);
    double needed = judgment.runs < 2 ? 2 : 0;
    const Statistic& statistic = judgment.expectation.statistic;
    if (statistic.kind == Statistic::Kind::quantile && (!judgment.low || !judgment.high))
        needed = static_cast<double>(runs_for_quantile(statistic.percent));
    const double distance = judgment.expectation.limit - *judgment.value;
    const auto end = distance < 0 ? judgment.low : judgment.high;
    if (needed == 0 && end && distance != 0) {
        const double ratio = (*end - *judgment.value) / distance;
        needed = std::max(runs + 1, runs * ratio * ratio);
    }
    if (needed == 0 || needed > most) return std::nullopt;
    return rounded_up(needed);
}

Judgment judge_one(const Expectation& expectation, const Experiment& experiment) {
    Judgment judgment{.expectation = expectation};
    const std::vector<double> values = values_of(experiment, expectation.path);
    judgment.runs = values.size();
    if (values.empty()) return judgment;
    measure(judgment, values);
    judgment.verdict = verdict_of(judgment);
    if (judgment.verdict == Verdict::undecided) judgment.runs_needed = runs_to_decide(judgment);
    return judgment;
}

}  // namespace

std::vector<Judgment> judge(const Experiment& experiment) {
    std::vector<Judgment> list;
    for (const Expectation& expectation : experiment.scenario.expectations)
        list.push_back(judge_one(expectation, experiment));
    return list;
}

}  // namespace stratsim
