#include "scenarios/manifests/pairs.hpp"

#include "scenarios/manifests/selector.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stratsim {

bool same_name(const Object& a, const Object& b) {
    const auto group = [](const Object& o) { return o.group == "extensions" ? "apps" : o.group; };
    return a.kind == b.kind && a.name == b.name && group(a) == group(b) &&
           in_same_space(a.space, b.space);
}

bool WorkloadPair::new_template() const {
    return exists() && std::ranges::any_of(differences, [](const Difference& d) {
               return d.is_below("spec.template");
           });
}

bool ServicePair::selects_any(const WorkloadPair& pair) const {
    const std::string& space = pair.present().space;
    return std::ranges::any_of(std::array{before, after}, [&](const Service* service) {
        return selects(*service, space, pair.old_labels()) ||
               selects(*service, space, pair.new_labels());
    });
}

std::vector<WorkloadPair> workload_pairs(const Manifests& before, const Manifests& after) {
    std::vector<WorkloadPair> pairs;
    for (const Workload& workload : after.workloads) {
        const Workload* old = version_of(workload.object, before.workloads);
        pairs.push_back({old, &workload});
        if (old != nullptr && old != &workload)
            pairs.back().differences = differences(old->object, workload.object);
    }
    for (const Workload& workload : before.workloads) {
        if (version_of(workload.object, after.workloads) == nullptr)
            pairs.push_back({&workload, nullptr});
    }
    return pairs;
}

std::vector<ServicePair> service_pairs(const Manifests& before, const Manifests& after) {
    std::vector<ServicePair> pairs;
    for (const Service& service : after.services) {
        const Service* old = version_of(service.object, before.services);
        pairs.push_back({old != nullptr ? old : &service, &service});
        if (old != nullptr && old != &service)
            pairs.back().differences = differences(old->object, service.object);
    }
    for (const Service& service : before.services) {
        if (version_of(service.object, after.services) == nullptr)
            pairs.push_back({&service, &service});
    }
    return pairs;
}

}  // namespace stratsim
