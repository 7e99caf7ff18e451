#include "cli/reports/words/findings.hpp"

#include "cli/reports/layout.hpp"
#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/verdict.hpp"
#include "scenarios/text/hash.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <map>

namespace stratsim {

namespace {

constexpr std::string_view expectation_rule = "expectation";
constexpr std::string_view lost_rule = "requests-lost";
constexpr std::string_view summary_rule = "summary";

Finding judged(const Result& result, std::size_t i, const Judgment& j) {
    const Experiment& e = result.experiments[i];
    const bool undecided = j.verdict == Verdict::undecided;
    Finding finding;
    finding.level =
        undecided && result.undecided_passes ? Finding::Level::warning : Finding::Level::error;
    finding.rule = expectation_rule;
    finding.subject = title_of(result, i) + ": " + j.expectation.text;
    finding.message = fmt::format("{} {}: {}", workload_of(e.scenario),
                                  undecided ? "is undecided" : "fails", sentence_of(j));
    finding.at = j.expectation.place.line > 0 ? j.expectation.place : place_of(e.scenario);
    return finding;
}

/// What nobody judges is a warning, on the line that would mend it.
Finding lost(const Result& result, std::size_t i) {
    const Experiment& e = result.experiments[i];
    Finding finding;
    finding.level = Finding::Level::warning;
    finding.rule = lost_rule;
    finding.subject = title_of(result, i);
    finding.message = workload_of(e.scenario) + ": " + plain(verdict(e));
    finding.at = place_of(e.scenario);
    for (const std::string& reason : reasons(e)) finding.message += " " + reason;
    if (i < result.advice.size() && result.advice[i].remedy) {
        std::string fix;
        for (const Edit& edit : result.advice[i].remedy->edits)
            fix += (fix.empty() ? " Fix: " : ", ") + edit.yaml;
        finding.message += fix;
        const Place& at = result.advice[i].remedy->edits.front().at;
        if (at.line > 0) finding.at = at;
    }
    return finding;
}

}  // namespace

std::vector<Finding> findings_of(const Result& result) {
    std::vector<Finding> list;
    if (result.kind == Result::Kind::compare) {
        Finding summary;
        summary.rule = summary_rule;
        summary.subject = "compare";
        summary.message = plain(comparison_verdict(result));
        list.push_back(std::move(summary));
    }
    for (std::size_t i = 0; i < result.experiments.size(); ++i) {
        const Experiment& e = result.experiments[i];
        for (const Judgment& j : e.judgments) {
            if (j.verdict != Verdict::pass) list.push_back(judged(result, i, j));
        }
        const bool compared = result.kind == Result::Kind::compare;
        if (e.judgments.empty() && !compared && needs_mending(e)) list.push_back(lost(result, i));
    }
    std::ranges::stable_sort(list, std::greater{}, &Finding::level);
    return list;
}

std::string_view meaning_of(std::string_view rule) {
    if (rule == expectation_rule) return "A rollout does not keep what is expected of it";
    if (rule == lost_rule) return "A release loses requests of users";
    return "What was found";
}

std::vector<std::string> finding_rules() {
    return {std::string(expectation_rule), std::string(lost_rule), std::string(summary_rule)};
}

std::vector<std::string> fingerprints_of(const std::vector<Finding>& findings) {
    std::map<std::string, int> seen;
    std::vector<std::string> list;
    for (const Finding& finding : findings) {
        std::string text = finding.rule + "\n" + finding.at.file + "\n" + finding.subject;
        text += fmt::format("\n{}", seen[text]++);
        Hash hash;
        hash.add(text);
        list.push_back(hash.text());
    }
    return list;
}

Place place_of(const Scenario& scenario) {
    const std::string& from = scenario.from;
    const auto colon = from.rfind(':');
    if (colon == std::string::npos || from.starts_with('<') || from.starts_with('-')) return {};
    int line = 0;
    std::from_chars(from.data() + colon + 1, from.data() + from.size(), line);
    return {.file = from.substr(0, colon), .line = line, .column = 1};
}

std::string command_for(const Result& result, std::size_t i) {
    const Scenario& s = result.experiments[i].scenario;
    std::string file = i < result.files.size() ? result.files[i] : place_of(s).file;
    return fmt::format("stratsim run {}{}--seed {}", s.strategy + " ",
                       file.empty() ? "" : "-f " + file + " ", Text<Seed>::print(s.seed));
}

std::string title_of(const Result& result, std::size_t i) {
    const Scenario& s = result.experiments[i].scenario;
    const std::string name = workload_of(s) + " " + s.strategy;
    return i < result.files.size() ? result.files[i] + " " + name : name;
}

std::string clean_utf8(std::string_view text) {
    std::string clean;
    for (std::size_t at = 0; at < text.size();) {
        const Letter letter = letter_at(text, at);
        const bool control = letter.value < 0x20 && letter.value != '\n' && letter.value != '\t';
        const bool none = letter.value == 0xfffe || letter.value == 0xffff;
        clean += letter.valid && !control && !none ? text.substr(at, letter.size) : "?";
        at += std::max<std::size_t>(letter.size, 1);
    }
    return clean;
}

}  // namespace stratsim
