#include "cli/reports/words/findings.hpp"

#include <nlohmann/json.hpp>
#include <range/v3/view/zip.hpp>

// GitLab's Code Quality report: the fields that its documentation requires, and no others.

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

std::string_view severity_of(Finding::Level level) {
    switch (level) {
        case Finding::Level::note:
            return "info";
        case Finding::Level::warning:
            return "minor";
        case Finding::Level::error:
            return "major";
    }
    return "info";
}

}  // namespace

std::string gitlab_report(const Result& result, const Screen&) {
    const auto findings = findings_of(result);
    const auto fingerprints = fingerprints_of(findings);
    Json list = Json::array();
    for (auto&& [finding, fingerprint] : ranges::views::zip(findings, fingerprints)) {
        const bool placed = finding.at.line > 0;
        // A report without a path is refused as a whole.
        list.push_back({{"description", finding.message},
                        {"check_name", "stratsim/" + finding.rule},
                        {"fingerprint", fingerprint},
                        {"severity", severity_of(finding.level)},
                        {"location",
                         {{"path", placed ? finding.at.file : "stratsim"},
                          {"lines", {{"begin", placed ? finding.at.line : 1}}}}}});
    }
    return list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stratsim
