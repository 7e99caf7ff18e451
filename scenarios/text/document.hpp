// YAML and JSON files as trees of text in which every value knows its place.
#pragma once

#include "scenarios/text/diagnostic.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stratsim {

class LineIndex;

/// A value as it was written: numbers stay text, as only the reader of a field knows its meaning.
struct Node {
    enum class Kind : unsigned char { null, scalar, sequence, mapping };

    Kind kind = Kind::null;
    /// Written in quotes, as a block of text or with the tag !!str: text, even if it looks like a
    /// number.
    bool quoted = false;
    /// The place of the value; a value that is left empty has the place of its key or dash, and
    /// what an alias stands for has the place of the original.
    int line = 0;
    int column = 0;
    /// How many characters a scalar takes in its line; 1 for all else.
    int width = 1;
    std::string text;
    std::vector<Node> items;
    std::vector<std::pair<Node, Node>> entries;

    // Declared because a pair of nodes asks for them before the class is complete.
    Node();
    Node(const Node& other);
    Node(Node&& other) noexcept;
    Node& operator=(const Node& other);
    Node& operator=(Node&& other) noexcept;
    ~Node();

    /// The value of a key of a mapping, or null if there is no such key.
    const Node* find(std::string_view key) const;
};

inline Node::Node() = default;
inline Node::Node(const Node& other) = default;
inline Node::Node(Node&& other) noexcept = default;
inline Node& Node::operator=(const Node& other) = default;
inline Node& Node::operator=(Node&& other) noexcept = default;
inline Node::~Node() = default;

/// Whether the node is a list or a mapping, empty ones included.
inline bool is_collection(const Node& node) {
    return node.kind == Node::Kind::sequence || node.kind == Node::Kind::mapping;
}

/// One document of a file, together with what is needed to complain about a part of it.
struct Document {
    std::string file;
    Node root;
    std::shared_ptr<const std::string> source;
    /// Finds lines fast; without it `complain` searches from the start of the file.
    std::shared_ptr<const LineIndex> lines;

    Diagnostic complain(const Node& at, std::string rule, std::string message,
                        std::string advice = "") const;
};

/// What a file may cost at most; beyond that it is a mistake or an attack.
inline constexpr std::size_t most_bytes_in_file = std::size_t{16} << 20U;
inline constexpr std::size_t most_values_in_file = 1'000'000;
inline constexpr std::size_t most_documents_in_file = 10'000;
inline constexpr std::size_t deepest_nesting = 100;
inline constexpr std::size_t most_anchors_in_document = 10'000;
inline constexpr std::size_t most_mistakes_in_file = 1'000;

/// All documents of a file that are not empty; "-" is standard input. Throws InputErrors with all
/// mistakes that can be found in one go.
std::vector<Document> read_documents(const std::string& file);

/// The same for text that is already there; `file` is the name that diagnostics show.
std::vector<Document> parse_documents(std::string file, std::string text);

}  // namespace stratsim
