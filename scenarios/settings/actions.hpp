#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/move.hpp"
#include "sim/rules.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What people do to the cluster while it is watched, and which Kubernetes runs it, as texts.

namespace stratsim {

/// One thing that somebody does, as it is written: `30s select green`. Which workloads and which
/// versions its names mean is known only with the scenario.
struct Deed {
    Time at{};
    std::string verb;
    std::vector<std::string> names{};  ///< old, new, workloads, or the file that is applied
    std::optional<int> number{};       ///< pods, a partition, or the number of a revision
    std::optional<int> ordinal{};      ///< of a StatefulSet's pod

    friend bool operator==(const Deed&, const Deed&) = default;
};

/// "2s scale 20, 4s pause": in the order of time.
struct ActionList {
    std::vector<Deed> list;

    /// The files that are applied, each once, in the order of time.
    std::vector<std::string> files() const;
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

/// What the names in actions mean.
struct Cast {
    struct Revision {
        std::string name;  ///< old, new, a file, or the workload it belongs to
        std::size_t workload = 0;
    };
    /// A file that is applied: the revision of its template, and the replicas it asks for.
    struct File {
        std::string name;
        std::size_t revision = 0;
        std::optional<int> replicas{};
    };
    std::vector<Revision> revisions;     ///< by number
    std::vector<std::string> workloads;  ///< by number; the first is the one that is rolled out
    std::vector<File> files;

    std::optional<std::size_t> revision(std::string_view name) const;
    std::optional<std::size_t> workload(std::string_view name) const;
};

/// The engine's actions. Throws BadValue for a name that is nobody's.
/// `templates` are the versions, by number.
std::vector<TimedMove> actions_of(const ActionList& list, const Cast& cast,
                                  const std::vector<PodTemplate>& templates);

}  // namespace stratsim
