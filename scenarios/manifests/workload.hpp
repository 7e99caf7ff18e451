// One Deployment or StatefulSet as a list of settings.
#pragma once

#include "scenarios/manifests/manifest.hpp"
#include "scenarios/manifests/surroundings.hpp"

namespace stratsim {

/// Reads the object itself, and from its surroundings what concerns its pods.
Workload read_workload(const Object& object, const Surroundings& around, FieldReader& read);

}  // namespace stratsim
