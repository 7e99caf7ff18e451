#include "cli/reports/layout.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/findings.hpp"
#include "cli/reports/words/verdict.hpp"

#include <fmt/format.h>

// JUnit's XML: a suite an experiment, a case an expectation. Without times: the same inputs, the
// same bytes.

namespace stratsim {

namespace {

std::string xml(std::string_view text) {
    std::string result;
    for (const char c : clean_utf8(text)) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\n':
                result += "&#10;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

bool is_failure(const Result& result, const Judgment& j) {
    return j.verdict == Verdict::fail ||
           (j.verdict == Verdict::undecided && !result.undecided_passes);
}

std::string case_of(const Result& result, std::size_t i, const Judgment& j) {
    const std::string head = fmt::format("    <testcase classname=\"{}\" name=\"{}\"",
                                         xml(title_of(result, i)), xml(j.expectation.text));
    if (!is_failure(result, j)) {
        return fmt::format("{}>\n      <system-out>{}</system-out>\n    </testcase>\n", head,
                           xml(sentence_of(j)));
    }
    const std::string place = place_of(j);
    return fmt::format(
        "{}>\n      <failure type=\"{}\" message=\"{}\">{}{}again: {}</failure>\n    </testcase>\n",
        head, name_of(j.verdict), xml(sentence_of(j)), xml(place), place.empty() ? "" : "&#10;",
        xml(command_for(result, i)));
}

/// An experiment of which nothing is expected was at least simulated.
std::string bare_case(const Result& result, std::size_t i) {
    return fmt::format(
        "    <testcase classname=\"{}\" name=\"is simulated\">\n"
        "      <system-out>{}</system-out>\n    </testcase>\n",
        xml(title_of(result, i)), xml(plain(verdict(result.experiments[i]))));
}

}  // namespace

std::string junit_report(const Result& result, const Screen&) {
    std::string suites;
    std::size_t all = 0;
    std::size_t all_failures = 0;
    for (std::size_t i = 0; i < result.experiments.size(); ++i) {
        const auto& judgments = result.experiments[i].judgments;
        std::string cases = judgments.empty() ? bare_case(result, i) : "";
        std::size_t failures = 0;
        for (const Judgment& j : judgments) {
            cases += case_of(result, i, j);
            if (is_failure(result, j)) ++failures;
        }
        const std::size_t tests = judgments.empty() ? 1 : judgments.size();
        suites += fmt::format(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
            "skipped=\"0\">\n{}  </testsuite>\n",
            xml(title_of(result, i)), tests, failures, cases);
        all += tests;
        all_failures += failures;
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"stratsim\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n{}"
        "</testsuites>\n",
        all, all_failures, suites);
}

}  // namespace stratsim
