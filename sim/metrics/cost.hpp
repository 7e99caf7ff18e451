#pragma once

#include "sim/measure.hpp"
#include "sim/metrics/pods.hpp"

namespace stratsim {

/// What the pods cost beside the fleet that is asked for, over the same window.
struct Cost {
    double per_pod_second = 0;  ///< in the currency of the prices

    void rows(Measures& measures, const World& world) const {
        const double used = PodCounts::pod_seconds(world);
        const Setup& setup = world.cluster().setup();
        int pods = setup.new_replicas.value_or(setup.replicas);
        for (const StandingWorkload& other : setup.others) pods += other.replicas;
        const double fleet = to_seconds((world.settled() - command) * pods);
        // Whole nanoseconds: seconds as they are, with nothing left over from the subtraction.
        const double extra = to_seconds(from_seconds(used) - from_seconds(fleet));
        measures.add("cost.total", used * per_pod_second);
        measures.add("cost.steady", fleet * per_pod_second);
        measures.add("cost.extra", extra * per_pod_second);
        measures.add("cost.extra_percent",
                     fleet > 0 ? std::optional<double>(100.0 * extra / fleet) : std::nullopt);
        measures.add("cost.extra_pod_seconds", extra);
    }
};

}  // namespace stratsim
