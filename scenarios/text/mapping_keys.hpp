// What YAML asks of the keys of a mapping: simple, each only once, and '<<' merges another mapping.
#pragma once

#include "scenarios/text/document.hpp"
#include "scenarios/text/mistakes.hpp"

namespace stratsim {

bool is_merge_key(const Node& key);

/// Notes a mistake if the key is a list or mapping.
void check_key(const Document& document, const Node& key, Mistakes& mistakes);

/// Notes every key of the mapping that was given before.
void check_duplicates(const Document& document, const Node& mapping, Mistakes& mistakes);

/// Expands all merge keys in the node. This moves nodes, so no pointer into it stays valid.
void merge_all(const Document& document, Node& node, Mistakes& mistakes);

}  // namespace stratsim
