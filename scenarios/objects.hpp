// Kubernetes objects inside documents: what they are called and how their fields are read.
#pragma once

#include "scenarios/diagnostic.hpp"
#include "scenarios/document.hpp"
#include "scenarios/scenario.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// One object of a file; `node` points into `document`, which must outlive it.
struct Object {
    const Document* document = nullptr;
    const Node* node = nullptr;
    std::string group;  ///< of the API: "apps", or empty for the core
    std::string kind;   ///< empty: the file does not say
    std::string space;  ///< namespace
    std::string name;
};

/// The objects of a document; a list counts as what it holds.
std::vector<Object> objects_of(const Document& document, std::vector<Diagnostic>& mistakes);

/// The key itself of an entry that is there.
const Node& key_of(const Node& mapping, std::string_view key);

/// A file and line as people read it: "web.yaml:58".
std::string place_text(const std::string& file, int line);

/// Where a value comes from that a file gives.
Origin origin_of(SourceKind kind, const Document& document, const Node& node);

/// The value that says of what kind an object is, or where the object begins.
const Node& place_of(const Object& object);

/// File and line where an object begins.
std::string begin_of(const Object& object);

/// Reads fields of one document, and notes each that is not what Kubernetes accepts. What is absent
/// or null is null, and so is every field of it.
class FieldReader {
  public:
    FieldReader(const Document& document, std::vector<Diagnostic>& mistakes)
        : document_(&document), mistakes_(&mistakes) {}

    const Node* mapping(const Node* parent, std::string_view key);
    const Node* list(const Node* parent, std::string_view key);
    const Node* scalar(const Node* parent, std::string_view key);
    /// The text of a scalar, empty if there is none.
    std::string text(const Node* parent, std::string_view key);
    /// The same for a text that must be one of a few words; another one is noted.
    std::string choice(const Node* parent, std::string_view key,
                       std::initializer_list<std::string_view> words);
    std::map<std::string, std::string> labels(const Node* parent, std::string_view key);
    bool truth(const Node* parent, std::string_view key);
    /// A whole number that is not negative.
    std::optional<std::int64_t> whole(const Node* parent, std::string_view key);

    /// How many mistakes there are so far, of this document and others.
    std::size_t mistakes() const { return mistakes_->size(); }
    void complain(const Node& at, std::string rule, std::string message, std::string advice);
    const Document& document() const { return *document_; }
    std::string place(const Node& node) const { return place_text(document_->file, node.line); }

  private:
    const Node* typed(const Node* parent, std::string_view key, Node::Kind kind);

    const Document* document_;
    std::vector<Diagnostic>* mistakes_;
};

}  // namespace stratsim
