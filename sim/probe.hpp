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

/// Follows the kubelet's probes through a boot. `boot(attempt)` tells how long each start of the
/// container takes: a startup probe that gives up restarts it, after a back-off of 10 s, 20 s, 40
/// s, ... Sources: Kubernetes, core/v1 Probe; pod lifecycle, container restarts.
StartUp start_up(const PodTemplate& made_of, const std::function<Duration(std::uint64_t)>& boot);

}  // namespace stratsim
