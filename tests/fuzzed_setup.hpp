#pragma once

#include "sim/numbers/random.hpp"
#include "sim/setup.hpp"

#include <cstdint>

namespace stratsim {

/// Numbers of one fuzzed configuration, by the order of asking.
class Dice {
  public:
    explicit Dice(std::uint64_t config) : random_(99, config) {}
    std::uint32_t upto(std::uint32_t most) {
        return below(most + 1, random_.block(Concern::boot, 0, asked_++).high(0));
    }
    bool coin() { return upto(1) == 1; }
    Duration ms(std::uint32_t most) { return std::chrono::milliseconds{upto(most)}; }

  private:
    Randomness random_;
    std::uint64_t asked_ = 0;
};

inline Probe fuzzed_probe(Dice& dice) {
    return {.initial_delay = dice.ms(500),
            .period = dice.ms(1000) + std::chrono::milliseconds{1},
            .timeout = dice.ms(300) + std::chrono::milliseconds{1},
            .success_threshold = 1 + static_cast<int>(dice.upto(1)),
            .failure_threshold = 1 + static_cast<int>(dice.upto(2))};
}

/// Any mechanisms together, the more harm the better.
inline Setup fuzzed(std::uint64_t config) {
    Dice dice(config);
    Setup s;
    s.replicas = 1 + static_cast<int>(dice.upto(5));
    s.visitors.closed = dice.upto(2) == 0;
    PodTemplate made_of;
    made_of.boot = Distribution::exponential(dice.ms(2000));
    made_of.service_time = Distribution::exponential(dice.ms(60));
    made_of.discipline =
        !s.visitors.closed && dice.upto(2) == 0 ? Discipline::sharing : Discipline::first_come;
    made_of.concurrency = static_cast<int>(dice.upto(4));
    if (dice.coin()) made_of.queue = static_cast<int>(dice.upto(6));
    made_of.on_sigterm = static_cast<OnSigterm>(dice.upto(3));
    made_of.shutdown = Distribution::fixed(dice.ms(800));
    made_of.pre_stop = dice.ms(1500);
    made_of.grace = dice.ms(4000);
    made_of.cold_factor = 1 + dice.upto(3);
    made_of.warms_over_requests = dice.upto(20);
    if (dice.coin()) made_of.exit_lag = Distribution::exponential(dice.ms(300));
    if (dice.coin()) {
        made_of.ready_when = static_cast<ReadyWhen>(dice.upto(2));
        made_of.readiness = fuzzed_probe(dice);
        if (dice.upto(3) == 0) made_of.startup = fuzzed_probe(dice);
        if (made_of.startup) made_of.startup->failure_threshold = 30;
        made_of.probe_time = Distribution::exponential(dice.ms(100));
    }
    s.revisions = {made_of, made_of};
    if (dice.coin()) s.revisions[1].error_time = Distribution::fixed(dice.ms(5));
    s.revisions[1].errors = Share{static_cast<std::int64_t>(dice.upto(200'000))};
    Network& network = s.network;
    network.propagation = Distribution::exponential(dice.ms(2000));
    if (dice.coin()) network.removal = Distribution::exponential(dice.ms(3000));
    network.balancer = static_cast<BalancerKind>(
        dice.upto(static_cast<std::uint32_t>(BalancerKind::haproxy_random_of_two)));
    network.layer = dice.coin() ? Layer::l4 : Layer::l7;
    network.falls_back = dice.coin();
    network.instances = 1 + static_cast<int>(dice.upto(2));
    network.retries = static_cast<int>(dice.upto(3));
    network.retries_killed = dice.coin();
    network.retries_errors = dice.coin();
    network.holds = dice.upto(3) == 0;
    if (dice.upto(3) == 0) network.affinity = dice.ms(3000);
    if (dice.coin()) network.slow_start = dice.ms(3000);
    network.eject_after = static_cast<int>(dice.upto(2));
    network.ejected_for = dice.ms(1000);
    s.visitors.rate = 20 + dice.upto(200);
    s.visitors.users = 1 + dice.upto(60);
    s.visitors.pause = Distribution::exponential(dice.ms(200) + std::chrono::milliseconds{1});
    s.visitors.connections = dice.coin() ? Connections::keep_alive : Connections::per_request;
    s.visitors.pool = 1 + static_cast<int>(dice.upto(3));
    if (dice.coin()) s.visitors.idle_timeout = dice.ms(300);
    s.visitors.requests_per_connection = dice.upto(5);
    network.redispatch = static_cast<Redispatch>(dice.upto(2));
    network.panic_below = dice.coin() ? nothing : Share{500'000};
    network.slow_start_aggression = dice.coin() ? 1 : 2;
    network.eject_at_most = Share{static_cast<std::int64_t>(dice.upto(1'000'000))};
    s.visitors.timeout = dice.ms(1500) + std::chrono::milliseconds{1};
    if (dice.coin()) s.visitors.think = Distribution::fixed(dice.ms(10));
    if (dice.coin())
        s.visitors.shape = bursts(3, std::chrono::milliseconds{200}, std::chrono::seconds{1});
    s.volume = static_cast<VolumeKind>(dice.upto(4));
    s.tail = dice.ms(1000);
    s.seed = config;
    s.keep_records = dice.coin();
    return s;
}

}  // namespace stratsim
