#pragma once

#include "cli/reports/layout.hpp"

#include <string>

// A plan of two versions: what applying the new one does now, and what it makes of later releases.

namespace stratsim {

void update_screen(Page& page, const Result& result);

/// A comment on a pull request: a sentence, a table, the rest folded.
std::string update_markdown(const Result& result);

}  // namespace stratsim
