// Documents of `kind: Scenario`: settings by the words of fields(), flat or grouped by section.
#pragma once

#include "scenarios/settings/scenario.hpp"
#include "scenarios/text/document.hpp"

#include <map>
#include <string>
#include <vector>

namespace stratsim {

/// A file or directory that a scenario names, relative to its own place, and where it says so.
struct NamedFile {
    std::string path;
    const Node* node = nullptr;
};

/// Files or git revisions that a scenario names, as it writes them.
struct NamedWords {
    std::vector<std::string> words;
    const Node* node = nullptr;
};

/// A scenario document: settings, and the manifests that they are about.
struct ScenarioFile {
    Scenario scenario;
    std::vector<NamedFile> manifests;
    NamedWords from;            ///< the version of the manifests that stands
    NamedWords to;              ///< the version that is applied over it
    std::string workload;       ///< which workload of the manifests; empty: all
    std::string workload_name;  ///< what it is called, which selects as well if there are manifests
    const Node* workload_node = nullptr;
};

/// Sets what the document says and no flag has set in `base`. Notes all mistakes; `document` must
/// outlive the result.
ScenarioFile read_scenario(const Document& document, Scenario base,
                           std::vector<Diagnostic>& mistakes);

}  // namespace stratsim
