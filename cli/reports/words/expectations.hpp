#pragma once

#include "cli/reports/layout.hpp"

#include <string>
#include <string_view>

// What was expected, as it was written, with what was measured on the same line.

namespace stratsim {

/// `pass`, `FAIL`, `undecided`: the word that says it, in its colour.
Span verdict_word(Verdict verdict);
/// `313 (290 to 355), 95%`, or why there is no number.
std::string measured_text(const Judgment& judgment);
/// `900 runs may decide`; empty for what is decided.
std::string settling_text(const Judgment& judgment);
/// `scenarios/web.yaml:22:5`; empty for a flag.
std::string place_of(const Judgment& judgment);
/// All that is said of one in a line, for formats without columns.
std::string sentence_of(const Judgment& judgment);

/// A line for each, indented; below it where it stands and what would settle it.
void expectation_lines(Page& page, const std::vector<Judgment>& judgments);

}  // namespace stratsim
