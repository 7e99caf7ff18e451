// What is wrong with the syntax of a file, said in plain words.
#pragma once

#include "scenarios/text/document.hpp"

#include <yaml.h>

namespace stratsim {

/// The problem at which the parser stopped; `innermost` is the collection that was open then, if
/// any.
Diagnostic explain_syntax_error(const Document& document, const yaml_parser_t& parser,
                                const Node* innermost);

}  // namespace stratsim
