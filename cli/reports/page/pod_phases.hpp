#pragma once

#include "scenarios/experiments/experiment.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace stratsim::html {

/// What a pod is doing, as the pictures tell it.
enum class PodPhase { booting, early, serving, terminating };
inline constexpr std::size_t pod_phases = 4;
inline constexpr std::array<std::string_view, pod_phases> pod_phase_names{
    "booting", "ready, not listening yet", "ready", "terminating"};

/// A stretch of time in seconds, within the window.
struct Stretch {
    double from = 0;
    double to = 0;

    double length() const { return to - from; }
};

/// The life of a pod within the window of its run.
struct PodRow {
    std::size_t pod = 0;  ///< in the list of the run
    bool is_new = false;
    std::array<Stretch, pod_phases> phases{};  ///< by PodPhase

    const Stretch& phase(PodPhase which) const { return phases[static_cast<std::size_t>(which)]; }
    Stretch& phase(PodPhase which) { return phases[static_cast<std::size_t>(which)]; }
    Stretch dead_but_listed{};  ///< it listens no more, and the balancer has not heard of it
};

/// By version, and by creation within it. Pods that were never in the window are left out.
std::vector<PodRow> pod_rows(const RunDetail& detail);

/// How many pods are in which phase, from an instant on: [phase][0: old, 1: new].
struct PodCount {
    double at = 0;
    std::array<std::array<int, 2>, pod_phases> count{};

    int of(PodPhase phase, std::size_t version) const {
        return count[static_cast<std::size_t>(phase)][version];
    }
    int of_both(PodPhase phase) const { return of(phase, 0) + of(phase, 1); }
};
/// In order of time, at most `most` of them; where there are more changes, at even distances.
std::vector<PodCount> pod_counts(const RunDetail& detail, std::size_t most);

}  // namespace stratsim::html
