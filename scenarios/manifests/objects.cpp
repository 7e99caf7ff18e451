#include "scenarios/manifests/objects.hpp"

#include <utility>

namespace stratsim {

namespace {

std::string group_of(const std::string& api_version) {
    const auto slash = api_version.find('/');
    return slash == std::string::npos ? std::string() : api_version.substr(0, slash);
}

/// Takes lists apart until only objects are left.
class Unpacker {
  public:
    Unpacker(const Document& document, std::vector<Diagnostic>& mistakes)
        : read_(document, mistakes) {}

    /// `item_kind` is what an item of a typed list is, which then need not say so itself.
    void unpack(const Node& node, const std::string& item_kind) {
        if (node.kind == Node::Kind::null) return;
        Object object;
        object.document = &read_.document();
        object.node = &node;
        object.kind = item_kind;
        if (node.kind != Node::Kind::mapping) {
            found.push_back(std::move(object));
            return;
        }
        if (const std::string kind = read_.text(&node, "kind"); !kind.empty()) object.kind = kind;
        const Node* items = node.find("items");
        if (object.kind.ends_with("List") && items != nullptr &&
            items->kind == Node::Kind::sequence) {
            for (const Node& item : items->items) {
                unpack(item, object.kind.substr(0, object.kind.size() - 4));
            }
            return;
        }
        object.group = group_of(read_.text(&node, "apiVersion"));
        // A scenario has a reader of its own, which would complain a second time.
        const bool foreign = object.kind.empty() || object.kind == "Scenario";
        const Node* metadata = foreign ? nullptr : read_.mapping(&node, "metadata");
        object.name = read_.text(metadata, "name");
        object.space = read_.text(metadata, "namespace");
        found.push_back(std::move(object));
    }

    std::vector<Object> found;

  private:
    FieldReader read_;
};

}  // namespace

std::vector<Object> objects_of(const Document& document, std::vector<Diagnostic>& mistakes) {
    Unpacker unpacker(document, mistakes);
    unpacker.unpack(document.root, "");
    return std::move(unpacker.found);
}

const Node& place_of(const Object& object) {
    const Node* kind = object.node->find("kind");
    return kind == nullptr ? *object.node : *kind;
}

std::string begin_of(const Object& object) {
    return place_text(object.document->file, object.node->line);
}

}  // namespace stratsim
