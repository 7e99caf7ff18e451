#pragma once

#include "sim/rollout.hpp"

#include <string_view>
#include <vector>

namespace stratsim {

/// Who divides the requests: the number of pods behind one Service, or a router by weight.
enum class Split { pods, router };

/// Show the new version to a growing part of the users, and take it back if it fails them.
struct Canary {
    static constexpr std::string_view name = "canary";
    static constexpr std::string_view summary =
        "the new version meets a growing part of the requests, and is taken back if it fails them";
    static constexpr std::string_view good_for = "few users meet a bad release; fast way back";
    static constexpr std::string_view price = "slow; by pods a step is never finer than one pod";

    std::vector<Share> steps{{100'000}, {250'000}, {500'000}};
    Duration hold = std::chrono::minutes{5};
    Split split = Split::pods;
    Share error_limit{10'000};
    Duration analysis_interval = std::chrono::minutes{1};
    PodCount max_surge{250'000, true};
    PodCount max_unavailable{250'000, true};
    Duration keep_old = std::chrono::seconds{30};

    template <class Knob>
    void knobs(Knob&& knob) {
        knob("steps", steps, "parts of the requests that the new version gets, one after the other",
             "assumed: 10%,25%,50%, then everything");
        knob("hold", hold, "how long a step stands (canary), how long QA lasts (blue-green)",
             "assumed: the pause of most published canary examples");
        knob("split", split, "what divides the requests: the number of pods, or a router's weights",
             "a plain Service divides by pods");
        knob("error-limit", error_limit,
             "roll back when the new version's error share exceeds the old one's (QA: 0) by more",
             "assumed: 1%, Argo's and Flagger's usual success rate of 99%");
        knob("analysis-interval", analysis_interval, "how often a step's errors are looked at",
             "Flagger: 1m");
        knob("max-surge", max_surge,
             "pods above the replicas, a number or a percentage (rounds up)", "Kubernetes: 25%");
        knob("max-unavailable", max_unavailable,
             "pods that may be missing, a number or a percentage (rounds down)", "Kubernetes: 25%");
        knob("keep-old", keep_old, "how long the old pods stay after users have left them",
             "Argo Rollouts: scaleDownDelaySeconds 30");
    }

    struct Memory {
        RolloutProgress progress;
        std::optional<Time> since{};  ///< when the present stage was reached
        friend bool operator==(const Memory&, const Memory&) = default;
    };
    Decision<Desired, Memory> decide(const Observed& seen, const Memory& memory) const;

    /// New pods of `replicas` whose part is closest to `part`: at least 1, and never all of several
    /// pods while the part is below 100 % (Argo Rollouts' rule with a total that stays).
    static int pods_for(Share part, int replicas);

    friend bool operator==(const Canary&, const Canary&) = default;
};

}  // namespace stratsim
