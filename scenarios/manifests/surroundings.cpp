#include "scenarios/manifests/surroundings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <range/v3/view/transform.hpp>
#include <utility>

namespace stratsim {

namespace {

bool is_default(std::string_view space) {
    return space.empty() || space == "default";
}

}  // namespace

bool in_same_space(std::string_view one, std::string_view other) {
    return one == other || (is_default(one) && is_default(other));
}

bool is_route(const Object& object) {
    if (object.kind == "Ingress")
        return object.group == "networking.k8s.io" || object.group == "extensions";
    return object.group == "gateway.networking.k8s.io" &&
           (object.kind == "HTTPRoute" || object.kind == "GRPCRoute");
}

namespace {

/// The Services that are named anywhere below: an Ingress names them `service.name` (once
/// `serviceName`), a route by its backendRefs.
void find_backends(const Node& node, std::vector<std::string>& names) {
    const auto add = [&](const Node* name) {
        if (name != nullptr && name->kind == Node::Kind::scalar) names.push_back(name->text);
    };
    for (const auto& [key, value] : node.entries) {
        if (key.text == "service") add(value.find("name"));
        if (key.text == "serviceName") add(&value);
        if (key.text == "backendRefs") {
            for (const Node& item : value.items) {
                const Node* kind = item.find("kind");
                if (kind == nullptr || kind->text == "Service") add(item.find("name"));
            }
        }
        find_backends(value, names);
    }
    for (const Node& item : node.items) find_backends(item, names);
}

/// By the name of an Ingress class; anything else is a gateway.
std::string network_of_class(const std::string& name) {
    for (const auto& [part, network] :
         {std::pair{"nginx", "ingress-nginx"}, std::pair{"haproxy", "haproxy"},
          std::pair{"traefik", "traefik"}, std::pair{"alb", "aws-alb"}}) {
        if (name.find(part) != std::string::npos) return network;
    }
    return "gateway";
}

}  // namespace

Route read_route(const Object& object, FieldReader& read) {
    Route route;
    route.kind = object.kind;
    route.space = object.space;
    const Node* spec = read.mapping(object.node, "spec");
    if (spec != nullptr) find_backends(*spec, route.services);
    std::string name = object.kind == "Ingress" ? read.text(spec, "ingressClassName") : "";
    const Node* notes = read.mapping(read.mapping(object.node, "metadata"), "annotations");
    if (name.empty()) name = read.text(notes, "kubernetes.io/ingress.class");
    route.network = network_of_class(object.kind == "Ingress" ? name : "");
    route.origin = origin_of(SourceKind::manifest, read.document(), place_of(object));
    return route;
}

Service read_service(const Object& object, FieldReader& read) {
    const Node* spec = read.mapping(object.node, "spec");
    Service service;
    service.name = object.name;
    service.space = object.space;
    service.from = begin_of(object);
    service.object = object;
    service.selector = read.labels(spec, "selector");
    service.headless = read.text(spec, "clusterIP") == "None";
    const Node* ports = spec == nullptr ? nullptr : spec->find("ports");
    if (ports != nullptr && !ports->items.empty()) {
        const Node* const target = ports->items.front().find("targetPort");
        const Node* const port = target != nullptr ? target : ports->items.front().find("port");
        if (port != nullptr) service.port = port->text;
    }
    read.choice(spec, "type", {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"});
    if (read.choice(spec, "sessionAffinity", {"ClientIP", "None"}) == "ClientIP") {
        service.sticky =
            origin_of(SourceKind::manifest, read.document(), *spec->find("sessionAffinity"));
        const Node* config = read.mapping(spec, "sessionAffinityConfig");
        if (const auto length = read.whole(read.mapping(config, "clientIP"), "timeoutSeconds")) {
            service.sticky_for = fmt::format("{}s", *length);
        }
    }
    if (read.truth(spec, "publishNotReadyAddresses")) {
        service.publishes_unready = origin_of(SourceKind::manifest, read.document(),
                                              *spec->find("publishNotReadyAddresses"));
    }
    return service;
}

bool selects(const Service& service, std::string_view space,
             const std::map<std::string, std::string>& labels) {
    return !service.selector.empty() && in_same_space(service.space, space) &&
           std::ranges::all_of(service.selector, [&](const auto& wanted) {
               const auto label = labels.find(wanted.first);
               return label != labels.end() && label->second == wanted.second;
           });
}

Claim read_claim(const Object& object, FieldReader& read) {
    Claim claim;
    claim.name = object.name;
    claim.space = object.space;
    claim.from = begin_of(object);
    const Node* modes = read.list(read.mapping(object.node, "spec"), "accessModes");
    if (modes == nullptr) return claim;
    claim.read_only = !modes->items.empty();
    for (const Node& mode : modes->items) {
        claim.many_writers |= mode.text == "ReadWriteMany";
        claim.read_only &= mode.text == "ReadOnlyMany";
    }
    claim.modes =
        fmt::format("{}", fmt::join(modes->items | ranges::views::transform(&Node::text), ", "));
    return claim;
}

}  // namespace stratsim
