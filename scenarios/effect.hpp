// What another version of the manifests makes of every later release, told apart from chance.
#pragma once

#include "scenarios/experiment.hpp"
#include "sim/statistics.hpp"

#include <optional>
#include <string_view>

namespace stratsim {

/// The difference of one number between two experiments, run by run with the same seeds.
struct PairedDifference {
    double mean = 0;
    Interval interval;  ///< of the mean, 95 %
    /// The interval does not hold 0.
    bool is_seen() const;
};
/// Unset where the number is defined in no run of both.
std::optional<PairedDifference> paired_difference(const Experiment& before, const Experiment& after,
                                                  std::string_view path);

/// What later releases come to: requests and outages are judged first, then time, then pods.
enum class Effect { same, better, worse, slower, faster, dearer, cheaper };
Effect effect_of(const Experiment& before, const Experiment& after);
std::string_view name_of(Effect effect);

}  // namespace stratsim
