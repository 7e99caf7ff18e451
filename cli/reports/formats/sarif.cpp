#include "cli/reports/words/findings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <range/v3/view/zip.hpp>

// SARIF 2.1.0 (OASIS): what code scanning reads.

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

std::string_view level_of(Finding::Level level) {
    switch (level) {
        case Finding::Level::note:
            return "note";
        case Finding::Level::warning:
            return "warning";
        case Finding::Level::error:
            return "error";
    }
    return "none";
}

/// A path as the reference that RFC 3986 lets stand in a URI.
std::string uri_of(std::string_view path) {
    constexpr std::string_view allowed = "-._~!$&'()*+,;=@/";
    std::string uri;
    for (const char c : path) {
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (word || allowed.find(c) != std::string_view::npos) {
            uri += c;
        } else {
            uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return uri;
}

Json location_of(const Place& at) {
    Json region{{"startLine", at.line}};
    if (at.column > 0) region["startColumn"] = at.column;
    return {{"physicalLocation",
             {{"artifactLocation", {{"uri", uri_of(at.file)}}}, {"region", region}}}};
}

Json rules() {
    Json list = Json::array();
    for (const std::string& rule : finding_rules())
        list.push_back({{"id", rule}, {"shortDescription", {{"text", meaning_of(rule)}}}});
    return list;
}

}  // namespace

std::string sarif_report(const Result& result, const Screen&) {
    const auto findings = findings_of(result);
    const auto fingerprints = fingerprints_of(findings);
    const auto known = finding_rules();
    Json results = Json::array();
    for (auto&& [finding, fingerprint] : ranges::views::zip(findings, fingerprints)) {
        Json item{{"ruleId", finding.rule},
                  {"ruleIndex", std::ranges::find(known, finding.rule) - known.begin()},
                  {"level", level_of(finding.level)},
                  {"message", {{"text", clean_utf8(finding.message)}}}};
        item["locations"] = Json::array();
        if (finding.at.line > 0) item["locations"].push_back(location_of(finding.at));
        item["partialFingerprints"] = {{"stratsim/v1", fingerprint}};
        results.push_back(std::move(item));
    }
    Json run;
    run["tool"]["driver"] = {
        {"name", "stratsim"}, {"version", STRATSIM_VERSION}, {"rules", rules()}};
    run["columnKind"] = "unicodeCodePoints";
    run["results"] = std::move(results);
    Json root;
    root["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
    root["version"] = "2.1.0";
    root["runs"] = Json::array({run});
    return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stratsim
