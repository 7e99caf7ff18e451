#include "strategies/recreate.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"

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

}  // namespace

Desired Recreate::decide(const Observed& seen) const {
    if (!seen.ordinals.empty()) return recreate_set(seen);
    Desired desired = as_observed(seen);
    std::ranges::fill(desired.old_sizes, 0);
    if (old_pods_gone(seen)) desired.new_size = seen.replicas;
    return desired;
}

}  // namespace stratsim
