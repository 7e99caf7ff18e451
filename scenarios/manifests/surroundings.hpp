// What Services and claims say about pods that are described elsewhere.
#pragma once

#include "scenarios/manifests/objects.hpp"
#include "scenarios/settings/origin.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// A Service, as far as it concerns the pods behind it.
struct Service {
    std::string name;
    std::string space;
    std::string from;
    Object object;  ///< that describes it
    std::map<std::string, std::string> selector;
    bool headless = false;
    std::string port;  ///< the pods' port that it sends to, a number or a name
    std::optional<Origin> sticky;
    std::string sticky_for;  ///< `10800s`; empty: not said
    std::optional<Origin> publishes_unready;
};

/// Whether a Service's selector matches the labels of pods in a namespace.
bool selects(const Service& service, std::string_view space,
             const std::map<std::string, std::string>& labels);

/// A PersistentVolumeClaim.
struct Claim {
    std::string name;
    std::string space;
    std::string from;
    bool many_writers = false;
    bool read_only = false;
    std::string modes;
};

/// An Ingress or a route of a Gateway: requests come through it, not by kube-proxy.
struct Route {
    std::string kind;
    std::string space;
    std::vector<std::string> services;  ///< that it sends requests to
    std::string network;                ///< the preset of whoever carries it out
    Origin origin;
};

/// What other objects say about pods.
struct Surroundings {
    std::vector<Service> services;
    std::vector<Route> routes;
    std::vector<Claim> claims;
};

/// Whether two objects are in the same namespace, which may be the default one for both.
bool in_same_space(std::string_view one, std::string_view other);

/// Whether an object is an Ingress or a route of a Gateway.
bool is_route(const Object& object);
Route read_route(const Object& object, FieldReader& read);
Service read_service(const Object& object, FieldReader& read);
Claim read_claim(const Object& object, FieldReader& read);

}  // namespace stratsim
