// The keys that a document of `kind: Scenario` may have, and what somebody meant who wrote others.
#pragma once

#include "scenarios/text/document.hpp"

#include <map>
#include <string>
#include <vector>

namespace stratsim {

/// By key of a section the words that may stand in it; one word may belong to several strategies.
using Sections = std::map<std::string, std::vector<std::string>>;
const Sections& scenario_sections();

/// The key of a section: `new version` is written `new`.
std::string section_key(const std::string& section);

/// What may stand at the top: sections, settings, and what is neither.
std::vector<std::string> top_level_words();

/// What to write instead of a key that is not among the known ones of its section.
std::string advice_for_unknown_key(const Node& key, const std::string& section,
                                   const std::vector<std::string>& known);

}  // namespace stratsim
