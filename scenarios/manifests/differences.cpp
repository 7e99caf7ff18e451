// Two objects are compared as typed values: what the API server would decode from both, with the
// defaults that it fills in.
#include "scenarios/manifests/differences.hpp"

#include "scenarios/manifests/defaults.hpp"
#include "scenarios/manifests/field_path.hpp"
#include "scenarios/manifests/scalar.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <range/v3/view/transform.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace stratsim {

namespace {

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
                if (!same_scalar(*a, *b, path)) note(a, b, shown);
                return;
            case Node::Kind::sequence:
                return sequences(*a, *b, path, shown);
            case Node::Kind::mapping:
                if (last_of(path) == "resources")
                    return mappings(with_requests(*a), with_requests(*b), path, shown);
                return mappings(*a, *b, path, shown);
        }
    }

    std::vector<Difference> found;

  private:
    void mappings(const Node& a, const Node& b, const std::string& path, const std::string& shown) {
        const auto child = [&](const std::string& key) {
            const std::string inner = path + "." + key;
            const Node* one = given_value(a.find(key), inner, &a);
            const Node* other = given_value(b.find(key), inner, &b);
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

std::string Difference::short_path() const {
    for (const std::string_view prefix : {"spec.template.spec.", "spec.template.", "spec."}) {
        if (path.starts_with(prefix)) return path.substr(prefix.size());
    }
    return path;
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
