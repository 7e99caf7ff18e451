#include "cli/reports/words/comparison_notes.hpp"

#include "cli/reports/layout.hpp"
#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fmt/format.h>
#include <string_view>

namespace stratsim {

namespace {

/// In which unit, and how much it is in money.
std::string money_note(const std::vector<Experiment>& rows) {
    std::string text;
    const std::string& currency = rows.front().scenario.prices.currency;
    std::vector<std::string> below;
    for (const Experiment& e : rows) {
        const auto extra = e.spread("cost.extra");
        if (!extra) continue;
        if (std::abs(extra->mean) < 0.01) {
            below.push_back(e.scenario.strategy);
        } else {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", e.scenario.strategy,
                                money_text(extra->mean, currency));
        }
    }
    if (!below.empty() && text.empty()) return "all " + money_text(0.001, currency);
    if (!below.empty()) text += ", others " + money_text(0.001, currency);
    return text;
}

std::string outcome_note(const Experiment& e) {
    const auto part = [&](RolloutOutcome outcome, std::string_view verb) {
        const std::size_t n = e.runs_with(outcome);
        return n == 0 ? std::string() : fmt::format("{} in {}", verb, of_runs(n, e));
    };
    const std::string back = part(RolloutOutcome::rolled_back, "rolled back");
    const std::string stalls = part(RolloutOutcome::stalled, "stalls");
    return back.empty() || stalls.empty() ? back + stalls : back + ", " + stalls;
}

/// Remarks on strategies; the same remark on several is one line.
struct Notes {
    std::vector<std::string> lines;
    std::vector<std::string> texts;

    void add(const std::string& strategy, const std::string& before, const std::string& text) {
        if (text.empty()) return;
        const auto known = std::ranges::find(texts, before + text);
        if (known != texts.end()) {
            std::string& line = lines[lines.size() - static_cast<std::size_t>(texts.end() - known)];
            line.insert(line.find(": "), ", " + strategy);
            return;
        }
        texts.push_back(before + text);
        lines.push_back(strategy + ": " + before + text);
    }
};

}  // namespace

std::vector<std::string> comparison_notes(const Result& result) {
    const bool both = !result.good.empty();
    const Scenario& s = result.experiments.front().scenario;
    Notes notes;
    notes.lines.push_back(
        fmt::format("{}time and outage are medians; extra in pod-seconds: {}",
                    both ? fmt::format("hurt users of {}; ", count_text(s.users)) : "",
                    money_note(both ? result.good : result.experiments)));
    if (s.undo_after) {
        notes.lines.push_back(
            fmt::format("a person undoes the bad release after {}, unless the strategy is quicker",
                        Text<Duration>::print(*s.undo_after)));
    }
    for (const Experiment& e : both ? result.good : result.experiments)
        notes.add(e.scenario.strategy, both ? "good release " : "", largest_reason(e));
    for (const Experiment& e : result.good)
        notes.add(e.scenario.strategy, "good release ", outcome_note(e));
    for (const Experiment& e : result.experiments) {
        if (both) notes.add(e.scenario.strategy, "bad release ", largest_reason(e));
        notes.add(e.scenario.strategy, both ? "bad release " : "", outcome_note(e));
    }
    for (const Experiment& e : result.experiments) {
        const std::string steps = steps_sentence(e);
        if (!steps.ends_with("as asked")) notes.add(e.scenario.strategy, "", steps);
        if (e.scenario.new_version.is_bad())
            notes.add(e.scenario.strategy, "", samples_sentence(e.scenario));
    }
    return std::move(notes.lines);
}

std::vector<std::string> workload_notes(const Result& result) {
    std::vector<std::string> notes;
    for (const Experiment& e : result.experiments) {
        if (has_no_pods(e)) {
            notes.push_back(plain(verdict(e)));
            continue;
        }
        const std::string& from = e.scenario.from;
        notes.push_back(fmt::format("{}: {}{}{}", e.scenario.name, from.empty() ? "" : from + ", ",
                                    described(e.scenario),
                                    outcome_note(e).empty() ? "" : ", " + outcome_note(e)));
        const std::string lost = largest_reason(e);
        if (!lost.empty()) notes.push_back(fmt::format("{}: {}", e.scenario.name, lost));
        const std::string around = circumstances(e.scenario);
        if (!around.empty()) notes.push_back(fmt::format("{}: {}", e.scenario.name, around));
        const std::string steps = steps_sentence(e);
        if (!steps.empty() && !steps.ends_with("as asked")) {
            notes.push_back(fmt::format("{}: {}", e.scenario.name, steps));
        }
    }
    return notes;
}

}  // namespace stratsim
