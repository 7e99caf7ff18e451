#include "cli/reports/layout.hpp"
#include "cli/reports/words/findings.hpp"
#include "cli/reports/words/verdict.hpp"

#include <array>
#include <fmt/format.h>

// Annotations of a GitHub workflow: one line each, on the line of the file that it is about.

namespace stratsim {

namespace {

enum class Part { data, property };

std::string encoded(std::string_view text, Part part) {
    std::string result;
    for (const char c : clean_utf8(text)) {
        switch (c) {
            case '%':
                result += "%25";
                break;
            case '\r':
                result += "%0D";
                break;
            case '\n':
                result += "%0A";
                break;
            case ':':
                result += part == Part::property ? "%3A" : ":";
                break;
            case ',':
                result += part == Part::property ? "%2C" : ",";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string annotation(std::string_view command, const Place& at, const std::string& title,
                       const std::string& message) {
    std::string properties;
    if (at.line > 0) {
        properties = fmt::format("file={},line={},", encoded(at.file, Part::property), at.line);
        if (at.column > 1) properties += fmt::format("col={},", at.column);
    }
    return fmt::format("::{} {}title={}::{}\n", command, properties, encoded(title, Part::property),
                       encoded(message, Part::data));
}

/// What is said when nothing is wrong.
std::string all_well(const Result& result) {
    if (result.experiments.size() == 1) return plain(verdict(result.experiments.front()));
    return plain(workloads_verdict(result));
}

}  // namespace

std::string github_report(const Result& result, const Screen&) {
    constexpr std::size_t most_shown = 10;  // of a level; GitHub drops the others without a word
    constexpr std::array<std::string_view, 3> commands{"notice", "warning", "error"};
    const auto findings = findings_of(result);
    if (findings.empty()) return annotation("notice", {}, "stratsim", all_well(result));
    std::array<std::size_t, 3> seen{};
    std::string text;
    for (const Finding& finding : findings) {
        const auto level = static_cast<std::size_t>(finding.level);
        if (++seen[level] >= most_shown) continue;
        text +=
            annotation(commands[level], finding.at, "stratsim " + finding.rule, finding.message);
    }
    for (std::size_t level = commands.size(); level-- > 0;) {
        if (seen[level] < most_shown) continue;
        text +=
            annotation(commands[level], {}, "stratsim",
                       fmt::format("and {} more in the job's log", seen[level] - most_shown + 1));
    }
    return text;
}

}  // namespace stratsim
