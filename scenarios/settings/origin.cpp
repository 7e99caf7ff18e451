#include "scenarios/settings/origin.hpp"

#include "scenarios/text/document.hpp"

namespace stratsim {

Origin origin_of(SourceKind kind, const Document& document, const Node& node) {
    return {.kind = kind, .file = document.file, .line = node.line, .column = node.column};
}

}  // namespace stratsim
