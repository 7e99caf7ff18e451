// What a pod template tells about the life of its pods.
#pragma once

#include "scenarios/manifest.hpp"

namespace stratsim {

/// Notes a setting, or a mistake if its field does not accept the text.
void give(Workload& workload, FieldReader& read, std::string word, std::string text,
          const Node& at);

/// Reads probes, hooks, requests and the grace period of a pod spec.
void read_pod_spec(Workload& workload, FieldReader& read, const Node& pod_spec);

}  // namespace stratsim
