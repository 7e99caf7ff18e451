// Reading goes over all objects twice: first Services and claims, which say something about pods
// that stand elsewhere, then the workloads. A workload becomes a list of settings with their
// places, not a scenario, because several scenarios may be about the same workload.
#include "scenarios/manifest.hpp"

#include "scenarios/fields.hpp"
#include "scenarios/pod_spec.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace stratsim {

namespace {

/// A Service, as far as it concerns the pods behind it.
struct Service {
    std::string name;
    std::string space;
    std::string from;
    std::map<std::string, std::string> selector;
    bool headless = false;
    std::optional<Origin> sticky;
};

/// A PersistentVolumeClaim.
struct Claim {
    std::string name;
    std::string space;
    std::string from;
    bool many_writers = false;
    bool read_only = false;
    std::string modes;
};

/// What other objects say about pods.
struct Surroundings {
    std::vector<Service> services;
    std::vector<Claim> claims;
};

bool is_default(std::string_view space) {
    return space.empty() || space == "default";
}

bool in_same_space(std::string_view one, std::string_view other) {
    return one == other || (is_default(one) && is_default(other));
}

bool is_a(const Object& object, std::string_view kind) {
    if (object.kind != kind) return false;
    if (kind == "Service" || kind == "PersistentVolumeClaim") return object.group.empty();
    return object.group == "apps" || object.group == "extensions" || object.group.empty();
}

bool is_workload(const Object& object) {
    return is_a(object, "Deployment") || is_a(object, "StatefulSet");
}

/// The value that says of what kind an object is, or where the object begins.
const Node& place_of(const Object& object) {
    const Node* kind = object.node->find("kind");
    return kind == nullptr ? *object.node : *kind;
}

std::string begin_of(const Object& object) {
    return place_text(object.document->file, object.node->line);
}

std::map<std::string, std::string> labels_in(FieldReader& read, const Node* parent,
                                             std::string_view key) {
    std::map<std::string, std::string> labels;
    const Node* node = read.mapping(parent, key);
    if (node == nullptr) return labels;
    for (const auto& [name, value] : node->entries) labels[name.text] = value.text;
    return labels;
}

/// The text of a field that takes one of a few words; another word is a mistake.
template <std::size_t Size>
std::string choice(FieldReader& read, const Node* parent, std::string_view key,
                   const std::array<std::string_view, Size>& words) {
    const Node* value = read.scalar(parent, key);
    if (value == nullptr || value->text.empty()) return "";
    if (std::ranges::find(words, value->text) != words.end()) return value->text;
    std::string all;
    for (const std::string_view word : words)
        all += (all.empty() ? "" : " or ") + std::string(word);
    read.complain(*value, "choice", fmt::format("'{}' cannot be {}", key, quote(value->text)),
                  "write " + all);
    return "";
}

Service read_service(const Object& object, FieldReader& read) {
    const Node* spec = read.mapping(object.node, "spec");
    Service service;
    service.name = object.name;
    service.space = object.space;
    service.from = begin_of(object);
    service.selector = labels_in(read, spec, "selector");
    service.headless = read.text(spec, "clusterIP") == "None";
    choice<4>(read, spec, "type", {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"});
    if (choice<2>(read, spec, "sessionAffinity", {"ClientIP", "None"}) == "ClientIP") {
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
            remark(fmt::format("it is paused ({}); simulated as if it were resumed",
                               read_.place(*spec->find("paused"))));
        }
        const Node* strategy = read_.mapping(spec, "strategy");
        const std::string type = choice<2>(read_, strategy, "type", {"Recreate", "RollingUpdate"});
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
            choice<2>(read_, spec, "podManagementPolicy", {"OrderedReady", "Parallel"});
        if (!order.empty()) take("pod-management", order, *spec->find("podManagementPolicy"));
        const Node* strategy = read_.mapping(spec, "updateStrategy");
        if (choice<2>(read_, strategy, "type", {"RollingUpdate", "OnDelete"}) == "OnDelete") {
            remark(
                fmt::format("updateStrategy OnDelete ({}) waits for a person to delete each pod; "
                            "simulated as RollingUpdate",
                            read_.place(*strategy->find("type"))));
        }
        const Node* bounds = read_.mapping(strategy, "rollingUpdate");
        if (read_.whole(bounds, "partition").value_or(0) > 0) {
            const Node& at = *bounds->find("partition");
            remark(fmt::format("partition {} ({}) is not followed: all pods are updated", at.text,
                               read_.place(at)));
        }
        if (const Node* at = read_.scalar(bounds, "maxUnavailable"); at && at->text != "1") {
            remark(
                fmt::format("maxUnavailable {} ({}) is not followed: pods are updated one by one",
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
        workload_.labels = labels_in(read_, read_.mapping(pod, "metadata"), "labels");
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
        for (const Service& service : around_.services) {
            if (!selects(service)) continue;
            if (service.headless) {
                headless = &service;
                continue;
            }
            found = true;
            const bool known =
                std::ranges::find(workload_.settings, "balancer", &ManifestSetting::word) !=
                workload_.settings.end();
            if (service.sticky && !known) {
                workload_.settings.push_back({"balancer", "sticky", *service.sticky});
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

    bool selects(const Service& service) const {
        return !service.selector.empty() && in_same_space(service.space, object_.space) &&
               std::ranges::all_of(service.selector, [&](const auto& wanted) {
                   const auto label = workload_.labels.find(wanted.first);
                   return label != workload_.labels.end() && label->second == wanted.second;
               });
    }

    const Object& object_;
    const Surroundings& around_;
    FieldReader& read_;
    Workload workload_;
};

/// Counts objects that are not simulated, by kind and in the order in which kinds appear.
class PassedOver {
  public:
    void add(const Object& object) {
        const auto known = std::ranges::find(kinds_, object.kind, &Count::kind);
        if (known != kinds_.end()) {
            ++known->objects;
        } else {
            kinds_.push_back({object.kind, 1, begin_of(object)});
        }
    }

    std::vector<std::string> remarks() const {
        std::string text;
        for (const Count& count : kinds_) {
            text +=
                fmt::format("{}{} {} ({})", text.empty() ? "passed over: " : ", ", count.objects,
                            count.kind.empty() ? "without kind" : count.kind, count.first);
        }
        return text.empty() ? std::vector<std::string>{} : std::vector{text};
    }

  private:
    struct Count {
        std::string kind;
        int objects = 0;
        std::string first;
    };
    std::vector<Count> kinds_;
};

/// Complains about the second object of a name.
void find_duplicates(const std::vector<Object>& objects, std::vector<Diagnostic>& mistakes) {
    std::map<std::tuple<std::string, std::string, std::string, std::string>, const Object*> known;
    for (const Object& object : objects) {
        if (object.name.empty()) continue;
        const auto [first, is_new] =
            known.try_emplace({object.group, object.kind, object.space, object.name}, &object);
        if (is_new) continue;
        FieldReader(*object.document, mistakes)
            .complain(place_of(object), "duplicate-object",
                      fmt::format("the {} {} is described twice", object.kind, quote(object.name)),
                      fmt::format("it also stands at {}", begin_of(*first->second)));
    }
}

/// Kubernetes tells capitals apart, so "deployment" would be passed over like any unknown kind.
bool is_misspelt(const Object& object, std::vector<Diagnostic>& mistakes) {
    const auto lower = [](std::string text) {
        for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return text;
    };
    for (const std::string kind :
         {"Deployment", "StatefulSet", "Service", "PersistentVolumeClaim"}) {
        if (object.kind == kind || lower(object.kind) != lower(kind)) continue;
        FieldReader(*object.document, mistakes)
            .complain(place_of(object), "kind", fmt::format("unknown kind {}", quote(object.kind)),
                      fmt::format("did you mean '{}'?", kind));
        return true;
    }
    return false;
}

}  // namespace

Manifests read_manifests(const std::vector<Object>& objects, std::vector<Diagnostic>& mistakes) {
    Manifests manifests;
    Surroundings around;
    PassedOver passed_over;
    find_duplicates(objects, mistakes);
    for (const Object& object : objects) {
        FieldReader read(*object.document, mistakes);
        if (is_a(object, "Service")) {
            around.services.push_back(read_service(object, read));
        } else if (is_a(object, "PersistentVolumeClaim")) {
            around.claims.push_back(read_claim(object, read));
        } else if (!is_workload(object) && !is_misspelt(object, mistakes)) {
            passed_over.add(object);
        }
    }
    for (const Object& object : objects) {
        if (!is_workload(object)) continue;
        FieldReader read(*object.document, mistakes);
        manifests.workloads.push_back(WorkloadReader(object, around, read).run());
    }
    if (manifests.workloads.empty()) {
        // Nothing to simulate: then what is about workloads was passed over as well.
        const auto is_about = [](const Object& object) {
            return is_a(object, "Service") || is_a(object, "PersistentVolumeClaim");
        };
        for (const Object& object : objects) {
            if (is_about(object)) passed_over.add(object);
        }
    }
    manifests.remarks = passed_over.remarks();
    return manifests;
}

void fill_in(Scenario& scenario, const Workload& workload) {
    scenario.name = workload.name;
    scenario.from = workload.from;
    scenario.remarks.insert(scenario.remarks.end(), workload.remarks.begin(),
                            workload.remarks.end());
    scenario.old_version.ready_when = ReadyWhen::started;
    for (const auto& [word, text, origin] : workload.settings) {
        const auto known = scenario.origins.find(word);
        if (known != scenario.origins.end() && known->second.kind > SourceKind::manifest) continue;
        if (word == "strategy") {
            if (!scenario.strategy.empty()) continue;
            scenario.strategy = text;
        } else if (word == "readiness") {
            scenario.old_version.readiness = workload.readiness;
            scenario.old_version.ready_when = ReadyWhen::probed;
        } else if (word == "startup") {
            scenario.old_version.startup = workload.startup;
        } else {
            find_field(word)->set(scenario, text);
        }
        scenario.origins[word] = origin;
    }
}

}  // namespace stratsim
