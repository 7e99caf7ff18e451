#include "tests/conformance_runner/loopback_rig.hpp"

#include "sim/numbers/elementary.hpp"

#include <cmath>
#include <map>
#include <set>

namespace stratsim::conformance {

using Json = nlohmann::json;

namespace {

// ------------------------------------------------------------ overheads, the same for every case

/// Lognormal with the measured median and the measured 95th percentile.
Distribution lognormal_p95(double median_ms, double p95_ms) {
    const double sigma = std::log(p95_ms / median_ms) / normal_quantile(0.95);
    return Distribution::lognormal(ms(median_ms),
                                   ms(median_ms * std::exp(sigma * normal_quantile(0.99))));
}

/// Lognormal with the measured median and the measured mean.
Distribution lognormal_mean(double median_ms, double mean_ms) {
    const double sigma = std::sqrt(2 * std::log(mean_ms / median_ms));
    return Distribution::lognormal(ms(median_ms),
                                   ms(median_ms * std::exp(sigma * normal_quantile(0.99))));
}

/// Measured: an unloaded request takes 1.5 to 2 ms more than its service.
constexpr double request_overhead_ms = 1.75;

/// Measured with a probe every 20 ms, Ready - create - boot: median 20, 95th percentile 48 ms. A
/// pod is made when a probe has succeeded, and is probed from then on: it is ready at the first
/// multiple of the period after it has booted, which takes some 12 ms more than configured.
Distribution boot_of(const Json& cfg) {
    constexpr double measured_period_ms = 20;
    constexpr double spawn_ms = 12;
    const double boot_ms = cfg.value("BootMs", 0.0);
    double period_ms = cfg.value("ProbeMs", measured_period_ms);
    if (period_ms <= 0) period_ms = measured_period_ms;
    const double probed_ms = std::ceil((boot_ms + spawn_ms) / period_ms) * period_ms;
    return lognormal_p95(20, 48).plus(ms(probed_ms - measured_period_ms));
}

/// Measured, removal from HAProxy - SIGTERM - D: median 1, 95th percentile 9 ms. Under iptables the
/// rules are written one after the other; the recordings' events show 6 to 50 ms after D.
Distribution delay_of(double delay_ms, bool iptables) {
    return iptables ? Distribution::uniform(ms(delay_ms + 6), ms(delay_ms + 40))
                    : lognormal_p95(1, 9).plus(ms(delay_ms));
}

/// Measured, exit - SIGTERM of a pod that exits at once: median 2, mean 8.7 ms. Until then it
/// accepts requests, and they die with it.
Distribution exit_lag() {
    return lognormal_mean(2, 8.7);
}

/// Chosen so that the visit recordings fit, and the same for all of them: what a visit without
/// service keeps its pod busy for. Measured is only that one visit after the other takes 0.5 ms
/// each, all in all.
Distribution visit_overhead() {
    return Distribution::lognormal(ms(0.4), ms(6));
}

/// Chosen likewise: so long after a client has its answer HAProxy may still count the connection;
/// a client's next connection takes connect_ms to come.
constexpr double connect_ms = 0.2;
Distribution release_lag() {
    return Distribution::uniform(Duration{}, ms(connect_ms / 0.72));
}

// ------------------------------------------------------------ reading a configuration

[[noreturn]] void unknown(const std::string& what, const std::string& value) {
    throw std::runtime_error(what + " \"" + value + "\"");
}

bool is_empty(const Json& value) {
    return value.is_null() || value == false || value == 0 || value == "" ||
           (value.is_array() && value.empty());
}

void refuse_others(const Json& cfg, const std::set<std::string>& known) {
    for (const auto& [name, value] : cfg.items()) {
        if (!known.contains(name) && !is_empty(value)) unknown("field", name);
    }
}

template <class Value>
Value named(const std::map<std::string, Value>& values, const char* what, const std::string& name) {
    const auto found = values.find(name);
    if (found == values.end()) unknown(what, name);
    return found->second;
}

enum class Proxy { haproxy, nginx, iptables };

Proxy proxy_of(const Json& cfg) {
    return named<Proxy>({{"haproxy", Proxy::haproxy},
                         {"haproxy-http", Proxy::haproxy},
                         {"haproxy-http-reuse", Proxy::haproxy},
                         {"haproxy-tcp", Proxy::haproxy},
                         {"nginx", Proxy::nginx},
                         {"nginx-http", Proxy::nginx},
                         {"nginx-tcp", Proxy::nginx},
                         {"iptables", Proxy::iptables},
                         {"iptables-http", Proxy::iptables}},
                        "LB", cfg.at("LB"));
}

BalancerKind haproxy_balance(const std::string& algorithm) {
    return named<BalancerKind>({{"roundrobin", BalancerKind::round_robin},
                                {"static-rr", BalancerKind::round_robin},
                                {"leastconn", BalancerKind::haproxy_least},
                                {"random", BalancerKind::haproxy_random_of_two},  // its default
                                {"random(1)", BalancerKind::haproxy_random},
                                {"random(2)", BalancerKind::haproxy_random_of_two},
                                {"source", BalancerKind::source_hash}},
                               "balancing of HAProxy", algorithm);
}

BalancerKind nginx_balance(const std::string& algorithm) {
    return named<BalancerKind>({{"rr", BalancerKind::round_robin},
                                {"roundrobin", BalancerKind::round_robin},
                                {"round_robin", BalancerKind::round_robin},
                                {"least_conn", BalancerKind::least_connections},
                                {"random", BalancerKind::random},
                                {"random two", BalancerKind::random_of_two},
                                {"random two least_conn", BalancerKind::random_of_two},
                                {"ip_hash", BalancerKind::subnet_hash}},
                               "balancing of nginx", algorithm);
}

/// Under iptables the field is ignored: by chance for every connection.
BalancerKind balancer_of(const Json& cfg, const std::string& algorithm) {
    switch (proxy_of(cfg)) {
        case Proxy::haproxy:
            return haproxy_balance(algorithm);
        case Proxy::nginx:
            return nginx_balance(algorithm);
        case Proxy::iptables:
            break;
    }
    return BalancerKind::random;
}

bool is_tcp(const Json& cfg) {
    const std::string mode = cfg.value("Mode", "http");
    if (mode != "http" && mode != "tcp") unknown("Mode", mode);
    return mode == "tcp" || cfg.at("LB").get<std::string>().ends_with("-tcp");
}

Distribution service_of(const Json& cfg) {
    const double mean = cfg.value("SvcMs", 0.0);
    const std::string law = cfg.value("Svc", "exp");
    const Duration overhead = ms(request_overhead_ms);
    if (mean <= 0 || law == "fixed") return Distribution::fixed(ms(mean) + overhead);
    if (law == "exp") return Distribution::exponential(ms(mean)).plus(overhead);
    if (law == "uniform") return Distribution::uniform({}, ms(2 * mean)).plus(overhead);
    if (law.starts_with("logn")) {  // assumed, where nothing says the width: sigma 1
        const double median = mean * std::exp(-0.5);
        return Distribution::lognormal(ms(median), ms(median * std::exp(normal_quantile(0.99))))
            .plus(overhead);
    }
    unknown("Svc", law);
}

VolumeKind volume_of(const Json& cfg) {
    const std::string counter = cfg.value("Counter", "own");
    return named<VolumeKind>({{"", VolumeKind::per_pod},
                              {"own", VolumeKind::per_pod},
                              {"flock", VolumeKind::shared_locked},
                              {"pwrite", VolumeKind::shared},
                              {"rename", VolumeKind::shared},
                              {"naive", VolumeKind::shared},
                              {"shared", VolumeKind::shared},
                              {"shared-flock", VolumeKind::shared_locked}},
                             "Counter", counter);
}

// ------------------------------------------------------------ the rig's retries

/// HAProxy gives a refused connection to another server only with "option redispatch", else to the
/// same one a second later; nginx asks every server once (proxy_next_upstream "error timeout") and
/// passes the refusing one over for 10 s (max_fails 1).
void set_retries(Network& network, const Json& cfg) {
    const Proxy proxy = proxy_of(cfg);
    network.refusal_lag = ms(request_overhead_ms / 3);  // a connection, a request and an answer
    if (proxy == Proxy::haproxy) {
        network.retries = cfg.value("Retries", 0);
        if (!cfg.value("Redispatch", false)) network.redispatch = Redispatch::nowhere;
    }
    if (proxy == Proxy::nginx && !is_tcp(cfg)) {
        network.retries = cfg.at("Pods").get<int>() - 1;
        network.retries_killed = true;
        network.redispatch = Redispatch::but_tried;
        network.eject_after = 1;
    }
}

/// ceil(w R) new pods beside all the old ones, the balancer's weights for the shares, each step
/// held; at 100 % the old pods stay for the switch delay.
class RigCanary {
  public:
    struct Memory {
        std::size_t step = 0;
        std::optional<Time> since{};
        friend bool operator==(const Memory&, const Memory&) = default;
    };

    explicit RigCanary(const Json& cfg)
        : hold_(ms(cfg.value("StepMs", 0.0))), keep_(ms(cfg.value("SwitchDelayMs", 0.0))) {
        for (const Json& w : cfg.at("Steps")) steps_.push_back(w.get<double>() / 100);
        if (steps_.empty()) unknown("Steps", "[]");
    }

    Decision<Desired, Memory> decide(const Observed& seen, const Memory& memory) const {
        Decision<Desired, Memory> decision{as_observed(seen), memory};
        Desired& desired = decision.what;
        auto& [step, since] = decision.memory;
        desired.old_sizes.assign(desired.old_sizes.size(), seen.replicas);
        if (!desired.to_new) desired.to_new = nothing;
        for (;; ++step, since.reset()) {
            const bool last = step + 1 == steps_.size();
            desired.new_size = static_cast<int>(std::ceil(steps_[step] * seen.replicas - 1e-9));
            if (seen.new_revision.available < desired.new_size) return decision;
            desired.to_new = Share{static_cast<std::int64_t>(steps_[step] * 1e6 + 0.5)};
            if (!since) since = seen.now;
            const Time until = *since + (last ? keep_ : hold_);
            if (seen.now < until) {
                decision.look_again = until;
                return decision;
            }
            if (last) {
                desired.old_sizes.assign(desired.old_sizes.size(), 0);
                return decision;
            }
        }
    }

  private:
    std::vector<double> steps_;
    Duration hold_;
    Duration keep_;
};

PodTemplate rollout_pod(const Json& cfg) {
    PodTemplate made_of;
    made_of.boot = boot_of(cfg);
    made_of.service_time = service_of(cfg);
    made_of.concurrency = cfg.value("Conc", 0);
    made_of.grace = std::chrono::hours{1};
    const std::string term = cfg.value("Term", "immediate");
    if (term == "immediate") {
        made_of.on_sigterm = OnSigterm::exit;
        made_of.exit_lag = exit_lag();
    } else if (term == "drain" || term == "prestop") {
        made_of.on_sigterm = OnSigterm::drain;
        if (term == "prestop") made_of.pre_stop = ms(cfg.value("PreStopMs", 0.0));
    } else {
        unknown("Term", term);
    }
    return made_of;
}

void set_visitors(Visitors& visitors, const Json& cfg, BalancerKind balancer) {
    visitors.rate = cfg.value("Rate", 200.0);
    visitors.timeout = ms(cfg.value("TimeoutMs", 1000.0));
    // All requests come from 127.0.0.1, which matters where the address decides.
    const bool by_address =
        balancer == BalancerKind::source_hash || balancer == BalancerKind::subnet_hash;
    visitors.users = by_address ? 1 : 100;
    visitors.addresses = Addresses::one_subnet;
    visitors.think = Distribution::fixed(ms(cfg.value("GapMs", 0.0)));
    if (const int clients = cfg.value("Clients", 0); clients > 0) {
        visitors.users = static_cast<std::uint32_t>(clients);
        visitors.closed = true;
        visitors.connections = Connections::keep_alive;
        visitors.pause = Distribution::exponential(ms(cfg.value("ThinkMs", 0.0)));
    }
}

}  // namespace

Duration ms(double value) {
    return from_seconds(value * 1e-3);
}

bool sees_connections(const Json& cfg) {
    return proxy_of(cfg) == Proxy::iptables || is_tcp(cfg);
}

bool is_switched(const Json& cfg) {
    return cfg.at("Strategy") == "bluegreen" || cfg.at("Strategy") == "canary";
}

Duration tail_of(const Json& cfg) {
    return ms(cfg.value("TailMs", 500.0));
}

Setup rollout_setup(const Json& cfg) {
    refuse_others(cfg, {"Exp",        "Case",          "Seed",   "LB",        "Mode",
                        "Balance",    "Strategy",      "Pods",   "Surge",     "Unavail",
                        "BootMs",     "Svc",           "SvcMs",  "Conc",      "Term",
                        "PreStopMs",  "PropMs",        "Rate",   "TimeoutMs", "Retries",
                        "Redispatch", "SwitchDelayMs", "Steps",  "StepMs",    "MinReadyMs",
                        "ProbeMs",    "WarmMs",        "TailMs", "Clients",   "ThinkMs",
                        "Counter",    "GapMs"});
    const PodTemplate made_of = rollout_pod(cfg);
    Setup s;
    s.replicas = cfg.at("Pods");
    s.min_ready = ms(cfg.value("MinReadyMs", 0.0));
    // The rig's controller knows no API server: it waits from the instant of readiness.
    s.rules.available_from_stored_second = false;
    s.revisions = {made_of, made_of};
    s.network.propagation = delay_of(cfg.value("PropMs", 0.0), proxy_of(cfg) == Proxy::iptables);
    s.network.falls_back = false;
    s.network.layer = sees_connections(cfg) ? Layer::l4 : Layer::l7;
    s.network.balancer = balancer_of(cfg, cfg.value("Balance", "roundrobin"));
    set_retries(s.network, cfg);
    set_visitors(s.visitors, cfg, s.network.balancer);
    s.volume = volume_of(cfg);
    s.warm_up = ms(cfg.value("WarmMs", 600.0));
    s.keep_records = true;
    s.seed = 11;
    return s;
}

Controller rollout_controller(const Json& cfg) {
    const std::string name = cfg.at("Strategy");
    if (name == "canary") return RigCanary(cfg);
    Strategy strategy;
    if (name == "rolling") {
        strategy = Rolling{{cfg.value("Surge", 0), false}, {cfg.value("Unavail", 0), false}};
    } else if (name == "recreate") {
        strategy = Recreate{};
    } else if (name == "bluegreen") {
        BlueGreen both;
        both.keep_old = ms(cfg.value("SwitchDelayMs", 0.0));
        strategy = both;
    } else {
        unknown("Strategy", name);
    }
    return controller_of(strategy);
}

Setup visits_setup(const Json& cfg) {
    refuse_others(cfg, {"Exp",     "Case",  "Seed",    "LB",        "Mode",    "Algo",     "Pods",
                        "N",       "Rate",  "Workers", "Zone",      "Pattern", "Svc",      "SvcMs",
                        "Counter", "GapMs", "Clients", "ClientNet", "Weights", "SlowPodMs"});
    const std::string pattern = cfg.value("Pattern", "newconn");
    const Proxy proxy = proxy_of(cfg);
    PodTemplate made_of;
    made_of.service_time = cfg.value("SvcMs", 0.0) > 0 ? service_of(cfg) : visit_overhead();
    made_of.concurrency = 0;
    if (const double slow = cfg.value("SlowPodMs", 0.0); slow > 0) {
        made_of.slower = {(slow + request_overhead_ms) /
                          (cfg.value("SvcMs", 0.0) + request_overhead_ms)};
    }
    Setup s;
    s.replicas = cfg.at("Pods");
    s.rolls_out = false;
    s.revisions = {made_of};
    s.network.falls_back = false;
    s.network.balancer = balancer_of(cfg, cfg.at("Algo"));
    s.network.layer = sees_connections(cfg) ? Layer::l4 : Layer::l7;
    if (const int workers = cfg.value("Workers", 0); workers > 1 && !cfg.value("Zone", false))
        s.network.instances = workers;
    if (cfg.contains("Weights") && cfg["Weights"].is_array()) {
        for (const Json& w : cfg["Weights"]) s.network.weights.push_back(w);
    }
    s.visitors.rate = cfg.value("Rate", 1000.0);
    s.visitors.users = std::max(1U, cfg.value("Clients", 1U));
    const std::string net = cfg.value("ClientNet", "wide");
    if (net != "wide" && net != "same24" && !net.empty()) unknown("ClientNet", net);
    s.visitors.addresses = net == "same24" ? Addresses::one_subnet : Addresses::anywhere;
    const bool pool = pattern.starts_with("pool");
    const bool seq = pattern == "newconn_seq";
    if (pool || seq || pattern == "keepalive1") {
        s.visitors.closed = true;
        s.visitors.users = pool ? static_cast<std::uint32_t>(std::stoi(pattern.substr(4))) : 1;
        s.visitors.connections = seq ? Connections::per_request : Connections::keep_alive;
        if (seq && proxy == Proxy::haproxy) {
            s.visitors.pause = Distribution::fixed(ms(connect_ms));
            s.network.release_lag = release_lag();
        }
    } else if (pattern != "newconn" && pattern != "clients") {
        unknown("Pattern", pattern);
    }
    s.volume = volume_of(cfg);
    s.visits = cfg.at("N").get<std::uint64_t>();
    s.seed = 13;
    return s;
}

}  // namespace stratsim::conformance
