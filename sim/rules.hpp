#pragma once

#include <array>
#include <string_view>

namespace stratsim {

/// In what the controllers of one Kubernetes version differ from another's: each rule by its name.
struct Rules {
    /// Feature gate MaxUnavailableStatefulSet: StatefulSets honour maxUnavailable, and every pod
    /// that is not available counts against it (stateful_set_control.go,
    /// updateStatefulSetAfterInvariantEstablished).
    bool max_unavailable_gate = false;
    /// With that gate: a pod of the wrong revision that is not available anyway is replaced without
    /// counting, so that a broken rollout does not block its own repair (kubernetes#137904).
    bool replaces_unavailable_freely = false;
    /// minReadySeconds counts from the whole second that the API stores, not from the instant
    /// itself (1.20 and home-made controllers re-check at ready + minReady).
    bool available_from_stored_second = true;

    friend bool operator==(const Rules&, const Rules&) = default;
};

/// A version is a set of rules.
struct KubernetesVersion {
    std::string_view name;
    Rules rules;
};

inline constexpr std::array kubernetes_versions{
    KubernetesVersion{"1.34", {}},
    KubernetesVersion{"1.35.0", {.max_unavailable_gate = true}},
    KubernetesVersion{"1.35.4", {}},
    KubernetesVersion{"1.36", {}},
    KubernetesVersion{"1.37", {.max_unavailable_gate = true, .replaces_unavailable_freely = true}},
};
inline constexpr KubernetesVersion default_kubernetes = kubernetes_versions[3];

}  // namespace stratsim
