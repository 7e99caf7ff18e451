#pragma once

#include "sim/rollout.hpp"

#include <string_view>

namespace stratsim {

/// Run both versions in full, move everybody at once, keep the old one for a while.
struct BlueGreen {
    static constexpr std::string_view name = "blue-green";
    static constexpr std::string_view summary =
        "both versions in full, everybody moves at once, the old one stays for a while";
    static constexpr std::string_view good_for =
        "nobody meets a release that fails its check; instant way back";
    static constexpr std::string_view price = "twice the pods while both are up";

    Duration keep_old = std::chrono::seconds{30};
    Rate qa;
    Duration hold = std::chrono::minutes{5};
    Share error_limit{10'000};

    template <class Knob>
    void knobs(Knob&& knob) {
        knob("keep-old", keep_old, "how long the old pods stay after users have left them",
             "Argo Rollouts: scaleDownDelaySeconds 30");
        knob("qa", qa, "test requests to the new version through a side service before the switch",
             "none unless given");
        knob("hold", hold, "how long a step stands (canary), how long QA lasts (blue-green)",
             "assumed: the pause of most published canary examples");
        knob("error-limit", error_limit,
             "roll back when the new version's error share exceeds the old one's (QA: 0) by more",
             "assumed: 1%, Argo's and Flagger's usual success rate of 99%");
    }

    struct Memory {
        RolloutProgress progress;
        std::optional<Time> since{};  ///< when the present stage was reached
        friend bool operator==(const Memory&, const Memory&) = default;
    };
    Decision<Desired, Memory> decide(const Observed& seen, const Memory& memory) const;

    friend bool operator==(const BlueGreen&, const BlueGreen&) = default;
};

}  // namespace stratsim
