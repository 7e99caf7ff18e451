#include "scenarios/settings/networks.hpp"

#include <algorithm>

namespace stratsim {

using std::chrono::seconds;

namespace {

Network behind(BalancerKind balancer, Layer layer) {
    Network network;
    network.balancer = balancer;
    network.layer = layer;
    network.falls_back = false;
    return network;
}

/// kube-proxy sends to pods that terminate but serve when nobody is ready, whatever its backend.
/// Source: Kubernetes, pkg/proxy/topology.go.
Network kube_proxy(BalancerKind balancer) {
    Network network = behind(balancer, Layer::l4);
    network.falls_back = true;
    return network;
}

Network haproxy() {
    Network network = behind(BalancerKind::round_robin, Layer::l7);  // documented: the default
    network.retries = 3;  // documented: "retries 3"; redispatch as its ingress controllers set it
    network.slow_start_from = Share{10'000};  // documented: "slowstart", from 1 to 100 %
    return network;
}

Network ingress_nginx() {
    Network network =
        behind(BalancerKind::round_robin, Layer::l7);  // documented: in Lua, per worker
    network.retries = 2;                               // documented: proxy-next-upstream-tries 3
    network.retries_killed = true;  // documented: "error timeout", idempotent methods; all here are
    return network;
}

Network envoy(int retries) {
    Network network = behind(BalancerKind::least_request, Layer::l7);
    network.retries = retries;
    network.redispatch = Redispatch::but_tried;  // documented: Istio sets previous_hosts
    return network;
}

Network aws_alb() {
    Network network = behind(BalancerKind::round_robin, Layer::l7);  // documented
    // Assumed from single reports: registration about 10 s, deregistration 5 to 30 s.
    network.propagation = Distribution::lognormal(seconds{10}, seconds{30});
    network.removal = Distribution::uniform(seconds{5}, seconds{30});
    return network;
}

Network aws_nlb() {
    // Documented: a hash of the five-tuple, new for every connection, so by chance.
    Network network = behind(BalancerKind::random, Layer::l4);
    // Assumed from single reports: registration 90 to 180 s, deregistration 120 s and more.
    network.propagation = Distribution::lognormal(seconds{120}, seconds{240});
    network.removal = Distribution::uniform(seconds{120}, seconds{180});
    return network;
}

}  // namespace

const std::vector<NetworkPreset>& network_presets() {
    static const std::vector<NetworkPreset> presets{
        {NetworkKind::direct, "direct", behind(BalancerKind::round_robin, Layer::l7), false,
         "round-robin is assumed; clients differ"},
        {NetworkKind::kube_proxy, "kube-proxy", kube_proxy(BalancerKind::random)},
        {NetworkKind::kube_proxy_nftables, "kube-proxy-nftables", kube_proxy(BalancerKind::random),
         false, "documented, not measured"},
        {NetworkKind::kube_proxy_ipvs, "kube-proxy-ipvs", kube_proxy(BalancerKind::round_robin),
         false, "documented, not measured"},
        {NetworkKind::gateway, "gateway", envoy(0), false,
         "an Envoy without retries is assumed; not measured"},
        {NetworkKind::haproxy, "haproxy", haproxy()},
        {NetworkKind::ingress_nginx, "ingress-nginx", ingress_nginx(), false,
         "retries documented, not measured"},
        // documented: Istio's default of 2 attempts
        {NetworkKind::envoy, "envoy", envoy(2), false,
         "retries as Istio documents them; not measured"},
        {NetworkKind::aws_alb, "aws-alb", aws_alb(), true,
         "delays from single reports; not measured"},
        {NetworkKind::aws_nlb, "aws-nlb", aws_nlb(), true,
         "delays from single reports; not measured"},
        {NetworkKind::traefik, "traefik", behind(BalancerKind::round_robin, Layer::l7), false,
         "documented, not measured"},
    };
    return presets;
}

const NetworkPreset& preset_of(NetworkKind kind) {
    return *std::ranges::find(network_presets(), kind, &NetworkPreset::kind);
}

}  // namespace stratsim
