#pragma once

#include "sim/setup.hpp"

#include <functional>
#include <optional>

namespace stratsim {

/// When a starting pod listens and when it is ready, counted from its container's start; unset:
/// never.
struct StartUp {
    std::optional<Duration> listens;
    std::optional<Duration> ready;
};

/// How long the program takes to answer a probe when no request is in its way; `fresh`: before it
/// has served any, a cold one is slow. `u` in (0, 1).
Duration answer_time(const PodTemplate& made_of, double u, bool fresh);

/// Follows the kubelet's probes through a boot. `boot(attempt)` tells how long each start of the
/// container takes, `answer(probe)` how long the program takes to answer: a startup probe that
/// gives up restarts it, after a back-off of 10 s, 20 s, 40 s, ... Sources: Kubernetes, core/v1
/// Probe; pod lifecycle, container restarts.
StartUp start_up(const PodTemplate& made_of, const std::function<Duration(std::uint64_t)>& boot,
                 const std::function<Duration(std::uint64_t)>& answer);

}  // namespace stratsim
