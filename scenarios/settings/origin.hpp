#pragma once

#include <string>

namespace stratsim {

struct Document;
struct Node;

/// Where a value comes from, weakest first: what is given outweighs what is assumed.
enum class SourceKind { assumed, manifest, file, environment, flag };

/// Where one setting's value comes from.
struct Origin {
    SourceKind kind = SourceKind::assumed;
    std::string file{};  ///< manifest, file; the variable's name where it is the environment
    int line = 0;
    int column = 0;
};

/// Where a value comes from that a file gives.
Origin origin_of(SourceKind kind, const Document& document, const Node& node);

}  // namespace stratsim
