#include "tests/conformance_runner/stats.hpp"

#include "sim/numbers/elementary.hpp"
#include "sim/numbers/random.hpp"
#include "sim/numbers/statistics.hpp"

#include <cstdio>
#include <utility>

// Intervals and quantiles against tables. What the reports use is called as they call it; intervals
// of other kinds are built from the same functions, so that these are judged too.

using namespace stratsim;
using Json = nlohmann::json;

namespace {

/// The x where I_x(a, b) = p, by halving: a judge may take his time.
double beta_quantile(double p, double a, double b) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        (incomplete_beta(middle, a, b) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

std::pair<double, double> wilson(double k, double n) {
    const double z = normal_quantile(0.975);
    const double share = k / n;
    const double scale = 1 + z * z / n;
    const double middle = (share + z * z / (2 * n)) / scale;
    const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale;
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

std::pair<double, double> clopper_pearson(double k, double n) {
    return {k == 0 ? 0.0 : beta_quantile(0.025, k, n - k + 1),
            k == n ? 1.0 : beta_quantile(0.975, k + 1, n - k)};
}

void zero_events(Findings& found, const Json& parameters, const Json& expected) {
    const auto n = parameters.at("n").get<std::size_t>();
    const auto runs = static_cast<double>(n);
    const auto is = [&](const char* what, double got) {
        found.near(what, got, expected.at(what), 1e-9);
    };
    is("rule_of_three", 3 / runs);
    is("exact_one_sided95", beta_quantile(0.95, 1, runs));
    is("clopper_pearson_two_sided95", share_interval(0, n).high.value());
    is("wilson95_upper", wilson(0, runs).second);
    is("jeffreys95_upper", beta_quantile(0.975, 0.5, runs + 0.5));
}

void proportions(Findings& found, const Json&, const Json& expected) {
    for (const auto& item : expected.items()) {
        const std::string& name = item.key();
        const Json& wanted = item.value();
        std::size_t k = 0;
        std::size_t n = 0;
        if (std::sscanf(name.c_str(), "%zu/%zu", &k, &n) != 2) return found.unknown(name);
        const auto both = [&](const std::string& what, std::pair<double, double> got,
                              const Json& ends) {
            found.near(name + " " + what + " low", got.first, ends.at(0), 1e-8);
            found.near(name + " " + what + " high", got.second, ends.at(1), 1e-8);
        };
        const auto successes = static_cast<double>(k);
        const auto runs = static_cast<double>(n);
        both("wilson", wilson(successes, runs), wanted.at("wilson"));
        both("clopper_pearson", clopper_pearson(successes, runs), wanted.at("clopper_pearson"));
        // The reports' own: Wilson's, but exact where nothing or everything happened.
        const Interval ours = share_interval(k, n);
        const bool exact = k == 0 || k == n;
        both("of the report", {ours.low.value(), ours.high.value()},
             wanted.at(exact ? "clopper_pearson" : "wilson"));
    }
}

/// The least n for which neither, or one, end lies outside the sample.
std::size_t least_runs(double q, double outside) {
    std::size_t n = 1;
    while (exponential(static_cast<double>(n) * natural_log(q)) > outside) ++n;
    return n;
}

void quantile_intervals(Findings& found, const Json&, const Json& expected) {
    for (const auto& [name, wanted] : expected.items()) {
        std::size_t n = 0;
        double q = 0;
        if (std::sscanf(name.c_str(), "n=%zu,q=%lf", &n, &q) == 2) {
            const Ranks ranks = quantile_ranks(n, static_cast<int>(q * 100 + 0.5));
            const auto rank = [](const Json& r) { return r.is_null() ? 0.0 : r.get<double>(); };
            found.near(name + " low", static_cast<double>(ranks.low), rank(wanted.at(0)), 0);
            found.near(name + " high", static_cast<double>(ranks.high), rank(wanted.at(1)), 0);
            const double above = ranks.high == 0 ? 1 : binomial_probability(ranks.high - 1, n, q);
            const double below = ranks.low == 0 ? 0 : binomial_probability(ranks.low - 1, n, q);
            found.near(name + " coverage", above - below, wanted.at(2), 1e-7);
        } else if (name == "min_n_two_sided_p99") {
            found.near(name, static_cast<double>(runs_for_quantile(99)), wanted, 0);
        } else if (name == "min_n_two_sided_p95") {
            found.near(name, static_cast<double>(runs_for_quantile(95)), wanted, 0);
        } else if (name == "min_n_one_sided_p99") {
            found.near(name, static_cast<double>(least_runs(0.99, 0.05)), wanted, 0);
        } else {
            found.unknown(name);
        }
    }
}

/// Normal numbers of the given deviation, by key.
double normal(std::uint64_t sample, std::uint64_t index, double sd) {
    return sd * normal_quantile(Randomness(5, 0).block(Concern::think, sample, index).uniform(0));
}

/// One more run after the other, until the half-width of the mean is small enough.
double runs_until(double half_width, double sd, std::uint64_t sample) {
    std::vector<std::optional<double>> values;
    for (;;) {
        values.emplace_back(normal(sample, values.size(), sd));
        if (values.size() < 30 || values.size() % 4 != 0) continue;
        const Spread spread = *spread_of(values);
        const Interval mean = mean_interval(spread);
        if (*mean.high - spread.mean <= half_width) return static_cast<double>(values.size());
    }
}

void stopping(Findings& found, const Json& parameters, const Json& expected) {
    const double sd = parameters.at("sd");
    const double target = parameters.at("target_halfwidth");
    for (const auto& [name, wanted] : expected.items()) {
        int n = 0;
        if (std::sscanf(name.c_str(), "n0=%d_t", &n) == 1) {
            found.near(name, student_t_quantile(0.975, n - 1), wanted, 1e-6);
        } else if (name == "n_normal") {
            const double z = normal_quantile(0.975);
            found.near(name, z * z * sd * sd / (target * target), wanted, 1e-4);
            Sample runs;
            for (std::uint64_t i = 0; i < 40; ++i) runs.values.push_back(runs_until(target, sd, i));
            found.near("runs", runs.mean(), wanted, 0.15 * wanted.get<double>());
        } else {
            found.unknown(name);
        }
    }
}

void pairs(Findings& found, const Json& parameters, const Json& expected) {
    const double sd1 = parameters.at("sd1");
    const double sd2 = parameters.at("sd2");
    const double rho = parameters.at("rho");
    std::vector<std::optional<double>> paired;
    std::vector<std::optional<double>> apart;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        const double common = normal(100, i, 1);
        const double own = normal(101, i, 1);
        const double first = sd1 * common;
        paired.emplace_back(first - sd2 * (rho * common + std::sqrt(1 - rho * rho) * own));
        apart.emplace_back(first - sd2 * own);
    }
    const auto variance = [](const std::vector<std::optional<double>>& values) {
        const double sd = spread_of(values)->sd;
        return sd * sd;
    };
    const auto within = [&](const char* what, double got) {
        const double wanted = expected.at(what);
        found.near(what, got, wanted, 0.1 * wanted);
    };
    within("var_diff_indep", variance(apart));
    within("var_diff_crn", variance(paired));
    within("speedup", variance(apart) / variance(paired));
}

}  // namespace

const StatsCheck* stats_check_for(const std::string& name) {
    static const std::vector<std::pair<std::string, StatsCheck>> checks{
        {"zero events", zero_events},
        {"proportion intervals", proportions},
        {"order-statistic", quantile_intervals},
        {"CI half-width", stopping},
        {"paired comparison", pairs},
    };
    for (const auto& [begin, check] : checks) {
        if (name.starts_with(begin)) return &check;
    }
    return nullptr;
}

bool is_selection(const std::string& name) {
    return name.starts_with("KN ") || name.starts_with("OCBA ");
}
