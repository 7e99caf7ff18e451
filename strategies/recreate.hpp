#pragma once

#include "sim/rollout.hpp"

#include <string_view>

namespace stratsim {

/// Stop every old pod, wait until the last is gone, then start the new ones.
struct Recreate {
    static constexpr std::string_view name = "recreate";
    static constexpr std::string_view summary =
        "stop every old pod, wait until all are gone, start the new ones";
    static constexpr std::string_view good_for = "one version at a time, no extra pods";
    static constexpr std::string_view price =
        "nobody is served from the first stop to boot + propagation";

    template <class Knob>
    void knobs(Knob&&) {}

    using Memory = NoMemory;
    Decision<Desired, Memory> decide(const Observed& seen, const Memory& = {}) const;

    friend bool operator==(const Recreate&, const Recreate&) = default;
};

}  // namespace stratsim
