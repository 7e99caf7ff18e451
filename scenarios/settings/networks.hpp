#pragma once

#include "sim/setup.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace stratsim {

/// What stands between users and pods, by the name of a preset.
enum class NetworkKind {
    direct,
    kube_proxy,
    kube_proxy_nftables,
    kube_proxy_ipvs,
    gateway,
    haproxy,
    ingress_nginx,
    envoy,
    aws_alb,
    aws_nlb,
    traefik,
};

/// A preset: everything about the way of a request that its name implies.
struct NetworkPreset {
    NetworkKind kind;
    std::string_view name;
    Network network;
    bool own_delays = false;  ///< else the scenario's propagation is used both ways
    /// What of it nobody has measured, in a report's words; empty: its behaviour was measured.
    std::string_view not_measured{};
};

/// All of them, in the order of every list. docs/model.md says of each value where it comes from.
const std::vector<NetworkPreset>& network_presets();
const NetworkPreset& preset_of(NetworkKind kind);

}  // namespace stratsim
