// Two objects are compared as typed values: what the API server would decode from both, with the
// defaults that it fills in. Source of the defaults: Kubernetes 1.36, pkg/apis/*/v1/defaults.go.
#include "scenarios/manifests/differences.hpp"

#include "scenarios/manifests/quantity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <range/v3/view/transform.hpp>
#include <set>
#include <string_view>
#include <utility>

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

bool ends_with_path(std::string_view path, std::string_view ending) {
    if (!path.ends_with(ending)) return false;
    if (ending.starts_with("Probe.")) return true;  // of any kind
    return path.size() == ending.size() || path[path.size() - ending.size() - 1] == '.';
}

std::string_view last_of(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == path.npos ? path : path.substr(dot + 1);
}

std::string_view parent_of(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == path.npos ? std::string_view{} : path.substr(0, dot);
}

/// An unquoted scalar by its meaning in YAML 1.1, which kubectl reads.
std::string typed(const Node& node) {
    const std::string& text = node.text;
    if (node.quoted) return "s:" + text;
    constexpr std::array yes{"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
    constexpr std::array no{"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
    if (std::ranges::find(yes, text) != yes.end()) return "b:true";
    if (std::ranges::find(no, text) != no.end()) return "b:false";
    const bool octal = text.size() > 1 && text.front() == '0' && text.size() < 12 &&
                       std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
    if (octal) return fmt::format("i:{}", std::stoll(text, nullptr, 8));
    if (text.starts_with("0o") && text.size() > 2 && text.size() < 12 &&
        std::ranges::all_of(text.substr(2), [](char c) { return c >= '0' && c <= '7'; }))
        return fmt::format("i:{}", std::stoll(text.substr(2), nullptr, 8));
    const std::string_view digits = std::string_view(text).substr(text.starts_with('+') ? 1 : 0);
    if (!digits.empty() && std::ranges::all_of(digits.substr(digits.starts_with('-') ? 1 : 0),
                                               [](char c) { return c >= '0' && c <= '9'; }))
        return "i:" + std::string(digits);
    return "s:" + text;
}

bool is_quantity(std::string_view path) {
    const std::string_view parent = last_of(parent_of(path));
    return parent == "requests" || parent == "limits" || parent == "hard" ||
           last_of(path) == "sizeLimit";
}

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

/// A value, or null where there is none or where it is what would stand there anyway.
const Node* given(const Node* value, std::string_view path, const Node* parent) {
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
        if (port != nullptr && typed(*port) == typed(*value)) return nullptr;
    }
    if (key == "serviceAccount" && parent != nullptr &&
        parent->find("serviceAccountName") != nullptr)
        return nullptr;  // the old name of the same field
    Node plain = *value;
    const std::string text = typed(plain).substr(2);
    for (const Default& standard : defaults) {
        if (ends_with_path(path, standard.path) && text == standard.value) return nullptr;
    }
    return value;
}

bool is_by_value(std::string_view path) {
    return std::ranges::any_of(by_value,
                               [&](std::string_view end) { return ends_with_path(path, end); });
}

/// A request that is not given is the limit.
Node completed(const Node& resources) {
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

/// A value on one line, cut to what a sentence can hold.
std::string text_of(const Node& node) {
    constexpr std::size_t most = 60;
    std::string text;
    const auto add = [&](const std::string& part) {
        if (text.size() <= most) text += part;
    };
    if (node.kind == Node::Kind::scalar) {
        text = node.text.substr(0, node.text.find('\n'));
    } else if (node.kind == Node::Kind::sequence) {
        add("[");
        for (const Node& item : node.items) add((text.size() > 1 ? ", " : "") + text_of(item));
        add("]");
    } else if (node.kind == Node::Kind::mapping) {
        add("{");
        for (const auto& [key, value] : node.entries)
            add((text.size() > 1 ? ", " : "") + key.text + ": " + text_of(value));
        add("}");
    }
    if (text.size() > most) {
        std::size_t end = most - 3;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
        text = text.substr(0, end) + "...";
    }
    return text;
}

/// What an item of a list is called, if it has a name.
const Node* name_of(const Node& item) {
    for (const std::string_view key : {"name", "mountPath", "containerPort", "port"}) {
        const Node* name = item.kind == Node::Kind::mapping ? item.find(key) : nullptr;
        if (name != nullptr && name->kind == Node::Kind::scalar) return name;
    }
    return nullptr;
}

bool all_named(const Node& list) {
    std::set<std::string> names;
    return std::ranges::all_of(list.items, [&](const Node& item) {
        const Node* name = name_of(item);
        return name != nullptr && names.insert(name->text).second;
    });
}

/// Walks two versions of a value side by side.
class Comparison {
  public:
    Comparison(const Document& before, const Document& after) : before_(before), after_(after) {}

    /// `path` is for rules, `shown` for people: with the names of list items.
    void compare(const Node* a, const Node* b, const std::string& path, const std::string& shown) {
        static const Node nothing = [] {
            Node node;
            node.kind = Node::Kind::mapping;
            return node;
        }();
        if (a == nullptr && b == nullptr) return;
        if ((a == nullptr || b == nullptr) && is_by_value(path)) {
            const Node* one = a == nullptr ? b : a;
            if (one->kind == Node::Kind::mapping)
                return mappings(a == nullptr ? nothing : *a, b == nullptr ? nothing : *b, path,
                                shown);
        }
        if (a == nullptr || b == nullptr || a->kind != b->kind) return note(a, b, shown);
        switch (a->kind) {
            case Node::Kind::null:
                return;
            case Node::Kind::scalar:
                if (!same(*a, *b, path)) note(a, b, shown);
                return;
            case Node::Kind::sequence:
                return sequences(*a, *b, path, shown);
            case Node::Kind::mapping:
                if (last_of(path) == "resources")
                    return mappings(completed(*a), completed(*b), path, shown);
                return mappings(*a, *b, path, shown);
        }
    }

    std::vector<Difference> found;

  private:
    static bool same(const Node& a, const Node& b, std::string_view path) {
        if (typed(a) == typed(b)) return true;
        if (!is_quantity(path)) return false;
        const auto one = parse_quantity(a.text);
        const auto other = parse_quantity(b.text);
        // Decimal and binary fractions of the same amount may differ in the last bit.
        return one && other && std::abs(*one - *other) <= 1e-12 * std::max(*one, *other);
    }

    void mappings(const Node& a, const Node& b, const std::string& path, const std::string& shown) {
        const auto child = [&](const std::string& key) {
            const std::string inner = path + "." + key;
            const Node* one = given(a.find(key), inner, &a);
            const Node* other = given(b.find(key), inner, &b);
            const Node* there = one != nullptr ? one : other;
            // A default that is written out is told as it is written.
            if (there != nullptr && there->kind == Node::Kind::scalar &&
                (one == nullptr || other == nullptr))
                return note(a.find(key), b.find(key), shown + "." + key);
            compare(one, other, inner, shown + "." + key);
        };
        for (const auto& [key, value] : b.entries) child(key.text);
        for (const auto& [key, value] : a.entries) {
            if (b.find(key.text) == nullptr) child(key.text);
        }
    }

    void sequences(const Node& a, const Node& b, const std::string& path,
                   const std::string& shown) {
        if (!all_named(a) || !all_named(b)) {
            if (a.items.size() != b.items.size()) return note(&a, &b, shown);
            for (std::size_t i = 0; i < a.items.size(); ++i) {
                compare(&a.items[i], &b.items[i], path, fmt::format("{}[{}]", shown, i));
            }
            return;
        }
        const auto called = [](const Node& list, const std::string& name) -> const Node* {
            const auto item = std::ranges::find_if(
                list.items, [&](const Node& n) { return name_of(n)->text == name; });
            return item == list.items.end() ? nullptr : &*item;
        };
        const auto each = [&](const Node& item) {
            const std::string& name = name_of(item)->text;
            compare(called(a, name), called(b, name), path, fmt::format("{}[{}]", shown, name));
        };
        const std::size_t before = found.size();
        for (const Node& item : b.items) each(item);
        for (const Node& item : a.items) {
            if (called(b, name_of(item)->text) == nullptr) each(item);
        }
        if (found.size() != before) return;
        // The template's hash sees the order of a list, and so does a program its environment.
        for (std::size_t i = 0; i < b.items.size(); ++i) {
            if (name_of(a.items[i])->text == name_of(b.items[i])->text) continue;
            return note_order(a, b, shown);
        }
    }

    static std::string order_of(const Node& list) {
        const auto name = [](const Node& item) { return name_of(item)->text; };
        return fmt::format("order {}",
                           fmt::join(list.items | ranges::views::transform(name), ", "));
    }

    void note_order(const Node& a, const Node& b, const std::string& shown) {
        found.push_back({shown, order_of(a), order_of(b), place(after_, &b), place(before_, &a)});
    }

    static Place place(const Document& document, const Node* node) {
        if (node == nullptr) return {};
        return {document.file, node->line, node->column};
    }

    void note(const Node* a, const Node* b, const std::string& shown) {
        const Place was = place(before_, a);
        found.push_back({shown, a == nullptr ? "" : text_of(*a), b == nullptr ? "" : text_of(*b),
                         b == nullptr ? was : place(after_, b), was});
    }

    const Document& before_;
    const Document& after_;
};

}  // namespace

bool Difference::is_below(std::string_view field) const {
    if (!path.starts_with(field)) return false;
    return path.size() == field.size() || path[field.size()] == '.' || path[field.size()] == '[';
}

bool differ(const Object& before, const Object& after) {
    Comparison comparison(*before.document, *after.document);
    for (const Node* node : {after.node, before.node}) {
        for (const auto& [key, value] : node->entries) {
            const std::string& name = key.text;
            if (name == "metadata" || name == "status" || name == "apiVersion") continue;
            comparison.compare(before.node->find(name), after.node->find(name), name, name);
        }
    }
    return !comparison.found.empty();
}

std::vector<Difference> differences(const Object& before, const Object& after) {
    Comparison comparison(*before.document, *after.document);
    comparison.compare(before.node->find("spec"), after.node->find("spec"), "spec", "spec");
    return std::move(comparison.found);
}

}  // namespace stratsim
