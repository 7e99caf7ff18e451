#include "scenarios/effect.hpp"

#include <algorithm>
#include <vector>

namespace stratsim {

bool PairedDifference::is_seen() const {
    if (!interval.low || !interval.high) return false;
    return *interval.low > 0 || *interval.high < 0;
}

std::optional<PairedDifference> paired_difference(const Experiment& before, const Experiment& after,
                                                  std::string_view path) {
    std::vector<std::optional<double>> values;
    for (std::size_t i = 0; i < std::min(before.runs.size(), after.runs.size()); ++i) {
        const auto a = before.runs[i][path];
        const auto b = after.runs[i][path];
        values.push_back(a && b ? std::optional(*b - *a) : std::nullopt);
    }
    const auto spread = spread_of(values);
    if (!spread) return std::nullopt;
    return PairedDifference{spread->mean, mean_interval(*spread)};
}

namespace {

bool stalls(const Experiment& e) {
    return 2 * e.runs_with(RolloutOutcome::stalled) > e.outcomes.size();
}

/// -1: less, 1: more, 0: no difference is seen.
int sign_of(const Experiment& before, const Experiment& after, std::string_view path) {
    const auto difference = paired_difference(before, after, path);
    if (!difference || !difference->is_seen()) return 0;
    return difference->mean > 0 ? 1 : -1;
}

}  // namespace

Effect effect_of(const Experiment& before, const Experiment& after) {
    if (stalls(before) != stalls(after)) return stalls(after) ? Effect::worse : Effect::better;
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
