// The first look at a file, which refuses what the YAML parser cannot digest.
#pragma once

#include "scenarios/text/document.hpp"

namespace stratsim {

/// Looks at every character once, before libyaml does, and gives the document its `lines`. Throws
/// InputErrors for binary content, other encodings, and text that costs libyaml quadratic time.
void survey(Document& document);

}  // namespace stratsim
