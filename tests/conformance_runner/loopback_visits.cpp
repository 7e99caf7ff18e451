#include "sim/numbers/elementary.hpp"
#include "tests/conformance_runner/loopback.hpp"
#include "tests/conformance_runner/loopback_rig.hpp"

// Visits without a rollout: shares of the pods, numbers shown twice, steps back, lost updates.

namespace stratsim::conformance {

using Json = nlohmann::json;

namespace {

struct Visited {
    std::vector<std::vector<double>> counts;  ///< by run and pod
    Sample duplicates, backward, lost;
};

Visited visit(const Setup& base, std::size_t runs) {
    Visited seen;
    seen.counts.resize(runs);
    for (Sample* s : {&seen.duplicates, &seen.backward, &seen.lost}) s->values.resize(runs);
    in_parallel(runs, [&](std::size_t i) {
        Setup setup = base;
        setup.replication = i;
        const auto world = simulate(
            setup, [](const Observed& o) { return as_observed(o); }, [](Time, const Fact&) {});
        for (const Pod& pod : world->cluster().pods())
            seen.counts[i].push_back(static_cast<double>(pod.tally.sent));
        const Visits& visits = world->cluster().visits();
        seen.duplicates.values[i] = static_cast<double>(visits.total() - visits.distinct());
        seen.backward.values[i] = static_cast<double>(visits.backward_reads());
        seen.lost.values[i] =
            1 - static_cast<double>(visits.stored()) /
                    static_cast<double>(std::max<std::uint64_t>(1, visits.total()));
    });
    return seen;
}

double chi_square(const std::vector<double>& counts, const std::vector<double>& shares) {
    double all = 0;
    for (const double c : counts) all += c;
    double sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double wanted = std::max(0.5, shares[i] * all);
        sum += (counts[i] - wanted) * (counts[i] - wanted) / wanted;
    }
    return sum;
}

/// How the shares of a record are compared.
struct Shares {
    bool sorted = false;   ///< which pod is which cannot be predicted
    bool clumped = false;  ///< an address or a connection decides for many requests
};

Shares shares_of(const Setup& setup) {
    const BalancerKind kind = setup.network.balancer;
    const bool hashed = kind == BalancerKind::source_hash || kind == BalancerKind::subnet_hash;
    const bool ring =
        kind == BalancerKind::haproxy_random || kind == BalancerKind::haproxy_random_of_two;
    const bool pinned = setup.network.layer == Layer::l4 && setup.visitors.closed &&
                        setup.visitors.connections == Connections::keep_alive;
    return {hashed || ring || pinned, hashed || pinned};
}

std::vector<double> mean_shares(const std::vector<std::vector<double>>& runs) {
    std::vector<double> shares(runs.front().size());
    double all = 0;
    for (const auto& run : runs) {
        for (std::size_t i = 0; i < run.size(); ++i) {
            shares[i] += run[i];
            all += run[i];
        }
    }
    for (double& s : shares) s /= all;
    return shares;
}

/// Per-pod shares by chi-square. Clumped requests are no independent draws: the statistic is
/// divided by what clumping makes of its mean, as the simulated runs show it (Rao and Scott's
/// first-order correction, Annals of Statistics 12, 1984).
void compare_shares(Findings& found, std::vector<double> counts, Visited seen, Shares how) {
    if (how.sorted) {
        std::ranges::sort(counts);
        for (auto& run : seen.counts) std::ranges::sort(run);
    }
    const std::vector<double> shares = mean_shares(seen.counts);
    if (counts.size() != shares.size()) throw std::runtime_error("Counts are not one per pod");
    const auto df = static_cast<double>(counts.size() - 1);
    if (df == 0) return found.expect(true, "shares", 1, 1, 0);
    double unit = 1;
    if (how.clumped) {
        double sum = 0;
        for (const auto& run : seen.counts) sum += chi_square(run, shares);
        unit = std::max(1.0, sum / static_cast<double>(seen.counts.size()) / df);
    }
    const double p = chi_square_tail(chi_square(counts, shares) / unit, df);
    found.expect(p > 1e-4, "p of the shares", p, 1e-4, 0);
}

/// Within four standard errors of a number out of `of`: those of independent requests, as in the
/// chi-square, or of the simulated runs, where clumping makes them larger.
void compare_number(Findings& found, const char* what, double measured, const Sample& predicted,
                    double of) {
    const double part = std::clamp(predicted.mean() / of, 0.0, 1.0);
    const double independent = part * (1 - part) * of;
    found.near(what, measured, predicted.mean(),
               4 * std::sqrt(std::max(predicted.variance(), independent)));
}

/// Numbers shown twice and steps back, of counters that each pod has for itself.
void compare_own(Findings& found, const Json& record, const Setup& setup, const Visited& seen) {
    const double n = record.at("Cfg").at("N");
    compare_number(found, "duplicates", record.at("Dup"), seen.duplicates, n);
    const BalancerKind kind = setup.network.balancer;
    const bool by_load =
        kind == BalancerKind::haproxy_least || kind == BalancerKind::least_connections;
    const bool one_after_the_other = setup.visitors.closed && setup.visitors.users == 1;
    if (one_after_the_other && !by_load)
        compare_number(found, "backward steps", record.at("Back"), seen.backward, n);
}

/// Measured: reading and writing add 0.3 to 0.6 ms to the gap.
constexpr double least_write_ms = 0.3;
constexpr double most_write_ms = 0.6;

void compare_lost(Findings& found, const Json& record, Setup setup, double gap_ms) {
    const double n = record.at("Cfg").at("N");
    const double lost = record.at("Lost").get<double>() / n;
    const auto lost_with = [&](double extra) {
        setup.visitors.think = Distribution::fixed(ms(gap_ms + extra));
        return visit(setup, 10).lost.mean();
    };
    const double low = lost_with(least_write_ms);
    const double high = lost_with(most_write_ms);
    found.expect(lost > low - 0.03 && lost < high + 0.03, "lost share", lost, (low + high) / 2,
                 (high - low) / 2 + 0.03);
}

/// On tmpfs the gap has a heavy tail; the rule keeps those files for reading.
bool on_disk(const Json& cfg) {
    const std::string name = cfg.value("Exp", "") + cfg.value("Case", "");
    return !name.starts_with("A6b") && name.find("tmpfs") == std::string::npos;
}

}  // namespace

void judge_visits(Findings& found, const Json& record) {
    const Json& cfg = record.at("Cfg");
    Setup setup = visits_setup(cfg);
    const std::string counter = cfg.value("Counter", "own");
    const double gap = cfg.value("GapMs", 0.0);
    setup.visitors.think = Distribution::fixed(ms(gap));
    const Visited seen = visit(setup, 60);
    compare_shares(found, record.at("Counts"), seen, shares_of(setup));
    if (setup.volume == VolumeKind::per_pod) compare_own(found, record, setup, seen);
    if (counter == "flock") {
        found.near("lost", record.at("Lost"), seen.lost.mean() * cfg.at("N").get<double>(), 0);
        found.near("duplicates", record.at("Dup"), seen.duplicates.mean(), 0);
    }
    const bool judged = counter == "pwrite" || counter == "rename";
    if (judged && gap >= 1 && on_disk(cfg)) compare_lost(found, record, setup, gap);
}

}  // namespace stratsim::conformance
