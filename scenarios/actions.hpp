#pragma once

#include "scenarios/units.hpp"
#include "sim/action.hpp"
#include "sim/rules.hpp"

#include <optional>
#include <string>
#include <vector>

// What people do to the cluster while it is watched, and which Kubernetes runs it, as texts.

namespace stratsim {

/// "2s scale 20, 4s pause": in the order of time.
struct ActionList {
    std::vector<TimedAction> list;
};

template <>
struct Text<ActionList> {
    static ActionList parse(std::string_view s);
    static std::string print(const ActionList& actions);
    static std::string form();
};

template <>
struct Text<KubernetesVersion> {
    static KubernetesVersion parse(std::string_view s);
    static std::string print(const KubernetesVersion& version);
    static std::string form();
};

/// A gate that is switched against the version's default.
struct FeatureGate {
    bool on = true;
};

template <>
struct Text<FeatureGate> {
    static FeatureGate parse(std::string_view s);
    static std::string print(const FeatureGate& gate);
    static std::string form();
};

}  // namespace stratsim
