#include "strategies/rolling.hpp"

#include "sim/stateful_set.hpp"
#include "strategies/pass.hpp"

namespace stratsim {

Desired Rolling::decide(const Observed& seen) const {
    if (!seen.ordinals.empty()) {
        Desired desired = as_observed(seen);
        stateful_set_pass(seen.ordinals.front(),
                          {.replicas = seen.replicas, .ordered = seen.ordered}, *desired.plan);
        return desired;
    }
    return rolling_pass(seen, {.new_pods = seen.replicas, .old_pods = 0},
                        resolve_fenceposts(max_surge, max_unavailable, seen.replicas));
}

}  // namespace stratsim
