#include "strategies/recreate.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"
#include "strategies/proportional.hpp"

#include <algorithm>

namespace stratsim {

namespace {

/// A StatefulSet is scaled to 0, and back up once no pod of the old revision is left.
Desired recreate_set(const Observed& seen) {
    Desired desired = as_observed(seen);
    const auto& ordinals = seen.ordinals.front();
    const bool old_left = std::ranges::any_of(ordinals, [](const OrdinalSeen& pod) {
        return pod.state != OrdinalSeen::State::missing && !pod.is_new;
    });
    stateful_set_pass(ordinals, {.replicas = old_left ? 0 : seen.replicas, .ordered = seen.ordered},
                      *desired.plan);
    return desired;
}

Desired recreate_deployment(const Observed& seen) {
    const Bounds bounds = bounds_of(seen.replicas, {});
    if (seen.paused || is_scaling_event(seen)) return scale_sets(seen, bounds, Sharing::lone_set);
    Desired desired = as_observed(seen);
    desired.bounds = bounds;
    std::ranges::fill(desired.old_sizes, 0);
    // recreate.go: a pass that scales down ends there; terminating pods hold the new set up.
    if (old_pods_gone(seen)) {
        desired.new_exists = true;
        desired.new_size = seen.replicas;
    }
    return desired;
}

}  // namespace

Decision<Desired, NoMemory> Recreate::decide(const Observed& seen, const Memory&) const {
    return {seen.ordinals.empty() ? recreate_deployment(seen) : recreate_set(seen), {}};
}

}  // namespace stratsim
