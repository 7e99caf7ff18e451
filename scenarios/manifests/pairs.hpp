// Objects of two versions of the manifests, matched as the API server does: by group, kind,
// namespace and name, wherever they stand in the files.
#pragma once

#include "scenarios/manifests/differences.hpp"
#include "scenarios/manifests/manifest.hpp"

#include <vector>

namespace stratsim {

/// Whether two objects are one to the API server.
bool same_name(const Object& a, const Object& b);

/// The one of a list, or null, that an object is a version of.
template <class List>
auto version_of(const Object& object, const List& list) -> decltype(&list.front()) {
    for (const auto& other : list) {
        if (same_name(other.object, object)) return &other;
    }
    return nullptr;
}

/// A workload before and after; one side may lack it.
struct WorkloadPair {
    const Workload* before = nullptr;
    const Workload* after = nullptr;
    std::vector<Difference> differences{};

    const Workload& present() const { return after != nullptr ? *after : *before; }
    bool exists() const { return before != nullptr; }
    bool new_template() const;
    const auto& old_labels() const { return (exists() ? *before : *after).labels; }
    const auto& new_labels() const { return present().labels; }
};

/// A Service before and after: one that is new is looked at as if it had been there, and one that
/// is in the files no more stays.
struct ServicePair {
    const Service* before = nullptr;
    const Service* after = nullptr;
    std::vector<Difference> differences{};

    /// Whether it selects pods of the workload, on either side.
    bool selects_any(const WorkloadPair& pair) const;
};

/// Those of the new version, and behind them those that are in it no more.
std::vector<WorkloadPair> workload_pairs(const Manifests& before, const Manifests& after);
std::vector<ServicePair> service_pairs(const Manifests& before, const Manifests& after);

}  // namespace stratsim
