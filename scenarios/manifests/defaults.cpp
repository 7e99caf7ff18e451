#include "scenarios/manifests/defaults.hpp"

#include "scenarios/manifests/field_path.hpp"
#include "scenarios/manifests/scalar.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stratsim {

namespace {

struct Default {
    std::string_view path;  ///< the end of a path, list items without their brackets
    std::string_view value;
};

/// What means the same as leaving the field out.
constexpr std::array defaults{
    Default{"spec.replicas", "1"},
    Default{"spec.minReadySeconds", "0"},
    Default{"spec.revisionHistoryLimit", "10"},
    Default{"spec.progressDeadlineSeconds", "600"},
    Default{"spec.paused", "false"},
    Default{"spec.strategy.type", "RollingUpdate"},
    Default{"spec.strategy.rollingUpdate.maxSurge", "25%"},
    Default{"spec.strategy.rollingUpdate.maxUnavailable", "25%"},
    Default{"spec.podManagementPolicy", "OrderedReady"},
    Default{"spec.updateStrategy.type", "RollingUpdate"},
    Default{"spec.updateStrategy.rollingUpdate.partition", "0"},
    Default{"spec.updateStrategy.rollingUpdate.maxUnavailable", "1"},
    Default{"persistentVolumeClaimRetentionPolicy.whenDeleted", "Retain"},
    Default{"persistentVolumeClaimRetentionPolicy.whenScaled", "Retain"},
    Default{"volumeClaimTemplates.spec.volumeMode", "Filesystem"},
    Default{"volumeClaimTemplates.apiVersion", "v1"},
    Default{"volumeClaimTemplates.kind", "PersistentVolumeClaim"},
    Default{"template.spec.restartPolicy", "Always"},
    Default{"template.spec.dnsPolicy", "ClusterFirst"},
    Default{"template.spec.schedulerName", "default-scheduler"},
    Default{"template.spec.terminationGracePeriodSeconds", "30"},
    Default{"template.spec.hostNetwork", "false"},
    Default{"template.spec.hostPID", "false"},
    Default{"template.spec.hostIPC", "false"},
    Default{"template.spec.enableServiceLinks", "true"},
    Default{"terminationMessagePath", "/dev/termination-log"},
    Default{"terminationMessagePolicy", "File"},
    Default{"ports.protocol", "TCP"},
    Default{"Probe.initialDelaySeconds", "0"},
    Default{"Probe.timeoutSeconds", "1"},
    Default{"Probe.periodSeconds", "10"},
    Default{"Probe.successThreshold", "1"},
    Default{"Probe.failureThreshold", "3"},
    Default{"httpGet.scheme", "HTTP"},
    Default{"httpGet.path", "/"},
    Default{"fieldRef.apiVersion", "v1"},
    Default{"configMap.defaultMode", "420"},
    Default{"secret.defaultMode", "420"},
    Default{"projected.defaultMode", "420"},
    Default{"downwardAPI.defaultMode", "420"},
    Default{"volumeMounts.readOnly", "false"},
    Default{"persistentVolumeClaim.readOnly", "false"},
    Default{"tty", "false"},
    Default{"stdin", "false"},
    Default{"stdinOnce", "false"},
    Default{"topologySpreadConstraints.nodeAffinityPolicy", "Honor"},
    Default{"topologySpreadConstraints.nodeTaintsPolicy", "Ignore"},
    // Services
    Default{"spec.type", "ClusterIP"},
    Default{"spec.sessionAffinity", "None"},
    Default{"spec.sessionAffinityConfig.clientIP.timeoutSeconds", "10800"},
    Default{"spec.publishNotReadyAddresses", "false"},
    Default{"spec.internalTrafficPolicy", "Cluster"},
    Default{"spec.externalTrafficPolicy", "Cluster"},
    Default{"spec.ipFamilyPolicy", "SingleStack"},
};

/// Structures that Kubernetes holds by value: an empty one is none.
constexpr std::array<std::string_view, 16> by_value{"metadata",
                                                    "labels",
                                                    "annotations",
                                                    "nodeSelector",
                                                    "limits",
                                                    "requests",
                                                    "resources",
                                                    "matchLabels",
                                                    "strategy",
                                                    "updateStrategy",
                                                    "rollingUpdate",
                                                    "template.spec.securityContext",
                                                    "spec",
                                                    "template",
                                                    "sessionAffinityConfig",
                                                    "persistentVolumeClaimRetentionPolicy"};

/// Maps of texts, in which an empty text is a value.
constexpr std::array<std::string_view, 6> text_maps{"labels",      "annotations", "nodeSelector",
                                                    "matchLabels", "selector",    "data"};

/// `latest` and no tag at all are pulled always.
bool is_default_pull(const Node& container, const std::string& policy) {
    const Node* image = container.find("image");
    if (image == nullptr) return false;
    const std::string& name = image->text;
    if (name.find('@') != std::string::npos) return policy == "IfNotPresent";
    const auto colon = name.rfind(':');
    const bool tagged = colon != std::string::npos && name.find('/', colon) == std::string::npos;
    const bool latest = !tagged || name.substr(colon + 1) == "latest";
    return policy == (latest ? "Always" : "IfNotPresent");
}

}  // namespace

const Node* given_value(const Node* value, std::string_view path, const Node* parent) {
    if (value == nullptr || value->kind == Node::Kind::null) return nullptr;
    if (value->kind == Node::Kind::sequence) return value->items.empty() ? nullptr : value;
    const std::string_view key = last_of(path);
    if (key == "creationTimestamp") return nullptr;
    if (value->kind == Node::Kind::mapping) return value;
    const bool in_map = std::ranges::find(text_maps, last_of(parent_of(path))) != text_maps.end();
    if (in_map) return value;
    if (value->text.empty()) return nullptr;
    if (key == "imagePullPolicy" && parent != nullptr && is_default_pull(*parent, value->text))
        return nullptr;
    if (key == "targetPort" && parent != nullptr) {
        const Node* port = parent->find("port");
        if (port != nullptr && typed_text(*port) == typed_text(*value)) return nullptr;
    }
    if (key == "serviceAccount" && parent != nullptr &&
        parent->find("serviceAccountName") != nullptr)
        return nullptr;  // the old name of the same field
    Node plain = *value;
    const std::string text = typed_text(plain).substr(2);
    for (const Default& standard : defaults) {
        if (ends_with_path(path, standard.path) && text == standard.value) return nullptr;
    }
    return value;
}

bool is_by_value(std::string_view path) {
    return std::ranges::any_of(by_value,
                               [&](std::string_view end) { return ends_with_path(path, end); });
}

Node with_requests(const Node& resources) {
    Node whole = resources;
    const Node* limits = resources.find("limits");
    if (limits == nullptr || limits->entries.empty()) return whole;
    auto requests = std::ranges::find_if(
        whole.entries, [](const auto& entry) { return entry.first.text == "requests"; });
    if (requests == whole.entries.end()) {
        Node key = limits->entries.front().first;
        key.text = "requests";
        Node empty = *limits;
        empty.entries.clear();
        whole.entries.emplace_back(key, empty);
        requests = whole.entries.end() - 1;
    }
    if (requests->second.kind != Node::Kind::mapping) requests->second.kind = Node::Kind::mapping;
    for (const auto& [name, amount] : limits->entries) {
        if (requests->second.find(name.text) == nullptr)
            requests->second.entries.emplace_back(name, amount);
    }
    return whole;
}

}  // namespace stratsim
