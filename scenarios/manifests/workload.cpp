#include "scenarios/manifests/workload.hpp"

#include "scenarios/manifests/pod_spec.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace stratsim {

namespace {

/// One Deployment or StatefulSet.
class WorkloadReader {
  public:
    WorkloadReader(const Object& object, const Surroundings& around, FieldReader& read)
        : object_(object), around_(around), read_(read) {}

    Workload run() {
        const bool ordered = object_.kind == "StatefulSet";
        workload_.kind = ordered ? WorkloadKind::statefulset : WorkloadKind::deployment;
        workload_.name = object_.name;
        workload_.space = object_.space;
        workload_.from = begin_of(object_);
        workload_.object = object_;
        take("kind", ordered ? "statefulset" : "deployment", place_of(object_));
        if (workload_.name.empty()) {
            read_.complain(place_of(object_), "missing",
                           fmt::format("the {} has no name", object_.kind),
                           "write metadata: {name: web}");
        }
        const Node* spec = read_.mapping(object_.node, "spec");
        read_replicas(spec);
        if (const auto ready = read_.whole(spec, "minReadySeconds")) {
            take("min-ready", fmt::format("{}s", *ready), *spec->find("minReadySeconds"));
        }
        if (ordered) {
            read_stateful_set(spec);
        } else {
            read_deployment(spec);
        }
        read_template(spec);
        find_services();
        return std::move(workload_);
    }

  private:
    void take(std::string word, std::string text, const Node& at) {
        give(workload_, read_, std::move(word), std::move(text), at);
    }

    void remark(std::string text) { workload_.remarks.push_back(std::move(text)); }

    void read_replicas(const Node* spec) {
        const auto replicas = read_.whole(spec, "replicas");
        if (replicas) {
            take("pods", fmt::format("{}", *replicas), *spec->find("replicas"));
        } else {
            take("pods", "1", place_of(object_));
        }
    }

    void read_deployment(const Node* spec) {
        if (read_.truth(spec, "paused")) {
            take("paused", "true", *spec->find("paused"));
            remark(fmt::format("it is paused ({}): nothing is rolled out until it is resumed",
                               read_.place(*spec->find("paused"))));
        }
        if (const auto deadline = read_.whole(spec, "progressDeadlineSeconds")) {
            take("progress-deadline", fmt::format("{}s", *deadline),
                 *spec->find("progressDeadlineSeconds"));
        }
        mark_inside(workload_, read_.document(), spec, "in spec");
        mark(workload_, read_.document(), spec, "strategy");
        const Node* strategy = read_.mapping(spec, "strategy");
        const std::string type = read_.choice(strategy, "type", {"Recreate", "RollingUpdate"});
        const Node* bounds = read_.mapping(strategy, "rollingUpdate");
        const Node& at = type.empty() ? place_of(object_) : *strategy->find("type");
        take("strategy", type == "Recreate" ? "recreate" : "rolling", at);
        if (type == "Recreate" && bounds != nullptr) {
            read_.complain(*bounds, "contradiction",
                           "rollingUpdate is given, but the type is Recreate",
                           "leave rollingUpdate out, or write type: RollingUpdate");
            return;
        }
        const Node* surge = read_pods(bounds, "maxSurge", "max-surge");
        const Node* missing = read_pods(bounds, "maxUnavailable", "max-unavailable");
        const auto is_zero = [](const Node* node) {
            return node != nullptr && (node->text == "0" || node->text == "0%");
        };
        if (is_zero(surge) && is_zero(missing)) {
            read_.complain(*surge, "contradiction",
                           "maxSurge 0 and maxUnavailable 0 leave no room to move",
                           "write maxSurge: 1");
        }
    }

    /// A number of pods, or a percentage in quotes or without.
    const Node* read_pods(const Node* bounds, const std::string& key, std::string word) {
        const Node* value = read_.scalar(bounds, key);
        if (value == nullptr) return nullptr;
        const bool is_percentage = value->text.ends_with('%');
        const std::string digits =
            value->text.substr(0, value->text.size() - (is_percentage ? 1 : 0));
        const bool are_digits = !digits.empty() && std::ranges::all_of(digits, [](char c) {
            return c >= '0' && c <= '9';
        });
        if (!are_digits || digits.size() > 9) {
            read_.complain(*value, "pods",
                           fmt::format("{} is not a number of pods", quote(value->text)),
                           fmt::format("write {0}: 1 or {0}: 25%", key));
            return nullptr;
        }
        if (value->quoted && !is_percentage) {
            read_.complain(*value, "type",
                           fmt::format("'{}' is a number in quotes, which Kubernetes takes for a "
                                       "percentage without its sign",
                                       key),
                           fmt::format("write {0}: {1} or {0}: {1}%", key, digits));
            return nullptr;
        }
        if (is_percentage && word == "max-unavailable" && std::stoll(digits) > 100) {
            read_.complain(*value, "range", fmt::format("{} is more than all pods", value->text),
                           fmt::format("write {}: 100% or less", key));
            return nullptr;
        }
        take(std::move(word), value->text, *value);
        return value;
    }

    void read_stateful_set(const Node* spec) {
        take("strategy", "rolling", place_of(object_));
        const std::string order =
            read_.choice(spec, "podManagementPolicy", {"OrderedReady", "Parallel"});
        if (!order.empty()) take("pod-management", order, *spec->find("podManagementPolicy"));
        const Node* strategy = read_.mapping(spec, "updateStrategy");
        if (read_.choice(strategy, "type", {"RollingUpdate", "OnDelete"}) == "OnDelete") {
            take("on-delete", "true", *strategy->find("type"));
        }
        const Node* bounds = read_.mapping(strategy, "rollingUpdate");
        if (const auto partition = read_.whole(bounds, "partition")) {
            take("partition", fmt::format("{}", *partition), *bounds->find("partition"));
        }
        if (const Node* at = read_pods(bounds, "maxUnavailable", "max-unavailable");
            at != nullptr && at->text != "1") {
            remark(
                fmt::format("maxUnavailable {} ({}) needs the feature gate "
                            "MaxUnavailableStatefulSet; without it pods are updated one by one",
                            at->text, read_.place(*at)));
        }
    }

    void read_template(const Node* spec) {
        const Node* pod = read_.mapping(spec, "template");
        const Node* pod_spec = read_.mapping(pod, "spec");
        if (pod_spec == nullptr) {
            const auto is_absent = [](const Node* parent, std::string_view key) {
                const Node* node = parent == nullptr ? nullptr : parent->find(key);
                return node == nullptr || node->kind == Node::Kind::null;
            };
            if (is_absent(spec, "template") || (pod != nullptr && is_absent(pod, "spec"))) {
                read_.complain(place_of(object_), "missing",
                               fmt::format("the {} has no spec.template.spec", object_.kind),
                               "describe its pods there, and check the indentation");
            }
            return;
        }
        workload_.labels = read_.labels(read_.mapping(pod, "metadata"), "labels");
        read_pod_spec(workload_, read_, *pod_spec);
        read_volumes(spec, *pod_spec);
    }

    void read_volumes(const Node* spec, const Node& pod_spec) {
        const Node* own = read_.list(spec, "volumeClaimTemplates");
        const bool has_own = own != nullptr && !own->items.empty();
        if (has_own && workload_.kind == WorkloadKind::statefulset) {
            take("volume", "per-pod", own->items.front());
            return;
        }
        const Node* volumes = read_.list(&pod_spec, "volumes");
        if (volumes != nullptr) {
            for (const Node& volume : volumes->items) {
                if (read_claimed(volume)) return;
            }
        }
        // Without a claim nothing of a StatefulSet's pod outlives it, whatever its ordinal.
        if (workload_.kind == WorkloadKind::statefulset) {
            take("volume", "ephemeral", place_of(object_));
        }
    }

    /// Whether the volume is one that all pods write to.
    bool read_claimed(const Node& volume) {
        const Node* source = read_.mapping(&volume, "persistentVolumeClaim");
        const Node* name = read_.scalar(source, "claimName");
        if (name == nullptr || read_.truth(source, "readOnly")) return false;
        const auto claim = std::ranges::find_if(around_.claims, [&](const Claim& c) {
            return c.name == name->text && in_same_space(c.space, object_.space);
        });
        if (claim == around_.claims.end()) {
            remark(fmt::format("the claim '{}' ({}) is not in the files; taken as ReadWriteMany",
                               name->text, read_.place(*name)));
        } else if (claim->read_only) {
            return false;
        } else if (!claim->many_writers) {
            remark(
                fmt::format("all pods share the claim '{}' ({}), which is {}: pods on other "
                            "nodes could not mount it",
                            claim->name, claim->from,
                            claim->modes.empty() ? "not ReadWriteMany" : claim->modes));
        }
        take("volume", "shared", *name);
        return true;
    }

    void find_services() {
        if (around_.services.empty()) return;
        const Service* headless = nullptr;
        bool found = false;
        bool publishes = false;
        for (const Service& service : around_.services) {
            if (!selects(service, object_.space, workload_.labels)) continue;
            if (workload_.port.empty()) workload_.port = service.port;
            if (service.headless) {
                headless = &service;
                continue;
            }
            found = true;
            find_route(service);
            const bool known =
                std::ranges::find(workload_.settings, "affinity", &ManifestSetting::word) !=
                workload_.settings.end();
            if (service.sticky && !known) {
                workload_.settings.push_back({"affinity", "client-ip", *service.sticky});
                if (!service.sticky_for.empty()) {
                    workload_.settings.push_back(
                        {"affinity-timeout", service.sticky_for, *service.sticky});
                }
            }
            if (service.publishes_unready && !publishes) {
                workload_.settings.push_back(
                    {"publish-not-ready", "true", *service.publishes_unready});
                publishes = true;
            }
        }
        if (found) return;
        remark(
            headless == nullptr
                ? std::string("no Service selects it; it is simulated as if one did")
                : fmt::format("only the headless Service '{}' ({}) selects it, so clients choose "
                              "pods themselves; it is simulated as if a balancer did",
                              headless->name, headless->from));
    }

    /// The first Ingress or route to the Service: users come through it.
    void find_route(const Service& service) {
        const auto same = [](const ManifestSetting& s) { return s.word == "network"; };
        if (std::ranges::any_of(workload_.settings, same)) return;
        for (const Route& route : around_.routes) {
            if (!in_same_space(route.space, service.space)) continue;
            if (std::ranges::find(route.services, service.name) == route.services.end()) continue;
            workload_.settings.push_back({"network", route.network, route.origin});
            return;
        }
    }

    const Object& object_;
    const Surroundings& around_;
    FieldReader& read_;
    Workload workload_;
};

}  // namespace

Workload read_workload(const Object& object, const Surroundings& around, FieldReader& read) {
    return WorkloadReader(object, around, read).run();
}

}  // namespace stratsim
