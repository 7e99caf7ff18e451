#include "scenarios/experiments/effect.hpp"

namespace stratsim {

namespace {

/// -1: less, 1: more, 0: no difference is seen.
int sign_of(const Experiment& before, const Experiment& after, std::string_view path) {
    const auto difference = paired_difference(before, after, path);
    if (!difference || !difference->is_seen()) return 0;
    return difference->mean > 0 ? 1 : -1;
}

}  // namespace

Effect effect_of(const Experiment& before, const Experiment& after) {
    const bool stalls = after.mostly(RolloutOutcome::stalled);
    if (before.mostly(RolloutOutcome::stalled) != stalls)
        return stalls ? Effect::worse : Effect::better;
    for (const std::string_view path : {"requests.failed", "downtime.total_s"}) {
        const int sign = sign_of(before, after, path);
        if (sign != 0) return sign > 0 ? Effect::worse : Effect::better;
    }
    if (const int sign = sign_of(before, after, "rollout.duration_s"); sign != 0)
        return sign > 0 ? Effect::slower : Effect::faster;
    if (const int sign = sign_of(before, after, "cost.extra_pod_seconds"); sign != 0)
        return sign > 0 ? Effect::dearer : Effect::cheaper;
    return Effect::same;
}

std::string_view name_of(Effect effect) {
    switch (effect) {
        case Effect::same:
            return "the same";
        case Effect::better:
            return "better";
        case Effect::worse:
            return "worse";
        case Effect::slower:
            return "slower";
        case Effect::faster:
            return "faster";
        case Effect::dearer:
            return "dearer";
        case Effect::cheaper:
            return "cheaper";
    }
    return "";
}

}  // namespace stratsim
