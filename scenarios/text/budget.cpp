// Adds up what a file costs, and names the limit that it exceeds.
#include "scenarios/text/budget.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim {
namespace {

/// What copying a node would cost.
struct CopyCost {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t height = 0;
};

CopyCost cost_of_copying(const Node& node, std::size_t most_nodes) {
    CopyCost result{.nodes = 1, .bytes = node.text.size(), .height = 0};
    const auto add = [&](const Node& child) {
        if (result.nodes > most_nodes) {
            return;
        }
        const CopyCost inner = cost_of_copying(child, most_nodes - result.nodes);
        result.nodes += inner.nodes;
        result.bytes += inner.bytes;
        result.height = std::max(result.height, inner.height);
    };
    for (const Node& item : node.items) {
        add(item);
    }
    for (const auto& [key, value] : node.entries) {
        add(key);
        add(value);
    }
    result.height += is_collection(node) ? 1 : 0;
    return result;
}

}  // namespace

void Budget::count_document(const Node& here) {
    if (++documents_ > most_documents_in_file) {
        mistakes_.stop(document_.complain(
            here, "too-many-documents",
            fmt::format("more than {} documents in one file", most_documents_in_file),
            "split the file"));
    }
}

void Budget::count_collection(const Node& here, std::size_t depth) {
    if (depth >= deepest_nesting) {
        stop_too_deep(here);
    }
    count_nodes(here, 1, depth);
}

void Budget::count_copy(const Node& here, const Node& original, std::size_t depth) {
    const CopyCost cost = cost_of_copying(original, most_values_in_file - nodes_);
    if (depth + cost.height > deepest_nesting) {
        stop_too_deep(here);
    }
    copied_bytes_ += cost.bytes;
    copied_nodes_ += cost.nodes;
    if (copied_bytes_ > most_bytes_in_file) {
        mistakes_.stop(document_.complain(
            here, "alias-bomb",
            fmt::format("the aliases repeat more than {} MiB of text", most_bytes_in_file >> 20U),
            "repeat less"));
    }
    count_nodes(here, cost.nodes, depth);
}

void Budget::count_nodes(const Node& here, std::size_t count, std::size_t depth) {
    nodes_ += count;
    depths_ += count * depth;
    // libyaml looks at every open bracket for every token.
    if (depths_ > most_values_in_file * deepest_nesting / 2) {
        mistakes_.stop(document_.complain(here, "too-deep", "too many values are nested this deep",
                                          "split the file"));
    }
    if (nodes_ <= most_values_in_file) {
        return;
    }
    if (copied_nodes_ > 0) {
        mistakes_.stop(document_.complain(
            here, "alias-bomb",
            fmt::format("the aliases expand to more than {} values", most_values_in_file),
            "repeat less"));
    }
    mistakes_.stop(document_.complain(
        here, "too-big", fmt::format("more than {} values in one file", most_values_in_file),
        "split the file"));
}

void Budget::stop_too_deep(const Node& here) {
    mistakes_.stop(document_.complain(
        here, "too-deep", fmt::format("nested more than {} levels deep", deepest_nesting),
        "check that this is the right file"));
}

}  // namespace stratsim
