#include "sim/cluster/endpoints.hpp"

namespace stratsim {

std::vector<Endpoint> endpoints(const Cluster& cluster) {
    std::vector<Endpoint> list;
    const auto& pods = cluster.pods();
    for (std::size_t i = 0; i < pods.size(); ++i) {
        const Pod& pod = pods[i];
        if (pod.phase == Phase::gone) continue;
        if (!cluster.service().selects(pod.version, cluster.sides())) continue;
        const bool terminating = pod.phase == Phase::terminating;
        const bool serving = terminating ? pod.left_ready : pod.phase == Phase::ready;
        list.push_back({.pod = static_cast<PodId>(i),
                        .ready = cluster.setup().network.lists_unready || (serving && !terminating),
                        .serving = serving,
                        .terminating = terminating});
    }
    return list;
}

}  // namespace stratsim
