// What another version of the manifests makes of every later release, told apart from chance.
#pragma once

#include "scenarios/experiments/paired.hpp"

#include <string_view>

namespace stratsim {

/// What later releases come to: requests and outages are judged first, then time, then pods.
enum class Effect { same, better, worse, slower, faster, dearer, cheaper };
Effect effect_of(const Experiment& before, const Experiment& after);
std::string_view name_of(Effect effect);

}  // namespace stratsim
