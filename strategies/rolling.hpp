#pragma once

#include "sim/rollout.hpp"

#include <string_view>

namespace stratsim {

/// Replace the pods a few at a time, never straying far from the replicas.
struct Rolling {
    static constexpr std::string_view name = "rolling";
    static constexpr std::string_view summary =
        "replace the pods a few at a time, within max-surge and max-unavailable";
    static constexpr std::string_view good_for =
        "few extra pods, no outage if pods leave gracefully";
    static constexpr std::string_view price =
        "slow; two versions answer at once; nothing rolls back";

    PodCount max_surge{250'000, true};
    PodCount max_unavailable{250'000, true};

    template <class Knob>
    void knobs(Knob&& knob) {
        knob("max-surge", max_surge,
             "pods above the replicas, a number or a percentage (rounds up)", "Kubernetes: 25%");
        knob("max-unavailable", max_unavailable,
             "pods that may be missing, a number or a percentage (rounds down)", "Kubernetes: 25%");
    }

    using Memory = NoMemory;
    Decision<Desired, Memory> decide(const Observed& seen, const Memory& = {}) const;

    friend bool operator==(const Rolling&, const Rolling&) = default;
};

}  // namespace stratsim
