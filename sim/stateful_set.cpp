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

bool is_wrong(const OrdinalSeen& pod, const StatefulSetSpec& spec) {
    return pod.is_new != spec.to_new && pod.state != State::missing &&
           pod.state != State::terminating;
}

/// The gate is off: from the highest ordinal down, one pod at a time, and never past one that is
/// not healthy. This holds for both policies: Parallel changes only creation and scaling.
void update_one(const std::vector<OrdinalSeen>& ordinals, const StatefulSetSpec& spec,
                OrdinalPlan& plan) {
    for (int ordinal = spec.replicas - 1; ordinal >= spec.partition; --ordinal) {
        const auto i = static_cast<std::size_t>(ordinal);
        if (i >= ordinals.size()) return;
        if (is_wrong(ordinals[i], spec)) return plan.remove.push_back({spec.set, ordinal, false});
        if (ordinals[i].state != State::available) return;
    }
}

/// The gate is on: from the highest ordinal down as many as may be unavailable, less those that
/// are, wherever they stand (updateStatefulSetAfterInvariantEstablished).
void update_several(const std::vector<OrdinalSeen>& ordinals, const StatefulSetSpec& spec,
                    OrdinalPlan& plan) {
    const auto at = [&](int ordinal) {
        const auto i = static_cast<std::size_t>(ordinal);
        return i < ordinals.size() ? ordinals[i] : OrdinalSeen{};
    };
    int spare = set_max_unavailable(spec.max_unavailable, spec.replicas);
    for (int ordinal = 0; ordinal < spec.replicas; ++ordinal) {
        if (at(ordinal).state != State::available) --spare;
    }
    for (int ordinal = spec.replicas - 1; ordinal >= spec.partition; --ordinal) {
        if (!is_wrong(at(ordinal), spec)) continue;
        const bool is_free =
            spec.rules.replaces_unavailable_freely && at(ordinal).state != State::available;
        if (!is_free && spare-- <= 0) return;
        plan.remove.push_back({spec.set, ordinal, false});
    }
}

}  // namespace

int set_max_unavailable(PodCount most, int replicas) {
    return std::max(1, most.rounded_down(replicas));
}

void stateful_set_pass(const std::vector<OrdinalSeen>& ordinals, const StatefulSetSpec& spec,
                       OrdinalPlan& plan) {
    const auto at = [&](int ordinal) {
        const auto i = static_cast<std::size_t>(ordinal);
        return i < ordinals.size() ? ordinals[i] : OrdinalSeen{};
    };
    const auto wants_new = [&](int ordinal) {
        if (spec.on_delete || ordinal >= spec.partition) return spec.to_new;
        return spec.below_new ? spec.to_new : !spec.to_new;
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

    if (spec.on_delete) return;
    if (spec.rules.max_unavailable_gate) {
        update_several(ordinals, spec, plan);
    } else {
        update_one(ordinals, spec, plan);
    }
}

}  // namespace stratsim
