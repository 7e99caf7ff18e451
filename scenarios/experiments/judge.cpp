// A verdict compares the limit not with the number that the runs gave but with the interval in
// which the true one lies. Pass and fail both need the whole interval on one side; in between more
// runs are needed, and it is said how many.
#include "scenarios/experiments/judge.hpp"

#include "scenarios/experiments/estimate.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "sim/numbers/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace stratsim {

namespace {

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
    const Estimate measured =
        estimate({expectation.path, expectation.statistic, expectation.unit}, experiment);
    judgment.runs = measured.runs;
    if (!measured.value) return judgment;
    judgment.value = measured.value;
    judgment.low = measured.interval.low;
    judgment.high = measured.interval.high;
    // That all runs end so, or none, is said of these runs.
    if (expectation.relation == Relation::equal && is_outcome(expectation.path) &&
        (measured.value == 0.0 || measured.value == 1.0)) {
        judgment.low = judgment.high = measured.value;
    }
    judgment.verdict = verdict_of(judgment);
    if (judgment.verdict == Verdict::undecided) judgment.runs_needed = runs_to_decide(judgment);
    return judgment;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "pass";
        case Verdict::fail:
            return "fail";
        case Verdict::undecided:
            return "undecided";
    }
    return "";
}

std::vector<Judgment> judge(const Experiment& experiment) {
    std::vector<Judgment> list;
    for (const Expectation& expectation : experiment.scenario.expectations)
        list.push_back(judge_one(expectation, experiment));
    return list;
}

}  // namespace stratsim
