// What a pod template tells about the life of its pods.
#pragma once

#include "scenarios/manifests/manifest.hpp"

namespace stratsim {

/// Notes a setting, or a mistake if its field does not accept the text.
void give(Workload& workload, FieldReader& read, std::string word, std::string text,
          const Node& at);

/// Notes where a key of a mapping stands, if it is there, under its own name or another word.
void mark(Workload& workload, const Document& document, const Node* mapping, std::string_view key,
          std::string_view word = "");
/// Notes where the first key of a mapping stands.
void mark_inside(Workload& workload, const Document& document, const Node* mapping,
                 std::string word);

/// Reads probes, hooks, requests and the grace period of a pod spec.
void read_pod_spec(Workload& workload, FieldReader& read, const Node& pod_spec);

}  // namespace stratsim
