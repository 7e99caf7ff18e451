#include "sim/error_budget.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/simulate.hpp"
#include "strategies/strategy.hpp"
#include "tests/conformance_runner/kinds.hpp"
#include "tests/conformance_runner/stats.hpp"
#include "tests/conformance_runner/verdicts.hpp"

#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

// Closed forms beside long runs of the simulator. A case is known by the beginning of its name and
// read from its parameters; one time unit of the books is a second here.

using namespace stratsim;
using Json = nlohmann::json;

namespace {

constexpr std::size_t replications = 20;

Duration seconds_of(double s) {
    return from_seconds(s);
}
Distribution fixed(double s) {
    return Distribution::fixed(seconds_of(s));
}
Distribution exponential_of(double mean) {
    return Distribution::exponential(seconds_of(mean));
}
Distribution lognormal_of(double mu, double sigma) {
    return Distribution::lognormal(seconds_of(std::exp(mu)),
                                   seconds_of(std::exp(mu + sigma * normal_quantile(0.99))));
}

const Witness nobody = [](Time, const Fact&) {};
const Controller nothing_changes(as_observed);

/// Pods that stand still and serve everybody who comes.
struct Standing {
    int pods = 1;
    Distribution service;
    double rate = 1;
    int workers = 1;
    std::optional<int> queue{};
    BalancerKind balancer = BalancerKind::random;
    Discipline discipline = Discipline::first_come;
    std::uint32_t users = 1000;

    Setup setup(std::uint64_t requests, std::uint64_t replication) const {
        PodTemplate made_of;
        made_of.service_time = service;
        made_of.concurrency = workers;
        made_of.queue = queue;
        made_of.discipline = discipline;
        Setup s;
        s.replicas = pods;
        s.revisions = {made_of};
        s.rolls_out = false;
        s.network.balancer = balancer;
        s.network.falls_back = false;
        s.visitors.rate = rate;
        s.visitors.users = users;
        s.visitors.timeout = std::chrono::hours{100'000};
        s.visits = requests;
        s.seed = 20260101;
        s.replication = replication;
        s.keep_records = true;
        return s;
    }
};

/// What the requests of a long run experienced, one value a replication.
struct Queueing {
    Sample wait, sojourn, in_system, waiting, busy, delayed, blocked, found, found_variance,
        found_none, all_found;
    std::map<std::string, Sample> more;  ///< quantiles and tails, by the name the case gives them
};

using Extra = std::function<std::map<std::string, double>(const std::vector<double>& sojourns,
                                                          const std::vector<double>& waits)>;

Queueing observe(const Standing& what, std::uint64_t warm, std::uint64_t counted,
                 std::size_t reps = replications, const Extra& extra = {}) {
    Queueing seen;
    for (Sample* s :
         {&seen.wait, &seen.sojourn, &seen.in_system, &seen.waiting, &seen.busy, &seen.delayed,
          &seen.blocked, &seen.found, &seen.found_variance, &seen.found_none, &seen.all_found}) {
        s->values.resize(reps);
    }
    std::vector<std::map<std::string, double>> extras(reps);
    in_parallel(reps, [&](std::size_t i) {
        const auto world = simulate(what.setup(warm + counted, i), nothing_changes, nobody);
        const auto& records = world->traffic().records();
        std::vector<double> sojourns;
        std::vector<double> waits;
        double service = 0, late = 0, blocked = 0, found = 0, squares = 0, none = 0;
        for (std::size_t r = warm; r < records.size(); ++r) {
            const RequestRecord& record = records[r];
            const double n = record.in_system;
            found += n;
            squares += n * n;
            none += record.in_system == 0 ? 1 : 0;
            if (record.outcome != Outcome::success) {
                blocked += 1;
                continue;
            }
            const double wait = to_seconds(record.begins - record.arrival);
            sojourns.push_back(to_seconds(record.end - record.arrival));
            waits.push_back(wait);
            service += to_seconds(record.end - record.begins);
            late += wait > 0 ? 1 : 0;
        }
        const double length = to_seconds(records.back().arrival - records[warm].arrival);
        const auto n = static_cast<double>(sojourns.size());
        const auto all = static_cast<double>(records.size() - warm);
        const double sum = std::accumulate(sojourns.begin(), sojourns.end(), 0.0);
        const double waited = std::accumulate(waits.begin(), waits.end(), 0.0);
        seen.sojourn.values[i] = sum / n;
        seen.wait.values[i] = waited / n;
        seen.in_system.values[i] = sum / length;
        seen.waiting.values[i] = waited / length;
        seen.busy.values[i] = service / length;
        seen.delayed.values[i] = late / n;
        seen.blocked.values[i] = blocked / all;
        seen.found.values[i] = found / all;
        seen.found_variance.values[i] = squares / all - found / all * found / all;
        seen.found_none.values[i] = none / all;
        if (extra) extras[i] = extra(sojourns, waits);
    });
    for (const auto& values : extras) {
        for (const auto& [name, value] : values) seen.more[name].values.push_back(value);
    }
    return seen;
}

double quantile_of(std::vector<double> values, double q) {
    const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size()));
    std::ranges::nth_element(values, values.begin() + at);
    return values[static_cast<std::size_t>(at)];
}

double beyond(const std::vector<double>& values, double limit) {
    return static_cast<double>(std::ranges::count_if(values, [&](double v) { return v > limit; })) /
           static_cast<double>(values.size());
}

/// The quantiles and tails that `expected` names: p95_W, P(W>10), P(Wq>1).
Extra named_extras(const Json& expected) {
    return [expected](const std::vector<double>& sojourns, const std::vector<double>& waits) {
        std::map<std::string, double> values;
        for (const auto& [name, value] : expected.items()) {
            if (name.starts_with("p") && name.ends_with("_W")) {
                values[name] = quantile_of(sojourns, std::stod(name.substr(1)) / 100);
            } else if (name.starts_with("P(W>")) {
                values[name] = beyond(sojourns, std::stod(name.substr(4)));
            } else if (name.starts_with("P(Wq>")) {
                values[name] = beyond(waits, std::stod(name.substr(5)));
            }
        }
        return values;
    };
}

/// Compares every number that the case expects with the sample of its name.
void compare_all(Findings& found, const Json& expected, const Queueing& seen,
                 const std::map<std::string, const Sample*>& names) {
    for (const auto& [name, value] : expected.items()) {
        if (!value.is_number()) continue;
        if (const auto known = names.find(name); known != names.end()) {
            found.sampled(name, *known->second, value);
        } else if (const auto more = seen.more.find(name); more != seen.more.end()) {
            found.sampled(name, more->second, value);
        } else {
            found.unknown(name);
        }
    }
}

// ---------------------------------------------------------------- queues

void single_queue(Findings& found, const Json& p, const Json& expected, const Standing& what,
                  std::uint64_t counted = 250'000, std::size_t reps = replications) {
    (void)p;
    const auto warm = static_cast<std::uint64_t>(2500 * std::max(1.0, what.rate));
    const Queueing seen = observe(what, warm, counted, reps, named_extras(expected));
    compare_all(found, expected, seen,
                {{"rho", &seen.busy},
                 {"L", &seen.in_system},
                 {"W", &seen.sojourn},
                 {"Wq", &seen.wait},
                 {"Lq", &seen.waiting},
                 {"L_total", &seen.in_system},
                 {"ErlangC_P(wait)", &seen.delayed},
                 {"blocking", &seen.blocked},
                 {"P_block", &seen.blocked},
                 {"carried_load", &seen.busy},
                 {"W_accepted", &seen.sojourn},
                 {"sigma", &seen.delayed},
                 {"mean_in_flight", &seen.found},
                 {"variance", &seen.found_variance},
                 {"P(N=0)", &seen.found_none}});
}

void erlang_loss(Findings& found, const Json& p, const Json& expected) {
    Standing what{.service = exponential_of(1.0 / p["mu"].get<double>()),
                  .rate = p["lambda"],
                  .workers = p["c"],
                  .queue = 0};
    single_queue(found, p, expected, what);
    // Insensitive: the same with any law of the same mean.
    const double mean = 1.0 / p["mu"].get<double>();
    for (const Distribution& law : {fixed(mean), lognormal_of(std::log(mean) - 0.5, 1.0)}) {
        what.service = law;
        const Queueing seen = observe(what, 2500, 250'000);
        found.sampled("blocking, another law", seen.blocked, expected["blocking"]);
    }
}

void sharing(Findings& found, const Json& p, const Json& expected) {
    const double mean = p["mean_service"];
    for (const Distribution& law :
         {exponential_of(mean), fixed(mean), lognormal_of(std::log(mean) - 0.5, 1.0)}) {
        single_queue(
            found, p, expected,
            {.service = law, .rate = p["lambda"], .workers = 1, .discipline = Discipline::sharing});
    }
}

void supermarket(Findings& found, const Json& p, const Json& expected) {
    const double rho = p["rho"];
    const int n = rho > 0.95 ? 4000 : 2000;
    const bool critical = rho > 0.95;
    const auto warm = static_cast<std::uint64_t>((critical ? 1000 : 150) * n * rho);
    Standing what{.pods = n,
                  .service = exponential_of(1),
                  .rate = rho * n,
                  .balancer = BalancerKind::random_of_two};
    // As many requests lift a pod to k as leave it from there: s_k = rho P(the pod found holds
    // k-1).
    const std::size_t reps = critical ? 4 : 20;
    const std::uint64_t counted = critical ? 4'000'000 : 400'000;
    std::vector<std::array<double, 5>> tails(reps);
    Sample sojourn;
    sojourn.values.resize(reps);
    in_parallel(reps, [&](std::size_t i) {
        const auto world = simulate(what.setup(warm + counted, i), nothing_changes, nobody);
        const auto& records = world->traffic().records();
        double sum = 0;
        for (std::size_t r = warm; r < records.size(); ++r) {
            sum += to_seconds(records[r].end - records[r].arrival);
            for (std::size_t k = 1; k <= 4; ++k)
                tails[i][k] += records[r].in_system + 1U >= k ? 1 : 0;
        }
        sojourn.values[i] = sum / static_cast<double>(counted);
    });
    found.sampled("W_fixed_point", sojourn, expected["W_fixed_point"]);
    const Json& s = expected["tail_s1_s2_s3_s4"];
    for (std::size_t k = 1; k <= s.size() && k <= 4; ++k) {
        Sample tail;
        for (const auto& t : tails)
            tail.values.push_back(rho * t[k] / static_cast<double>(counted));
        found.sampled(fmt::format("s{}", k), tail, s[k - 1]);
    }
    if (expected.contains("W_random_d1") && !critical) {
        const Queueing random = observe(
            {.pods = 10, .service = exponential_of(1), .rate = 10 * rho}, 20'000, 1'000'000);
        found.sampled("W_random_d1", random.sojourn, expected["W_random_d1"]);
    }
    if (expected.contains("W_sim_n100_Mitzenmacher_recalled")) {
        what.pods = 100;
        what.rate = 100 * rho;
        const Queueing small =
            observe(what, critical ? 200'000 : 50'000, critical ? 2'000'000 : 500'000);
        // Simulated by others and quoted from memory: their error is unknown, 1 % is allowed for
        // it.
        found.sampled("W_sim_n100", small.sojourn, expected["W_sim_n100_Mitzenmacher_recalled"],
                      0.01);
    }
}

void finite_policies(Findings& found, const Json&, const Json& expected) {
    for (const auto& [key, value] : expected.items()) {
        const int n = std::stoi(key.substr(key.find("n=") + 2));
        const double rho = std::stod(key.substr(key.find("rho=") + 4));
        const std::string policy = key.substr(key.rfind(',') + 1);
        const std::map<std::string, BalancerKind> kinds{{"random", BalancerKind::random},
                                                        {"round_robin", BalancerKind::round_robin},
                                                        {"p2c", BalancerKind::random_of_two},
                                                        {"jsq", BalancerKind::least_connections}};
        const auto kind = kinds.find(policy);
        if (kind == kinds.end()) {
            found.unknown(key);
            continue;
        }
        const Standing what{
            .pods = n, .service = exponential_of(1), .rate = rho * n, .balancer = kind->second};
        const Queueing seen =
            observe(what, 50'000, 250'000, replications, [](const auto& sojourns, const auto&) {
                return std::map<std::string, double>{{"p99", quantile_of(sojourns, 0.99)}};
            });
        const auto allowed = [](double a, double b) { return 4 * std::hypot(a, b); };
        found.near(key, seen.sojourn.mean(), value["W"],
                   allowed(value["se"], seen.sojourn.error()));
        const Sample& p99 = seen.more.at("p99");
        found.near(key + " p99", p99.mean(), value["p99"], allowed(value["p99_se"], p99.error()));
    }
}

void retries(Findings& found, const Json& p, const Json& expected) {
    Setup s =
        Standing{.pods = 10, .service = exponential_of(0.001), .rate = 100, .workers = 0}.setup(
            400'000, 0);
    s.revisions[0].errors = Share{static_cast<std::int64_t>(p["p_fail"].get<double>() * 1e6 + 0.5)};
    s.network.retries = p["max_retries"];
    s.network.retries_errors = true;
    Sample failures;
    Sample attempts;
    for (std::uint64_t i = 0; i < replications; ++i) {
        s.replication = i;
        const auto world = simulate(s, nothing_changes, nobody);
        const Ledger& ledger = world->traffic().ledger();
        failures.values.push_back(static_cast<double>(ledger.failures()) /
                                  static_cast<double>(ledger.total));
        attempts.values.push_back(static_cast<double>(ledger.attempts) /
                                  static_cast<double>(ledger.total));
    }
    found.sampled("P_user_failure", failures, expected["P_user_failure"], 0);
    found.sampled("attempts_per_request", attempts, expected["attempts_per_request"], 0);
}

// ---------------------------------------------------------------- rollouts

/// Two versions alike, ready the instant they have booted, gone `term` seconds after SIGTERM.
Setup rollout(int pods, const Distribution& boot, double term) {
    PodTemplate made_of;
    made_of.boot = boot;
    made_of.service_time = fixed(0);
    made_of.concurrency = 0;
    made_of.on_sigterm = term > 0 ? OnSigterm::drain : OnSigterm::exit;
    made_of.shutdown = fixed(term);
    Setup s;
    s.replicas = pods;
    s.revisions = {made_of, made_of};
    s.network.falls_back = false;
    s.visitors.rate = 0;
    s.seed = 7;
    return s;
}

Controller decided_by(const Strategy& strategy) {
    return controller_of(strategy);
}

double rolling_seconds(int pods, PodCount surge, PodCount unavailable, const Distribution& boot,
                       std::uint64_t replication) {
    Setup s = rollout(pods, boot, 0);
    s.replication = replication;
    return to_seconds(simulate(s, decided_by(Rolling{surge, unavailable}), nobody)->ended());
}

void rolling_waves(Findings& found, const Json& p, const Json&) {
    for (const Json& c : p["cases"]) {
        const double got =
            rolling_seconds(c["replicas"], {250'000, true}, {250'000, true}, fixed(10), 0);
        found.near(fmt::format("{} pods", c["replicas"].get<int>()), got, c["duration_R10_s"],
                   1e-9);
    }
}

void rolling_exponential(Findings& found, const Json& p, const Json& expected) {
    const int slots = p["slots_surge_plus_unavail"];
    const std::size_t reps = 20'000;
    Sample durations;
    durations.values.resize(reps);
    in_parallel(reps, [&](std::size_t i) {
        durations.values[i] =
            rolling_seconds(p["n"], {slots - slots / 2, false}, {slots / 2, false},
                            exponential_of(p["mean_ready_s"]), i);
    });
    found.sampled("mean_duration_s", durations, expected["mean_duration_s"]);
    const double m = durations.mean();
    Sample squares;
    for (const double d : durations.values) squares.values.push_back((d - m) * (d - m));
    found.sampled("var", squares, expected["var"]);
}

/// Follows one rollout: when pods are ready, how many accept, how long pods live.
struct Follower {
    std::vector<double> ready;
    double last_gone = 0;
    double down = 0;
    double pod_seconds = 0;  ///< beyond those of the pods of t = 0
    int alive = 0;
    int peak = 0;

    Witness witness(int pods) {
        alive = pods;
        peak = pods;
        return [this](Time now, const Fact& fact) {
            const double t = to_seconds(now);
            if (std::get_if<fact::PodReady>(&fact) != nullptr && now > command) ready.push_back(t);
            if (std::get_if<fact::PodGone>(&fact) != nullptr) {
                last_gone = t;
                change(t, -1);
            }
            if (std::get_if<fact::PodCreated>(&fact) != nullptr && started_) change(t, +1);
            if (std::get_if<fact::Commanded>(&fact) != nullptr) started_ = true;
            if (const auto* service = std::get_if<fact::ServiceChanged>(&fact)) {
                if (down_since_ >= 0) down += t - down_since_;
                down_since_ = service->count.accepting == 0 ? t : -1;
            }
        };
    }
    void change(double t, int by) {
        pod_seconds += (t - since_) * alive;
        since_ = t;
        alive += by;
        peak = std::max(peak, alive);
    }

  private:
    bool started_ = false;
    double down_since_ = -1;
    double since_ = 0;
};

void recreate_fixed(Findings& found, const Json& p, const Json& expected) {
    Setup s = rollout(1, fixed(p["ready_s"]), p["term_s"]);
    s.visitors.rate = p["lambda"];
    Follower one;
    Sample lost;
    const std::size_t reps = 400;
    for (std::size_t i = 0; i < reps; ++i) {
        s.replication = i;
        Follower follower;
        const auto world = simulate(s, decided_by(Recreate{}), follower.witness(1));
        lost.values.push_back(static_cast<double>(world->traffic().ledger().failures()));
        one = follower;
    }
    found.near("downtime_s", one.down, expected["downtime_s"], 1e-9);
    found.near("expected_lost", lost.mean(), expected["expected_lost"],
               4 * expected["sd_lost"].get<double>() / std::sqrt(static_cast<double>(reps)));
    const double variance = expected["var_lost"];
    found.near("var_lost", lost.variance(), variance,
               4 * variance * std::sqrt(2.0 / static_cast<double>(reps - 1)));
}

void recreate_exponential(Findings& found, const Json& p, const Json& expected) {
    const int n = p["n"];
    const double term = p["term_s"];
    Sample first, full, lost;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        Setup s = rollout(n, exponential_of(p["mean_ready_s"]), term);
        s.replication = i;
        Follower follower;
        simulate(s, decided_by(Recreate{}), follower.witness(n));
        first.values.push_back(follower.ready.front());
        full.values.push_back(follower.ready.back());
        lost.values.push_back(std::accumulate(follower.ready.begin(), follower.ready.end(), 0.0));
    }
    found.sampled("downtime_to_first_ready", first, expected["downtime_to_first_ready"]);
    found.sampled("time_to_full_capacity", full, expected["time_to_full_capacity"]);
    found.sampled("pod_seconds_lost", lost, expected["pod_seconds_lost"]);
}

void fluid_backlog(Findings& found, const Json& p, const Json& expected) {
    const double outage = p["outage_s"];
    Setup s = rollout(1, fixed(outage), 0);
    for (PodTemplate& made_of : s.revisions) {
        made_of.service_time = exponential_of(1 / p["capacity"].get<double>());
        made_of.concurrency = 1;
    }
    s.visitors.rate = p["lambda"];
    s.visitors.timeout = std::chrono::hours{1};
    s.network.holds = true;
    s.observe = seconds_of(outage * 10);
    s.keep_records = true;
    const std::size_t reps = 100;
    Sample backlog, drain, longest, mean;
    for (Sample* x : {&backlog, &drain, &longest, &mean}) x->values.resize(reps);
    in_parallel(reps, [&](std::size_t i) {
        Setup mine = s;
        mine.replication = i;
        const auto world = simulate(mine, decided_by(Recreate{}), nobody);
        double held = 0, most = 0, sum = 0, affected = 0, emptied = outage;
        bool empty = false;
        for (const RequestRecord& r : world->traffic().records()) {
            const double at = to_seconds(r.arrival);
            const double waits = to_seconds(r.begins - r.arrival);
            if (at < outage) held += 1;
            if (at >= outage && !empty && waits <= 0) {
                empty = true;
                emptied = at;
            }
            if (empty) continue;
            affected += 1;
            sum += waits;
            most = std::max(most, waits);
        }
        backlog.values[i] = held;
        drain.values[i] = emptied - outage;
        longest.values[i] = most;
        mean.values[i] = sum / affected;
    });
    found.sampled("backlog", backlog, expected["backlog"], 0.02);
    found.sampled("drain_time_s", drain, expected["drain_time_s"], 0.02);
    found.sampled("max_delay_s", longest, expected["max_delay_s"], 0.02);
    found.sampled("mean_delay_of_affected_s", mean, expected["mean_delay_of_affected_s"], 0.02);
}

void blue_green_cost(Findings& found, const Json& p, const Json& expected) {
    const int n = p["n"];
    Setup s = rollout(n, fixed(p["ready_s"]), 0);
    BlueGreen strategy;
    strategy.keep_old = seconds_of(p["scale_down_delay_s"]);
    strategy.qa = Rate{1};
    strategy.hold = seconds_of(p["prepromotion_analysis_s"]);
    Follower follower;
    const auto world = simulate(s, decided_by(strategy), follower.witness(n));
    const double until = follower.last_gone;
    follower.change(until, 0);
    const double extra = follower.pod_seconds - n * until;
    found.near("extra_pod_seconds", extra, expected["extra_pod_seconds"], 1e-9 * 1e4);
    found.near("extra_cost", extra / 3600 * p["price_pod_hour"].get<double>(),
               expected["extra_cost"], 1e-8);
    found.near("peak_pods", follower.peak, expected["peak_pods"], 0);
    found.near("downtime", follower.down, expected["downtime"], 1e-9);
}

/// Removal is heard late; registration at once, so that the fresh pod shares the load from its
/// first instant, and the next pod waits until all has been heard.
void propagation_loss(Findings& found, const Json& p, const Json& expected,
                      const Distribution& delay) {
    const int n = p["n"];
    Setup s = rollout(n, fixed(100), 0);
    s.visitors.rate = p["lambda"];
    s.network.removal = delay;
    for (PodTemplate& made_of : s.revisions) {
        made_of.pre_stop = seconds_of(p["preStop_s"]);
        made_of.grace = std::chrono::hours{1};
    }
    const double wanted = expected["expected_lost"];
    const std::size_t reps = 400;
    Sample lost;
    lost.values.resize(reps);
    in_parallel(reps, [&](std::size_t i) {
        Setup mine = s;
        mine.replication = i;
        const auto world =
            simulate(mine, decided_by(Rolling{{p["surge"].get<int>(), false}, {0, false}}), nobody);
        lost.values[i] = static_cast<double>(world->traffic().ledger().failures());
    });
    if (delay.law() == Distribution::Law::fixed) {
        found.near("expected_lost", lost.mean(), wanted,
                   4 * std::sqrt(wanted / static_cast<double>(reps)));
    } else {
        found.sampled("expected_lost", lost, wanted);
    }
}

void budget_minutes(Findings& found, const Json& p, const Json& expected) {
    const double days = p["days"];
    for (const auto& [name, value] : expected.items()) {
        if (name.ends_with("%") && name.find('_') == std::string::npos) {
            found.near(name, error_budget(std::stod(name) / 100, days * 24 * 60), value, 1e-9);
        } else if (name == "deploys_at_30s_outage_within_99.9%") {
            found.near(name, error_budget(0.999, days * 86'400) / 30, value, 1e-9);
        } else if (name == "deploys_within_99.99%") {
            found.near(name, error_budget(0.9999, days * 86'400) / 30, value, 1e-9);
        } else {
            found.unknown(name);
        }
    }
}

// ---------------------------------------------------------------- what users see

/// Share of users whose first k answers are not old..old new..new.
Sample flips(double share, int k, BalancerKind balancer = BalancerKind::random) {
    Setup s = rollout(4, fixed(0), 0);
    s.visitors.users = 2000;
    s.visitors.rate = 2000;
    s.network.balancer = balancer;
    s.observe = seconds_of(k * 4.0 + 20);
    s.keep_records = true;
    const auto split = [share](const Observed& seen) {
        Desired desired = as_observed(seen);
        desired.new_size = seen.replicas;
        desired.to_new = Share{static_cast<std::int64_t>(share * 1e6 + 0.5)};
        return desired;
    };
    Sample sample;
    for (std::uint64_t i = 0; i < 20; ++i) {
        s.replication = i;
        const auto world = simulate(s, split, nobody);
        std::vector<std::vector<int>> met(s.visitors.users);
        for (const RequestRecord& r : world->traffic().records()) {
            auto& mine = met[r.user];
            if (r.outcome == Outcome::success && mine.size() < static_cast<std::size_t>(k))
                mine.push_back(r.version);
        }
        double flipped = 0, all = 0;
        for (const auto& mine : met) {
            if (mine.size() < static_cast<std::size_t>(k)) continue;
            all += 1;
            if (!std::ranges::is_sorted(mine)) flipped += 1;
        }
        sample.values.push_back(flipped / all);
    }
    return sample;
}

void version_flips(Findings& found, const Json& p, const Json& expected) {
    found.sampled("P(sees new then old)", flips(p["share_new"], p["requests"]),
                  expected["P(sees new then old)"], 0);
    for (const auto& [name, value] : expected.items()) {
        if (!name.starts_with("f=")) continue;
        const double f = std::stod(name.substr(2));
        const int k = std::stoi(name.substr(name.find("k=") + 2));
        found.sampled(name, flips(f, k), value, 0);
    }
}

/// Requests of each pod.
std::vector<double> counts_of(const World& world) {
    std::vector<double> counts;
    for (const Pod& pod : world.cluster().pods())
        counts.push_back(static_cast<double>(pod.tally.sent));
    return counts;
}

double cv_of(const std::vector<double>& counts) {
    const double mean =
        std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
    double sum = 0;
    for (const double c : counts) sum += (c - mean) * (c - mean);
    return std::sqrt(sum / static_cast<double>(counts.size())) / mean;
}

std::map<std::string, double> divergence_of(std::vector<double> counts) {
    const auto n = static_cast<double>(counts.size());
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    std::ranges::sort(counts);
    double gini = 0, tv = 0, jsd = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        gini += (2.0 * static_cast<double>(i + 1) - n - 1) * counts[i];
        const double q = counts[i] / total;
        tv += std::abs(q - 1 / n) / 2;
        const double m = (q + 1 / n) / 2;
        if (q > 0) jsd += q * std::log2(q / m) / 2;
        jsd += std::log2(1 / n / m) / n / 2;
    }
    const double cv = cv_of(counts);
    return {{"E_max", counts.back()},
            {"E_min", counts.front()},
            {"E_range", counts.back() - counts.front()},
            {"E_CV2", cv * cv},
            {"E_CV_mc", cv},
            {"E_CV_approx_chi", cv},
            {"E_max_over_mean", counts.back() * n / total},
            {"E_Gini_mc", gini / (n * total)},
            {"E_TV_exact", tv},
            {"E_TV_mc", tv},
            {"E_JSD_bits_mc", jsd},
            {"E_JSD_bits_approx", jsd},
            {"E_duplicates", total - counts.back()},
            {"E_distinct", counts.back()}};
}

void random_divergence(Findings& found, const Json& p, const Json& expected,
                       BalancerKind balancer = BalancerKind::random) {
    const int n = p["n"];
    const std::uint64_t visits = p["N"];
    const std::size_t reps = 8'000;
    std::vector<std::map<std::string, double>> all(reps);
    in_parallel(reps, [&](std::size_t i) {
        Setup s =
            Standing{
                .pods = n, .service = fixed(0), .rate = 100, .workers = 0, .balancer = balancer}
                .setup(visits, i);
        s.keep_records = false;
        all[i] = divergence_of(counts_of(*simulate(s, nothing_changes, nobody)));
        all[i]["duplicates"] = static_cast<double>(visits) - all[i]["E_distinct"];
    });
    std::map<std::string, Sample> samples;
    for (const auto& values : all) {
        for (const auto& [name, value] : values) samples[name].values.push_back(value);
    }
    const Sample& cv = samples["E_CV_mc"];
    const auto runs = static_cast<double>(reps);
    for (const auto& [name, value] : expected.items()) {
        const double wanted = value;
        if (samples.contains(name)) {
            // Values that others drew (_mc) or approximated carry an error of their own.
            const bool exact =
                name.find("_mc") == std::string::npos && name.find("approx") == std::string::npos;
            found.sampled(name, samples[name], wanted, exact ? 0.0005 : 0.005);
        } else if (name == "sd_CV_mc") {
            found.near(name, std::sqrt(cv.variance()), wanted,
                       4 * wanted / std::sqrt(2 * runs) + 0.01 * wanted);
        } else if (name == "q95_CV_mc" || name == "CV_crit_chi2_p05") {
            // The counts are whole numbers, so the quantile is one of a coarse grid.
            found.near(name, cv.quantile(0.95), wanted, 0.02 * wanted);
        } else if (name == "dup_round_robin") {
            Setup s = Standing{.pods = n,
                               .service = fixed(0),
                               .rate = 100,
                               .workers = 0,
                               .balancer = BalancerKind::round_robin}
                          .setup(visits, 0);
            const auto world = simulate(s, nothing_changes, nobody);
            found.near(name, static_cast<double>(visits - world->cluster().visits().distinct()),
                       wanted, 0);
        } else {
            found.unknown(name);
        }
    }
}

void round_robin_divergence(Findings& found, const Json& p, const Json& expected) {
    const std::uint64_t visits = p["N"];
    Setup s = Standing{.pods = p["n"],
                       .service = fixed(0),
                       .rate = 100,
                       .workers = 0,
                       .balancer = BalancerKind::round_robin}
                  .setup(visits, 0);
    const auto world = simulate(s, nothing_changes, nobody);
    const auto counts = counts_of(*world);
    const auto [least, most] = std::ranges::minmax(counts);
    found.near("range", most - least, expected["range"], 0);
    found.near("CV", cv_of(counts), expected["CV"], 1e-9);
    found.near("duplicates", static_cast<double>(visits - world->cluster().visits().distinct()),
               expected["duplicates"], 0);
}

/// Users who stay on their pod; each sends `equal` requests, or a geometric number of them.
Sample sticky_cv2(int pods, std::uint32_t clients, std::optional<double> geometric_mean) {
    Sample sample;
    const std::size_t reps = 8000;
    sample.values.resize(reps);
    in_parallel(reps, [&](std::size_t i) {
        Setup s = Standing{.pods = pods,
                           .service = fixed(0.001),
                           .workers = 0,
                           .balancer = BalancerKind::sticky,
                           .users = clients}
                      .setup(clients * 10, i);
        s.keep_records = false;
        s.visitors.closed = true;
        s.visitors.pause = fixed(1);
        if (geometric_mean) {
            s.visitors.leaves = Share{static_cast<std::int64_t>(1e6 / *geometric_mean + 0.5)};
            s.visits.reset();
            s.warm_up = Duration{};
            s.observe = seconds_of(300);
        }
        const double cv = cv_of(counts_of(*simulate(s, nothing_changes, nobody)));
        sample.values[i] = cv * cv;
    });
    return sample;
}

void sticky_equal(Findings& found, const Json& p, const Json& expected) {
    const Sample cv2 = sticky_cv2(p["n"], p["clients"], std::nullopt);
    found.sampled("E_CV2", cv2, expected["E_CV2"], 0);
    found.near("rms_CV", std::sqrt(cv2.mean()), expected["rms_CV"],
               2 * cv2.error() / std::sqrt(cv2.mean()));
}

void sticky_geometric(Findings& found, const Json& p, const Json& expected) {
    const double mean = 1 / (1 - p["scv"].get<double>());
    const Sample cv2 = sticky_cv2(p["n"], p["clients"], mean);
    const double wanted = expected["E_CV2_approx"];
    found.near("E_CV2_approx", cv2.mean(), wanted, 0.05 * wanted);
}

void monotonic_reads(Findings& found, const Json& p, const Json& expected) {
    const int n = p["n"];
    const std::uint64_t prior = p["prior_visits"];
    const std::size_t reps = prior > 300 ? 15'000 : 100'000;
    std::vector<std::array<bool, 4>> all(reps);
    in_parallel(reps, [&](std::size_t i) {
        const auto world = simulate(
            Standing{.pods = n, .service = fixed(0), .rate = 100, .workers = 0}.setup(prior + 2, i),
            nothing_changes, nobody);
        std::vector<std::uint32_t> counter(static_cast<std::size_t>(n));
        std::vector<std::uint32_t> shown;
        bool tie = false;
        for (const RequestRecord& r : world->traffic().records()) {
            if (shown.size() == prior) tie = counter[0] == counter[1];
            shown.push_back(++counter[r.pod]);
        }
        const std::uint32_t before = shown[prior];
        const std::uint32_t next = shown[prior + 1];
        all[i] = {tie, next <= before, next < before, next == before};
    });
    const std::array<const char*, 4> names{"P_tie", "P(next<=previous)", "P(next<previous)",
                                           "P_dup_equal"};
    for (std::size_t k = 0; k < names.size(); ++k) {
        const double p_k = expected[names[k]];
        const auto hits = std::ranges::count_if(all, [k](const auto& row) { return row[k]; });
        found.near(names[k], static_cast<double>(hits) / static_cast<double>(reps), p_k,
                   4 * std::sqrt(p_k * (1 - p_k) / static_cast<double>(reps)));
    }
    found.near("limit_N_inf", (n - 1.0) / (2.0 * n), expected["limit_N_inf"], 1e-6);
}

void replication_lag(Findings& found, const Json& p, const Json& expected) {
    const double lag = p["lag_s"];
    Setup s =
        Standing{.pods = p["n"], .service = fixed(0), .workers = 0, .users = 1}.setup(400'000, 0);
    s.visitors.closed = true;
    s.visitors.pause = exponential_of(p["think_mean_s"]);
    const auto world = simulate(s, nothing_changes, nobody);
    const auto& records = world->traffic().records();
    double stale = 0, elsewhere = 0;
    for (std::size_t i = 1; i < records.size(); ++i) {
        if (records[i].pod == records[i - 1].pod) continue;
        elsewhere += 1;
        if (to_seconds(records[i].arrival - records[i - 1].end) < lag) stale += 1;
    }
    const auto pairs = static_cast<double>(records.size() - 1);
    const auto within = [&](double q) { return 4 * std::sqrt(q * (1 - q) / pairs); };
    found.near("P", stale / pairs, expected["P"], within(expected["P"]));
    found.near("no_replication", elsewhere / pairs, expected["no_replication"],
               within(expected["no_replication"]));
}

void lost_updates(Findings& found, const Json& p, const Json& expected) {
    Sample lost, kept;
    const std::uint64_t visits = 20'000;
    for (std::uint64_t i = 0; i < 60; ++i) {
        Setup s = Standing{.pods = 3, .service = fixed(0), .rate = p["lambda"], .workers = 0}.setup(
            visits, i);
        s.volume = VolumeKind::shared;
        s.visitors.think = fixed(p["window_s"]);
        s.keep_records = false;
        const auto world = simulate(s, nothing_changes, nobody);
        const auto stored = static_cast<double>(world->cluster().visits().stored());
        lost.values.push_back(1 - stored / static_cast<double>(visits));
        kept.values.push_back(stored / to_seconds(world->settled()));
    }
    const double wanted = expected["lost_fraction"];
    found.near("lost_fraction", lost.mean(), wanted,
               4 * lost.error() + 1.0 / static_cast<double>(visits));
    found.sampled("final_count_rate_per_s", kept, expected["final_count_rate_per_s"], 0.0005);
}

void occupancy(Findings& found, const Json& p, const Json& expected) {
    const int n = p["n"];
    const std::size_t reps = 40'000;
    Sample until_all, unhit_50, unhit_20, same;
    for (Sample* x : {&until_all, &unhit_50, &unhit_20, &same}) x->values.resize(reps);
    in_parallel(reps, [&](std::size_t i) {
        const auto world = simulate(
            Standing{.pods = n, .service = fixed(0), .rate = 100, .workers = 0}.setup(400, i),
            nothing_changes, nobody);
        std::set<std::uint32_t> hit;
        std::size_t sent = 0;
        for (const RequestRecord& r : world->traffic().records()) {
            hit.insert(r.pod);
            ++sent;
            if (sent == 4) same.values[i] = hit.size() < 4 ? 1 : 0;
            if (sent == 20) unhit_20.values[i] = n - static_cast<double>(hit.size());
            if (sent == 50) unhit_50.values[i] = hit.size() < static_cast<std::size_t>(n) ? 1 : 0;
            if (hit.size() == static_cast<std::size_t>(n) && until_all.values[i] == 0)
                until_all.values[i] = static_cast<double>(sent);
        }
    });
    found.sampled("requests_until_every_pod_hit", until_all,
                  expected["requests_until_every_pod_hit"], 0);
    found.sampled("P_some_pod_unhit_after_50", unhit_50, expected["P_some_pod_unhit_after_50"], 0);
    found.sampled("E_unhit_after_20", unhit_20, expected["E_unhit_after_20"], 0);
    found.sampled("P_2_of_4_users_same_pod", same, expected["P_2_of_4_users_same_pod"], 0);
}

// ---------------------------------------------------------------- the list of kinds

using Check = std::function<void(Findings&, const Json& parameters, const Json& expected)>;

Standing queue_of(const Json& p) {
    const double mean = p.contains("service") ? p["service"].get<double>()
                        : p.contains("mu")    ? 1.0 / p["mu"].get<double>()
                                              : 1.0;
    Standing what{.service = exponential_of(mean), .rate = p["lambda"]};
    if (p.contains("c")) what.workers = p["c"];
    if (p.contains("K_total_in_system"))
        what.queue = p["K_total_in_system"].get<int>() - what.workers;
    return what;
}

Standing split_of(const Json& p, BalancerKind kind) {
    return {.pods = p["n"],
            .service = exponential_of(1.0 / p["mu"].get<double>()),
            .rate = p["lambda_total"],
            .balancer = kind};
}

/// By the beginning of a case's name; the longest that fits wins.
const std::map<std::string, Check>& kinds() {
    static const std::map<std::string, Check> all{
        {"M/M/1", [](auto& f, auto& p, auto& e) { single_queue(f, p, e, queue_of(p)); }},
        {"M/M/c", [](auto& f, auto& p, auto& e) { single_queue(f, p, e, queue_of(p)); }},
        {"M/M/c/c", erlang_loss},
        {"M/M/c/K", [](auto& f, auto& p, auto& e) { single_queue(f, p, e, queue_of(p)); }},
        {"M/D/1",
         [](auto& f, auto& p, auto& e) {
             Standing what = queue_of(p);
             what.service = fixed(p["service"]);
             single_queue(f, p, e, what);
         }},
        {"M/G/1 lognormal",
         [](auto& f, auto& p, auto& e) {
             const bool heavy = p["scv"].template get<double>() > 2;
             single_queue(f, p, e,
                          {.service = lognormal_of(p["lognormal_mu"], p["lognormal_sigma"]),
                           .rate = p["lambda"]},
                          heavy ? 1'000'000 : 400'000, heavy ? 50 : replications);
         }},
        {"M/G/1-PS", sharing},
        {"M/G/inf",
         [](auto& f, auto& p, auto& e) {
             for (const Distribution& law : {exponential_of(p["E[S]"]), fixed(p["E[S]"])}) {
                 single_queue(f, p, e, {.service = law, .rate = p["lambda"], .workers = 0},
                              1'000'000);
             }
         }},
        {"random split",
         [](auto& f, auto& p, auto& e) {
             single_queue(f, p, e, split_of(p, BalancerKind::random), 500'000);
         }},
        {"round-robin over",
         [](auto& f, auto& p, auto& e) {
             single_queue(f, p, e, split_of(p, BalancerKind::round_robin), 500'000);
         }},
        {"power-of-two-choices", supermarket},
        {"finite-n load-balancing", finite_policies},
        {"retries", retries},
        {"fluid backlog", fluid_backlog},
        {"rolling update duration, default", rolling_waves},
        {"rolling update duration, Exp", rolling_exponential},
        {"recreate downtime", recreate_fixed},
        {"recreate, Exp", recreate_exponential},
        {"blue/green cost", blue_green_cost},
        {"rolling endpoint-propagation loss, exp",
         [](auto& f, auto& p, auto& e) {
             propagation_loss(f, p, e, exponential_of(p["mean_prop_delay"]));
         }},
        {"rolling endpoint-propagation loss, det",
         [](auto& f, auto& p, auto& e) { propagation_loss(f, p, e, fixed(p["prop_delay"])); }},
        {"version flip", version_flips},
        {"availability", budget_minutes},
        {"random routing: per-pod", [](auto& f, auto& p, auto& e) { random_divergence(f, p, e); }},
        {"round-robin divergence", round_robin_divergence},
        {"sticky sessions", sticky_equal},
        {"sticky, geometric", sticky_geometric},
        {"monotonic-read", monotonic_reads},
        {"read-your-writes", replication_lag},
        {"lost updates", lost_updates},
        {"occupancy", occupancy},
    };
    return all;
}

const Check* check_for(const std::string& name) {
    const Check* best = nullptr;
    std::size_t longest = 0;
    for (const auto& [begin, check] : kinds()) {
        if (!name.starts_with(begin) || begin.size() < longest) continue;
        best = &check;
        longest = begin.size();
    }
    return best;
}

/// Comparisons with a wrong model must fail: a judge who accepts everything proves nothing.
int accepted_controls() {
    struct Control {
        const char* what;
        std::function<void(Findings&)> wrong;
    };
    const Json mm1 = {{"W", 5.0}};
    const std::vector<Control> controls{
        {"M/D/1 is not M/M/1",
         [&](Findings& f) { single_queue(f, {}, mm1, {.service = fixed(1), .rate = 0.8}); }},
        {"a rate 2 % off",
         [&](Findings& f) {
             single_queue(f, {}, mm1, {.service = exponential_of(1), .rate = 0.816});
         }},
        {"first come is not sharing",
         [&](Findings& f) {
             single_queue(f, {}, {{"W", 5.0}}, {.service = lognormal_of(-0.5, 1.0), .rate = 0.8});
         }},
        {"round-robin is not random",
         [&](Findings& f) {
             random_divergence(f, {{"n", 3}, {"N", 300}}, {{"E_CV2", 2.0 / 300}},
                               BalancerKind::round_robin);
         }},
        {"two choices are not one",
         [&](Findings& f) {
             single_queue(f, {}, {{"W", 3.2673836}},
                          {.pods = 4,
                           .service = exponential_of(1),
                           .rate = 3.2,
                           .balancer = BalancerKind::random_of_two});
         }},
        {"a queue of one more",
         [&](Findings& f) {
             single_queue(f, {}, {{"P_block", 0.16666667}},
                          {.service = exponential_of(1), .rate = 1, .queue = 5});
         }},
        {"sticky users flip", [&](Findings& f) { f.sampled("flip", flips(0.5, 5), 0.75, 0); }},
    };
    int accepted = 0;
    for (const Control& control : controls) {
        Findings found;
        control.wrong(found);
        if (!found.good()) continue;
        ++accepted;
        fmt::print("FAIL control: {}\n", control.what);
    }
    return accepted;
}

}  // namespace

int theory(const std::string& dir) {
    std::ifstream file(dir + "/analytic.json");
    if (!file) throw std::runtime_error("there is no " + dir + "/analytic.json");
    const Json cases = Json::parse(file);
    int passed = 0;
    int failed = accepted_controls();
    for (const Json& oracle : cases.at("oracles")) {
        const std::string category = oracle.value("category", "");
        const std::string name = oracle.at("name");
        if (category == "canary" || is_selection(name)) continue;
        Findings found;
        try {
            if (const StatsCheck* judge = stats_check_for(name)) {
                (*judge)(found, oracle.at("parameters"), oracle.at("expected"));
            } else if (const Check* check = check_for(name)) {
                (*check)(found, oracle.at("parameters"), oracle.at("expected"));
            } else {
                found.unknown("this kind of case");
            }
        } catch (const Json::exception& problem) {
            found.unknown(problem.what());
        }
        (found.good() ? passed : failed) += 1;
        if (!found.good())
            fmt::print("FAIL {} {}{}\n", oracle.value("id", "?"), name, found.list());
        std::fflush(stdout);
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
