// Builds trees of nodes from libyaml's events, one event at a time.
//
// Events become nodes in place: an open collection is always the last child of its parent, so
// pointers to open nodes stay valid, and an anchor is a path from the root instead of a second
// copy of its node. Aliases are copied, after they were measured. Merge keys are expanded when the
// document is complete, because that moves nodes and would break the paths.
#include "scenarios/text/composer.hpp"

#include "scenarios/text/budget.hpp"
#include "scenarios/text/mapping_keys.hpp"
#include "scenarios/text/mistakes.hpp"
#include "scenarios/text/source_text.hpp"
#include "scenarios/text/syntax_error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <yaml.h>

namespace stratsim {
namespace {

/// libyaml's parser, released at the end.
class Parser {
  public:
    explicit Parser(std::string_view text) {
        // libyaml would count the byte order mark as a column.
        text.remove_prefix(start_of_text(text));
        if (yaml_parser_initialize(&parser_) == 0) {
            throw std::bad_alloc{};
        }
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    ~Parser() { yaml_parser_delete(&parser_); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    yaml_parser_t& get() { return parser_; }

  private:
    yaml_parser_t parser_{};
};

/// One event of libyaml, released at the end.
class Event {
  public:
    Event() = default;
    ~Event() { yaml_event_delete(&event_); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    yaml_event_t& get() { return event_; }

  private:
    yaml_event_t event_{};
};

std::string_view view(const yaml_char_t* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

/// Turns the events of one file into documents.
class Composer {
  public:
    explicit Composer(Document blank)
        : blank_(std::move(blank)),
          document_(blank_),
          parser_(*blank_.source),
          last_decorated_{.offset = start_of_text(*blank_.source)} {}

    std::vector<Document> documents() {
        while (step()) {
        }
        mistakes_.throw_if_any();
        return std::move(documents_);
    }

  private:
    /// An open collection.
    struct Frame {
        Node* node = nullptr;
        // In a mapping: the last entry has its key and waits for its value.
        bool wants_value = false;
    };

    /// How to get from the root to a node: an index in every collection on the way; in a mapping
    /// twice the index of the entry, and one more for its value.
    using Path = std::vector<std::uint32_t>;

    bool step() {
        Event event;
        if (yaml_parser_parse(&parser_.get(), &event.get()) == 0) {
            const Node* innermost = frames_.empty() ? nullptr : frames_.back().node;
            mistakes_.stop(explain_syntax_error(document_, parser_.get(), innermost));
        }
        switch (event.get().type) {
            case YAML_NO_EVENT:
            case YAML_STREAM_START_EVENT:
                return true;
            case YAML_STREAM_END_EVENT:
                return false;
            case YAML_DOCUMENT_START_EVENT:
                begin_document(event.get());
                return true;
            case YAML_DOCUMENT_END_EVENT:
                end_document();
                return true;
            case YAML_ALIAS_EVENT:
                add_alias(event.get());
                return true;
            case YAML_SCALAR_EVENT:
                add_scalar(event.get());
                return true;
            case YAML_SEQUENCE_START_EVENT:
                open(event.get(), Node::Kind::sequence, event.get().data.sequence_start.anchor);
                return true;
            case YAML_MAPPING_START_EVENT:
                open(event.get(), Node::Kind::mapping, event.get().data.mapping_start.anchor);
                return true;
            case YAML_SEQUENCE_END_EVENT:
            case YAML_MAPPING_END_EVENT:
                close();
                return true;
        }
        return false;
    }

    static Node node_at(const yaml_event_t& event, Node::Kind kind) {
        Node node;
        node.kind = kind;
        node.line = static_cast<int>(event.start_mark.line) + 1;
        node.column = static_cast<int>(event.start_mark.column) + 1;
        return node;
    }

    void begin_document(const yaml_event_t& event) {
        document_ = blank_;
        budget_.count_document(node_at(event, Node::Kind::null));
    }

    void end_document() {
        if (has_merge_keys_) {
            merge_all(document_, document_.root, mistakes_);
        }
        if (document_.root.kind != Node::Kind::null) {
            documents_.push_back(std::move(document_));
        }
        document_ = blank_;
        anchors_.clear();
        has_merge_keys_ = false;
    }

    void add_scalar(const yaml_event_t& event) {
        const auto& scalar = event.data.scalar;
        Node node = node_at(event, Node::Kind::scalar);
        budget_.count_node(node, frames_.size());
        node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        const std::string_view tag = view(scalar.tag);
        node.quoted = !plain || tag == YAML_STR_TAG || tag == "!";
        if (!node.quoted && (node.text.empty() || node.text == "~" || node.text == "null" ||
                             node.text == "Null" || node.text == "NULL")) {
            node.kind = Node::Kind::null;
        }
        if (event.end_mark.line == event.start_mark.line) {
            const std::size_t width = event.end_mark.column - event.start_mark.column;
            node.width = std::max(static_cast<int>(width), 1);
        }
        const bool decorated = scalar.anchor != nullptr || scalar.tag != nullptr;
        if (decorated && !node.text.empty()) {
            skip_decoration(node);
        }
        const bool empty = plain && node.text.empty() && !decorated;
        place(std::move(node), empty ? Written::no : Written::yes);
        remember(scalar.anchor);
    }

    // For libyaml a scalar starts at its anchor or tag; for a reader it starts at its text.
    void skip_decoration(Node& node) {
        const std::string_view text = *document_.source;
        // Scalars come in the order of the text, so all these walks together read it once.
        walk(text, last_decorated_, node.line, node.column);
        std::size_t offset = last_decorated_.offset;
        int skipped = 0;
        while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
            const std::size_t end = text.find_first_of(" \t\r\n", offset);
            const std::size_t next = text.find_first_not_of(" \t", std::min(end, text.size()));
            if (next == std::string_view::npos || text[next] == '\n' || text[next] == '\r') {
                return;
            }
            for (; offset < next; offset += letter_at(text, offset).size) {
                ++skipped;
            }
        }
        node.column += skipped;
        node.width = std::max(node.width - skipped, 1);
    }

    void add_alias(const yaml_event_t& event) {
        const std::string name{view(event.data.alias.anchor)};
        Node here = node_at(event, Node::Kind::null);
        here.width = static_cast<int>(event.end_mark.column - event.start_mark.column);
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
            mistakes_.note(document_.complain(here, "alias",
                                              fmt::format("no anchor named {}", quote(name)),
                                              "mark a value before this one with &NAME"));
            budget_.count_node(here, frames_.size());
            place(std::move(here), Written::yes);
            return;
        }
        const Node& original = resolve(found->second);
        for (const Frame& frame : frames_) {
            if (frame.node == &original) {
                mistakes_.stop(document_.complain(
                    here, "alias", fmt::format("{} contains itself", quote(name)),
                    "an alias must stand outside of what it repeats"));
            }
        }
        budget_.count_copy(here, original, frames_.size());
        Node copy = original;
        place(std::move(copy), Written::yes);
    }

    void open(const yaml_event_t& event, Node::Kind kind, const yaml_char_t* anchor) {
        Node node = node_at(event, kind);
        budget_.count_collection(node, frames_.size());
        Node* const placed = place(std::move(node), Written::yes);
        remember(anchor);
        frames_.push_back({.node = placed, .wants_value = false});
    }

    void close() {
        Node& node = *frames_.back().node;
        give_back_spare_room(node.items);
        give_back_spare_room(node.entries);
        check_duplicates(document_, node, mistakes_);
        frames_.pop_back();
    }

    enum class Written { no, yes };

    /// Puts a node where it belongs; a value that is not written gets the place of its key or dash.
    Node* place(Node node, Written written) {
        if (frames_.empty()) {
            document_.root = std::move(node);
            return &document_.root;
        }
        Frame& frame = frames_.back();
        if (frame.node->kind == Node::Kind::sequence) {
            const bool after_dash = written == Written::no && node.column > 1;
            node.column -= after_dash ? 1 : 0;
            frame.node->items.push_back(std::move(node));
            return &frame.node->items.back();
        }
        frame.wants_value = !frame.wants_value;
        if (frame.wants_value) {
            has_merge_keys_ = has_merge_keys_ || is_merge_key(node);
            check_key(document_, node, mistakes_);
            frame.node->entries.emplace_back(std::move(node), Node{});
            return &frame.node->entries.back().first;
        }
        auto& [key, value] = frame.node->entries.back();
        if (written == Written::no) {
            std::tie(node.line, node.column, node.width) =
                std::tie(key.line, key.column, key.width);
        }
        value = std::move(node);
        return &value;
    }

    /// Gives the node that was placed last a name.
    void remember(const yaml_char_t* anchor) {
        if (anchor == nullptr) {
            return;
        }
        Path path;
        path.reserve(frames_.size());
        for (const Frame& frame : frames_) {
            const bool is_list = frame.node->kind == Node::Kind::sequence;
            const std::size_t last =
                is_list ? frame.node->items.size() - 1
                        : 2 * (frame.node->entries.size() - 1) + (frame.wants_value ? 0 : 1);
            path.push_back(static_cast<std::uint32_t>(last));
        }
        Path& known = anchors_[std::string{view(anchor)}];
        known = std::move(path);
        if (anchors_.size() > most_anchors_in_document) {
            mistakes_.stop(document_.complain(
                resolve(known), "alias-bomb",
                fmt::format("more than {} anchors in one document", most_anchors_in_document),
                "remove the anchors that no alias uses"));
        }
    }

    const Node& resolve(const Path& path) const {
        const Node* node = &document_.root;
        for (const std::uint32_t index : path) {
            if (node->kind == Node::Kind::sequence) {
                node = &node->items[index];
            } else {
                const auto& [key, value] = node->entries[index / 2];
                node = index % 2 == 0 ? &key : &value;
            }
        }
        return *node;
    }

    Document blank_;
    Document document_;
    Parser parser_;
    Cursor last_decorated_;
    std::vector<Document> documents_;
    std::vector<Frame> frames_;
    std::unordered_map<std::string, Path> anchors_;
    Mistakes mistakes_;
    Budget budget_{document_, mistakes_};
    bool has_merge_keys_ = false;
};

}  // namespace

std::vector<Document> compose(Document blank) {
    return Composer{std::move(blank)}.documents();
}

}  // namespace stratsim
