#include "strategies/rolling.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"
#include "strategies/proportional.hpp"

namespace stratsim {

namespace {

Desired roll_set(const Observed& seen) {
    Desired desired = as_observed(seen);
    stateful_set_pass(seen.ordinals.front(),
                      {.replicas = seen.replicas,
                       .partition = seen.partition,
                       .ordered = seen.ordered,
                       .below_new = seen.target_is_current,
                       .on_delete = seen.on_delete,
                       .max_unavailable = seen.set_max_unavailable,
                       .rules = seen.rules},
                      *desired.plan);
    return desired;
}

Desired roll_deployment(const Observed& seen, Fenceposts posts) {
    // deployment_controller.go, syncDeployment: a pause or a change of the replicas comes first.
    if (seen.paused || is_scaling_event(seen)) {
        return scale_sets(seen, bounds_of(seen.replicas, posts), Sharing::proportional);
    }
    return rolling_pass(seen, {.new_pods = seen.replicas, .old_pods = 0}, posts);
}

}  // namespace

Decision<Desired, NoMemory> Rolling::decide(const Observed& seen, const Memory&) const {
    if (!seen.ordinals.empty()) return {roll_set(seen), {}};
    const Fenceposts posts = resolve_fenceposts(max_surge, max_unavailable, seen.replicas);
    return {roll_deployment(seen, posts), {}};
}

}  // namespace stratsim
