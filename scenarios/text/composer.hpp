// From the events of libyaml to the trees that the rest of the program reads.
#pragma once

#include "scenarios/text/document.hpp"

#include <vector>

namespace stratsim {

/// All documents in the source of `blank` that are not empty; each begins as a copy of `blank`.
std::vector<Document> compose(Document blank);

}  // namespace stratsim
