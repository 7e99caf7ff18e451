#pragma once

#include "cli/reports/report.hpp"

#include <string>
#include <vector>

// One list of what is wrong, which every format for machines that review only writes down.

namespace stratsim {

struct Finding {
    enum class Level { note, warning, error };

    Level level = Level::note;
    std::string rule;     ///< expectation, requests-lost
    std::string subject;  ///< workload and what was expected: the same in every run of it
    std::string message;
    Place at{};  ///< line 0: no file
};

/// The worst first.
std::vector<Finding> findings_of(const Result& result);

/// What a rule means.
std::string_view meaning_of(std::string_view rule);
std::vector<std::string> finding_rules();

/// Of a subject: short, stable, and its own for each of the list.
std::vector<std::string> fingerprints_of(const std::vector<Finding>& findings);

/// Where a workload is described; line 0 if by flags.
Place place_of(const Scenario& scenario);
/// What to type to see one experiment again.
std::string command_for(const Result& result, std::size_t experiment);
/// How a judged experiment is called: file or workload, and strategy.
std::string title_of(const Result& result, std::size_t experiment);

/// Bytes that no UTF-8 text has become `?`, and so do control characters.
std::string clean_utf8(std::string_view text);

}  // namespace stratsim
