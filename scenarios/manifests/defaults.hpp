// What the API server makes of fields that are left out. Source: Kubernetes 1.36,
// pkg/apis/*/v1/defaults.go.
#pragma once

#include "scenarios/text/document.hpp"

#include <string_view>

namespace stratsim {

/// A value, or null where there is none or where it is what would stand there anyway.
const Node* given_value(const Node* value, std::string_view path, const Node* parent);
/// Whether Kubernetes holds a structure by value: an empty one is none.
bool is_by_value(std::string_view path);
/// Resources with the requests that are not given: they are the limits.
Node with_requests(const Node& resources);

}  // namespace stratsim
