#include "scenarios/surroundings.hpp"

#include <fmt/format.h>

namespace stratsim {

namespace {

bool is_default(std::string_view space) {
    return space.empty() || space == "default";
}

}  // namespace

bool in_same_space(std::string_view one, std::string_view other) {
    return one == other || (is_default(one) && is_default(other));
}

Service read_service(const Object& object, FieldReader& read) {
    const Node* spec = read.mapping(object.node, "spec");
    Service service;
    service.name = object.name;
    service.space = object.space;
    service.from = begin_of(object);
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

bool is_route(const Object& object) {
    return (object.kind == "Ingress" && object.group == "networking.k8s.io") ||
           ((object.kind == "HTTPRoute" || object.kind == "GRPCRoute") &&
            object.group == "gateway.networking.k8s.io");
}

Route read_route(const Object& object, FieldReader& read) {
    Route route{.space = object.space,
                .services = {},
                .at = origin_of(SourceKind::manifest, read.document(), place_of(object))};
    const auto take = [&](const Node* holder) {
        const std::string name = read.text(holder, "name");
        if (!name.empty()) route.services.push_back(name);
    };
    const Node* spec = read.mapping(object.node, "spec");
    take(read.mapping(read.mapping(spec, "defaultBackend"), "service"));
    const Node* rules = read.list(spec, "rules");
    if (rules == nullptr) return route;
    for (const Node& rule : rules->items) {
        if (const Node* paths = read.list(read.mapping(&rule, "http"), "paths")) {
            for (const Node& path : paths->items)
                take(read.mapping(read.mapping(&path, "backend"), "service"));
        }
        if (const Node* backends = read.list(&rule, "backendRefs")) {
            for (const Node& backend : backends->items) {
                const std::string kind = read.text(&backend, "kind");
                if (kind.empty() || kind == "Service") take(&backend);
            }
        }
    }
    return route;
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
        claim.modes += (claim.modes.empty() ? "" : ", ") + mode.text;
    }
    return claim;
}

}  // namespace stratsim
