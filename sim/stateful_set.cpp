#include "sim/stateful_set.hpp"

#include <algorithm>

namespace stratsim {

namespace {

using State = OrdinalSeen::State;

bool is_ready(State state) {
    return state == State::ready || state == State::available;
}

/// The lowest ordinal that is not running and ready; it alone may be condemned while unhealthy.
int first_unhealthy(const std::vector<OrdinalSeen>& ordinals) {
    const auto sick = std::ranges::find_if(
        ordinals, [](State s) { return s != State::missing && !is_ready(s); }, &OrdinalSeen::state);
    return static_cast<int>(sick - ordinals.begin());
}

}  // namespace

void stateful_set_pass(const std::vector<OrdinalSeen>& ordinals, const StatefulSetSpec& spec,
                       OrdinalPlan& plan) {
    const auto at = [&](int ordinal) {
        const auto i = static_cast<std::size_t>(ordinal);
        return i < ordinals.size() ? ordinals[i] : OrdinalSeen{};
    };
    const auto wants_new = [&](int ordinal) {
        return ordinal >= spec.partition ? spec.to_new : !spec.to_new;
    };

    // 1. The pods that belong: upwards; OrderedReady waits for each before it looks at the next.
    for (int ordinal = 0; ordinal < spec.replicas; ++ordinal) {
        const State state = at(ordinal).state;
        if (state == State::missing) {
            plan.create.push_back({spec.set, ordinal, wants_new(ordinal)});
        }
        if (spec.ordered && state != State::available) return;
    }

    // 2. The pods that are too many: downwards; OrderedReady waits until each is gone, and does not
    //    touch a healthy pod's neighbour while a lower one is sick.
    const int unhealthy = first_unhealthy(ordinals);
    for (int ordinal = static_cast<int>(ordinals.size()) - 1; ordinal >= spec.replicas; --ordinal) {
        const State state = at(ordinal).state;
        if (state == State::missing) continue;
        if (state == State::terminating) {
            if (spec.ordered) return;
            continue;
        }
        if (spec.ordered && state != State::available && ordinal != unhealthy) return;
        plan.remove.push_back({spec.set, ordinal, false});
        if (spec.ordered) return;
    }

    // 3. The update: from the highest ordinal down, one pod at a time, and never past one that is
    //    not healthy. This holds for both policies: Parallel changes only steps 1 and 2.
    for (int ordinal = spec.replicas - 1; ordinal >= spec.partition; --ordinal) {
        const OrdinalSeen pod = at(ordinal);
        if (pod.state == State::missing) return;
        if (pod.is_new != wants_new(ordinal) && pod.state != State::terminating) {
            plan.remove.push_back({spec.set, ordinal, false});
            return;
        }
        if (pod.state != State::available) return;
    }
}

}  // namespace stratsim
