#include "scenarios/manifests/refusals.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

namespace stratsim {

namespace {

constexpr std::array<std::string_view, 7> changeable_in_a_set{
    "spec.replicas",
    "spec.ordinals",
    "spec.template",
    "spec.updateStrategy",
    "spec.revisionHistoryLimit",
    "spec.persistentVolumeClaimRetentionPolicy",
    "spec.minReadySeconds"};

/// Source: Kubernetes 1.36, apis/apps/validation: ValidateStatefulSetUpdate and
/// ValidateDeploymentUpdate.
bool is_immutable(const WorkloadPair& pair, const Difference& d) {
    if (pair.after->kind == WorkloadKind::deployment) return d.is_below("spec.selector");
    return std::ranges::none_of(changeable_in_a_set,
                                [&](std::string_view field) { return d.is_below(field); });
}

}  // namespace

std::vector<Refusal> refusals(const WorkloadPair& pair) {
    std::vector<Refusal> list;
    const std::string kind =
        pair.after->kind == WorkloadKind::deployment ? "Deployment" : "StatefulSet";
    for (const Difference& d : pair.differences) {
        if (!is_immutable(pair, d)) continue;
        const std::string was =
            d.was.line > 0 ? " at " + place_text(d.was.file, d.was.line) : std::string();
        list.push_back(
            {d.at,
             fmt::format("'{}' of a {} cannot be changed: the API server refuses the update",
                         d.short_path(), kind),
             fmt::format(
                 "keep {}{}, or delete the {} first", d.before.empty() ? "it out" : d.before, was,
                 kind == "Deployment" ? "Deployment" : "set (--cascade=orphan keeps pods)")});
    }
    return list;
}

std::vector<Refusal> refusals(const ServicePair& service) {
    std::vector<Refusal> list;
    if (service.before->headless == service.after->headless) return list;
    for (const Difference& d : service.differences) {
        if (!d.is_below("spec.clusterIP")) continue;
        list.push_back(
            {d.at, "'clusterIP' of a Service cannot be changed: the API server refuses the update",
             fmt::format("keep {}, or delete the Service first",
                         d.before.empty() ? "it out" : d.before)});
    }
    return list;
}

}  // namespace stratsim
