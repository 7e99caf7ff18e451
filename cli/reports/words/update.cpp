#include "cli/reports/words/update.hpp"

#include "cli/reports/markdown_text.hpp"
#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/verdict.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

constexpr std::size_t most_workloads = 25;

std::string lost(const Experiment& e) {
    if (e.mostly(RolloutOutcome::stalled)) return "stalls";
    const auto spread = e.spread("requests.failed");
    return !spread || spread->max == 0 ? "none" : lead_text(*spread, Unit::requests);
}

/// `190 (100 to 315)`.
std::string lost_with_range(const Experiment& e) {
    const auto spread = e.spread("requests.failed");
    const std::string number = lost(e);
    if (!spread || number == "none" || number == "stalls") return number;
    const std::string range = range_or_nothing(*spread, Unit::requests);
    return range.empty() ? number : fmt::format("{} ({})", number, range);
}

bool is_bad(Effect effect) {
    return effect == Effect::worse;
}

std::string arrow(const std::string& before, const std::string& after) {
    return before == after ? before : before + " -> " + after;
}

/// One workload's line.
struct WorkloadRow {
    std::string name;
    std::string now;
    std::string later;
    std::string word;
    std::string takes;
    std::string extra;
};

std::string both(const ReleaseChange& change, std::string_view path, Unit unit) {
    if (!change.before) return lead_text(*change.now, path, unit);
    return arrow(lead_text(*change.before, path, unit), lead_text(*change.after, path, unit));
}

WorkloadRow row_of(const ReleaseChange& change, bool ranges) {
    WorkloadRow row{.name = workload_of(change.scenario),
                    .now = "nothing happens",
                    .later = "as before",
                    .word = std::string(name_of(change.effect)),
                    .takes = both(change, "rollout.duration_s", Unit::seconds),
                    .extra = both(change, "cost.extra_pod_seconds", Unit::pod_seconds)};
    if (change.now) row.now = "loses " + lost(*change.now);
    if (change.now && change.now->mostly(RolloutOutcome::stalled)) row.now = "stalls";
    if (change.before) {
        row.later = ranges
                        ? lost_with_range(*change.before) + " -> " + lost_with_range(*change.after)
                        : arrow(lost(*change.before), lost(*change.after));
    }
    return row;
}

/// `web will lose 2 requests, not 190`.
std::string later_text(const ReleaseChange& change, bool first) {
    const std::string name = change.scenario.name;
    const std::string before = lost(*change.before);
    const std::string after = lost(*change.after);
    const std::string subject = first ? "A release of " + name : "one of " + name;
    if (after == "stalls") return subject + " will stall";
    if (before == "stalls") return subject + " will not stall any more";
    const auto amount = [](const std::string& n) { return n == "none" ? "nothing" : n; };
    if (before != after)
        return fmt::format("{} will lose {}{}, not {}", subject, amount(after),
                           after == "1"      ? " request"
                           : after == "none" ? ""
                                             : " requests",
                           amount(before));
    const auto down = paired_difference(*change.before, *change.after, "downtime.total_s");
    if (down && down->is_seen())
        return fmt::format("{} will be down for {}, not {}", subject,
                           lead_text(*change.after, "downtime.total_s", Unit::seconds),
                           lead_text(*change.before, "downtime.total_s", Unit::seconds));
    if (change.effect == Effect::slower || change.effect == Effect::faster)
        return fmt::format("{} will take {}, not {}", subject,
                           lead_text(*change.after, "rollout.duration_s", Unit::seconds),
                           lead_text(*change.before, "rollout.duration_s", Unit::seconds));
    return fmt::format("{} will need {} pod-seconds more, not {}", subject,
                       lead_text(*change.after, "cost.extra_pod_seconds", Unit::pod_seconds),
                       lead_text(*change.before, "cost.extra_pod_seconds", Unit::pod_seconds));
}

std::string joined(const std::vector<std::string>& parts, std::string_view by) {
    return fmt::format("{}", fmt::join(parts, by));
}

std::string update_headline(const Result& result) {
    constexpr std::size_t most = 4;
    std::vector<std::string> parts;
    std::size_t more = 0;
    for (const ReleaseChange& change : result.changes) {
        if (change.effect == Effect::same) continue;
        if (parts.size() == most) {
            ++more;
            continue;
        }
        parts.push_back(later_text(change, parts.empty()));
    }
    if (parts.empty()) return "Later releases will be as before.";
    if (more > 0) parts.push_back(fmt::format("{} more change", more));
    return joined(parts, "; ") + ".";
}

/// What applying costs now, which no new version can mend: the pods that end are old ones.
std::string apply_sentence(const Result& result) {
    std::vector<std::string> parts;
    bool any = false;
    for (const ReleaseChange& change : result.changes) {
        if (!change.now) continue;
        any = true;
        const std::string number = lost(*change.now);
        if (number != "none")
            parts.push_back(number == "stalls"
                                ? change.scenario.name + ", which stalls"
                                : fmt::format("{} {}", change.scenario.name, number));
    }
    if (!any) return "Applying it replaces no pod.";
    if (parts.empty()) return "Applying it loses nothing.";
    const bool mended = std::ranges::any_of(result.changes, [](const ReleaseChange& change) {
        return change.now && change.effect == Effect::better && lost(*change.now) != "none";
    });
    return fmt::format("Applying it {}costs {}{}.", mended ? "still " : "", joined(parts, ", "),
                       mended ? ": the pods that end are of the old version" : " requests");
}

std::string difference_text(const ReleaseChange& change) {
    const auto d = paired_difference(*change.before, *change.after, "requests.failed");
    if (!d || !d->interval.low || !d->interval.high) return "";
    const double low = std::min(std::abs(*d->interval.low), std::abs(*d->interval.high));
    const double high = std::max(std::abs(*d->interval.low), std::abs(*d->interval.high));
    if (!d->is_seen()) {
        if (d->mean == 0 && *d->interval.high == 0) return "";
        return fmt::format("requests lost: no difference seen ({} to {}, 95%)",
                           value_text(*d->interval.low, Unit::ratio),
                           value_text(*d->interval.high, Unit::ratio));
    }
    return fmt::format("{} requests {} a release ({}, 95%)",
                       estimate_text(std::abs(d->mean), {low, high}, Unit::requests),
                       d->mean < 0 ? "fewer" : "more",
                       interval_between({low, high}, Unit::requests));
}

/// Why a workload is worse, and what would mend it.
std::vector<std::string> reasons_of(const ReleaseChange& change) {
    std::vector<std::string> lines;
    if (change.before) {
        const std::string difference = difference_text(change);
        if (!difference.empty()) lines.push_back(difference);
    }
    if (!is_bad(change.effect)) return lines;
    for (const std::string& reason : reasons(*change.after)) lines.push_back(reason);
    return lines;
}

std::vector<std::string> fixes_of(const ReleaseChange& change) {
    std::vector<std::string> lines;
    if (!change.advice || !change.advice->remedy) return lines;
    for (const Edit& edit : change.advice->remedy->edits) {
        const std::string at =
            edit.at.line > 0 ? place_text(edit.at.file, edit.at.line) + "  " : "";
        lines.push_back(at + edit.yaml);
    }
    lines.push_back("loses " + lost(change.advice->remedy->after));
    return lines;
}

std::string counts(const Result& result) {
    std::string text =
        fmt::format("{} {}", result.compared, result.compared == 1 ? "workload" : "workloads");
    std::size_t same = result.compared;
    for (const Effect effect : {Effect::better, Effect::worse, Effect::slower, Effect::faster,
                                Effect::dearer, Effect::cheaper}) {
        const auto n = static_cast<std::size_t>(
            std::ranges::count(result.changes, effect, &ReleaseChange::effect));
        if (n > 0) text += fmt::format(", {} {}", n, name_of(effect));
        same -= n;
    }
    if (same > 0) text += fmt::format(", {} the same", same);
    return text;
}

std::string ending(const Result& result) {
    return fmt::format("Plan: {}. Each alone, {}", counts(result),
                       last_line(result.changes.front().scenario));
}

void labelled(Page& page, const std::string& label, const std::vector<std::string>& lines,
              const std::string& name) {
    std::string front = label;
    for (const std::string& line : lines) {
        page.paragraph({{fmt::format("{:<6}", front)}}, {{front.empty() ? line : name + line}}, 6);
        front.clear();
    }
}

}  // namespace

void update_screen(Page& page, const Result& result) {
    if (result.changes.empty()) {
        page.paragraph({{result.no_change}});
        for (const std::string& remark : result.remarks) {
            if (!remark.starts_with("unchanged:"))
                page.paragraph({}, {{"  " + remark, Ink::dim}}, 2);
        }
        return;
    }
    page.paragraph(bold({{update_headline(result)}}));
    page.paragraph({{apply_sentence(result)}});
    page.block();
    std::vector<std::vector<Rich>> rows;
    for (const ReleaseChange& change : result.changes) {
        const WorkloadRow row = row_of(change, false);
        const Ink ink = change.effect == Effect::worse    ? Ink::red
                        : change.effect == Effect::better ? Ink::green
                                                          : Ink::plain;
        rows.push_back({{{row.name, Ink::plain, true}},
                        {{row.now}},
                        {{row.later}},
                        {{row.word, ink}},
                        {{row.takes}},
                        {{row.extra}}});
    }
    table(page, {{""}, {"this apply"}, {"every later release"}, {""}, {"takes"}, {"extra pod-s"}},
          rows);
    for (const ReleaseChange& change : result.changes) {
        page.block();
        page.paragraph({},
                       {{workload_of(change.scenario), Ink::plain, true},
                        {"  " + change.scenario.from + "  " + described(change.scenario)}},
                       2);
        page.paragraph({{"  "}}, {{circumstances(change.scenario)}}, 2);
        labelled(page, "why", reasons_of(change), "");
        labelled(page, "fix", fixes_of(change), "");
        if (change.now) expectation_lines(page, change.now->judgments);
    }
    page.block();
    for (const std::string& remark : result.remarks) page.paragraph({}, {{remark, Ink::dim}}, 2);
    page.paragraph({{ending(result)}});
}

std::string update_markdown(const Result& result) {
    const std::string marker = fmt::format("<!-- stratsim plan {} -->\n", result.label);
    if (result.changes.empty())
        return "**stratsim:** " + markdown_text(result.no_change) + "\n\n" + marker;
    std::string text = "**stratsim: " + markdown_text(update_headline(result)) + "**\n" +
                       markdown_text(apply_sentence(result)) + "\n";
    text +=
        "\n| workload | this apply | every later release | | takes | extra pod-seconds |\n"
        "|---|---:|---|---|---|---|\n";
    std::size_t shown = 0;
    for (const ReleaseChange& change : result.changes) {
        if (++shown > most_workloads) continue;
        const WorkloadRow row = row_of(change, true);
        const std::string word = change.effect == Effect::worse ? "**worse**" : row.word;
        const std::string now = row.now.starts_with("loses ") ? row.now.substr(6) : row.now;
        text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_text(row.name), now,
                            row.later, word, row.takes, row.extra);
    }
    if (shown > most_workloads)
        text += fmt::format("\nand {} more in the job's log\n", shown - most_workloads);
    for (const ReleaseChange& change : result.changes) {
        std::string inside = markdown_text(circumstances(change.scenario)) + "\n";
        for (const std::string& line : reasons_of(change)) inside += "\n- " + markdown_text(line);
        const auto fixes = fixes_of(change);
        if (!fixes.empty()) {
            inside += "\n\nThe fix, simulated with the same seeds:\n\n~~~yaml\n";
            for (const std::string& line : fixes) inside += line + "\n";
            inside += "~~~";
        }
        text += fmt::format("\n<details><summary>{}: {}</summary>\n\n{}\n\n</details>\n",
                            markdown_text(workload_of(change.scenario)), name_of(change.effect),
                            inside);
    }
    std::string remarks;
    for (const std::string& remark : result.remarks) remarks += "- " + markdown_text(remark) + "\n";
    if (!remarks.empty())
        text += "\n<details><summary>Remarks</summary>\n\n" + remarks + "\n</details>\n";
    return text + "\n" + markdown_text(ending(result)) + "\n\n" + marker;
}

}  // namespace stratsim
