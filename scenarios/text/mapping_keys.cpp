// Finds keys that are given twice or are no text, and replaces '<<' by what it merges.
#include "scenarios/text/mapping_keys.hpp"

#include "scenarios/text/budget.hpp"
#include "scenarios/text/source_text.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stratsim {
namespace {

/// Expands the merge keys of one document.
class Merger {
  public:
    Merger(const Document& document, Mistakes& mistakes)
        : document_(document), mistakes_(mistakes) {}

    void merge_all(Node& node) {
        for (Node& item : node.items) {
            merge_all(item);
        }
        for (auto& [key, value] : node.entries) {
            merge_all(value);
        }
        const bool has_merge_key =
            std::any_of(node.entries.begin(), node.entries.end(),
                        [](const auto& entry) { return is_merge_key(entry.first); });
        if (has_merge_key) {
            merge(node);
        }
    }

  private:
    // What a mapping says itself wins over what it merges, and an earlier source over a later one.
    void merge(Node& mapping) {
        std::vector<std::pair<Node, Node>> result;
        std::vector<Node> sources;
        for (auto& [key, value] : mapping.entries) {
            if (is_merge_key(key)) {
                collect_sources(std::move(value), sources);
            } else {
                result.emplace_back(std::move(key), std::move(value));
            }
        }
        std::unordered_set<std::string> known;
        for (const auto& [key, value] : result) {
            known.insert(key.text);
        }
        for (Node& source : sources) {
            for (auto& [key, value] : source.entries) {
                if (known.insert(key.text).second) {
                    result.emplace_back(std::move(key), std::move(value));
                }
            }
        }
        give_back_spare_room(result);
        mapping.entries = std::move(result);
    }

    void collect_sources(Node value, std::vector<Node>& sources) {
        if (value.kind == Node::Kind::sequence) {
            for (Node& item : value.items) {
                take_source(std::move(item), sources);
            }
        } else {
            take_source(std::move(value), sources);
        }
    }

    void take_source(Node value, std::vector<Node>& sources) {
        if (value.kind == Node::Kind::mapping) {
            sources.push_back(std::move(value));
            return;
        }
        mistakes_.note(document_.complain(value, "merge", "'<<' can only merge a mapping",
                                          "write <<: *NAME or <<: [*NAME, *OTHER]"));
    }

    const Document& document_;
    Mistakes& mistakes_;
};

}  // namespace

bool is_merge_key(const Node& key) {
    return key.kind == Node::Kind::scalar && !key.quoted && key.text == "<<";
}

void check_key(const Document& document, const Node& key, Mistakes& mistakes) {
    if (!is_collection(key)) {
        return;
    }
    const std::size_t offset =
        offset_of(*document.source, document.lines.get(), key.line, key.column);
    const bool helm = offset > 0 && document.source->substr(offset - 1, 2) == "{{";
    mistakes.note(
        document.complain(key, "syntax", "a list or mapping cannot be a key",
                          helm ? "if this is a Helm template, render it first with helm template"
                               : "put text with special characters in quotes"));
}

// A table of indices, as it needs an eighth of the memory of std::unordered_map.
void check_duplicates(const Document& document, const Node& mapping, Mistakes& mistakes) {
    constexpr std::uint32_t free_slot = UINT32_MAX;
    const auto& entries = mapping.entries;
    std::vector<std::uint32_t> table(std::bit_ceil(2 * entries.size() + 1), free_slot);
    for (std::uint32_t index = 0; index < entries.size(); ++index) {
        const Node& key = entries[index].first;
        if (is_collection(key)) {
            continue;
        }
        std::size_t slot = std::hash<std::string_view>{}(key.text);
        slot &= table.size() - 1;
        while (table[slot] != free_slot && entries[table[slot]].first.text != key.text) {
            slot = (slot + 1) & (table.size() - 1);
        }
        if (table[slot] != free_slot) {
            const Node& first = entries[table[slot]].first;
            mistakes.note(document.complain(
                key, "duplicate-key", fmt::format("key {} is given twice", quote(key.text)),
                fmt::format("it stands already in line {}, column {}", first.line, first.column)));
        } else {
            table[slot] = index;
        }
    }
}

void merge_all(const Document& document, Node& node, Mistakes& mistakes) {
    Merger{document, mistakes}.merge_all(node);
}

}  // namespace stratsim
