// How the fields of a document are read.
#pragma once

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/document.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// The key itself of an entry that is there.
const Node& key_of(const Node& mapping, std::string_view key);

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
