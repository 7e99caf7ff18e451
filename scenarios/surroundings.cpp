#include "scenarios/surroundings.hpp"

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
    read.choice(spec, "type", {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"});
    if (read.choice(spec, "sessionAffinity", {"ClientIP", "None"}) == "ClientIP") {
        service.sticky =
            origin_of(SourceKind::manifest, read.document(), *spec->find("sessionAffinity"));
    }
    return service;
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
