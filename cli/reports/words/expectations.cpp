#include "cli/reports/words/expectations.hpp"

#include "cli/reports/words/numbers.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/numbers/statistics.hpp"

#include <fmt/format.h>

namespace stratsim {

namespace {

std::string limit_text(const Judgment& j) {
    // A limit is told as it was written, not as it was understood.
    const auto at = j.expectation.text.find_last_of("<>=");
    const auto from = j.expectation.text.find_first_not_of(' ', at + 1);
    return j.expectation.text.substr(from == std::string::npos ? at : from);
}

}  // namespace

Span verdict_word(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return {"pass", Ink::green};
        case Verdict::fail:
            return {"FAIL", Ink::red};
        case Verdict::undecided:
            return {"undecided", Ink::yellow};
    }
    return {""};
}

std::string measured_text(const Judgment& j) {
    if (!j.value) return "defined in no run";
    const Interval interval{j.low, j.high};
    const Unit unit = j.expectation.unit;
    std::string text = estimate_text(*j.value, interval, unit);
    const bool certain = j.low == j.value && j.high == j.value;
    const std::string between = interval_between(interval, unit);
    if (!certain && !between.empty() && between != text) text += fmt::format(" ({})", between);
    if (j.verdict == Verdict::undecided) {
        text += between.empty() ? ", no interval" : " holds " + limit_text(j);
    } else if (!certain) {
        text += ", 95%";
    }
    return text;
}

std::string settling_text(const Judgment& j) {
    if (j.verdict != Verdict::undecided || !j.value) return "";
    const Statistic& statistic = j.expectation.statistic;
    if (statistic.kind == Statistic::Kind::quantile && (!j.low || !j.high)) {
        return fmt::format("{}: needs {} runs", word_of(statistic),
                           runs_for_quantile(statistic.percent));
    }
    if (!j.runs_needed) return "cannot be settled by running";
    return fmt::format("{} runs may decide", count_text(*j.runs_needed));
}

std::string place_of(const Judgment& j) {
    const Place& at = j.expectation.place;
    if (at.line == 0) return "";
    return place_text(at.file, at.line, at.column);
}

std::string sentence_of(const Judgment& j) {
    const std::string settling = settling_text(j);
    return fmt::format("{}: measured {}{}", j.expectation.text, measured_text(j),
                       settling.empty() ? "" : "; " + settling);
}

void expectation_lines(Page& page, const std::vector<Judgment>& judgments) {
    constexpr std::size_t text_at = 13;
    constexpr std::size_t value_at = 51;
    for (const Judgment& j : judgments) {
        const Span word = verdict_word(j.verdict);
        const std::string gap(text_at - 2 - word.text.size(), ' ');
        std::string text = j.expectation.text;
        if (page.width() >= 80) text = padded(text, value_at - text_at);
        if (!text.ends_with(' ')) text += "  ";
        page.paragraph({{"  "}, word, {gap}}, {{text + measured_text(j)}}, text_at);
        std::string below = place_of(j);
        const std::string settling = settling_text(j);
        if (!settling.empty()) below += (below.empty() ? "" : "; ") + settling;
        if (!below.empty())
            page.paragraph({{std::string(text_at, ' ')}}, {{below, Ink::dim}}, text_at);
    }
}

}  // namespace stratsim
