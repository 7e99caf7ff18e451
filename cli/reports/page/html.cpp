#include "cli/reports/page/chapter.hpp"
#include "cli/reports/page/html_page.hpp"
#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/scatter.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/page/time_chart.hpp"
#include "cli/reports/words/comparison.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/plan.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/tests.hpp"
#include "cli/reports/words/verdict.hpp"
#include "scenarios/settings/assumptions.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/enumerate.hpp>
#include <range/v3/view/indices.hpp>

// The page: verdict, tiles, fix, comparison, then what happened, then how to get it again.

namespace stratsim {

namespace {

using namespace html;

/// A page with more of them would be slow to read and to load.
constexpr std::size_t most_chapters = 8;

/// The verdict, with the words in colour that the terminal colours.
std::string headline(const Rich& rich) {
    std::string text;
    for (const Span& span : rich) {
        const std::string_view style = span.ink == Ink::red      ? "bad"
                                       : span.ink == Ink::yellow ? "caution"
                                       : span.ink == Ink::green  ? "well"
                                                                 : "";
        text += style.empty()
                    ? escaped(span.text)
                    : element("span", fmt::format("class=\"{}\"", style), escaped(span.text));
    }
    constexpr std::size_t long_line = 100;
    return element("h1", plain(rich).size() > long_line ? "class=\"long\"" : "", text) + "\n";
}

std::string subject(const Scenario& s) {
    return workload_of(s) + (s.from.empty() ? "" : ", " + s.from) + ": " + described(s);
}

std::string runs_of(const Result& result) {
    return result.experiments.empty() ? "" : last_line(result.experiments);
}

std::string settings_table(const Scenario& s) {
    Table table("Every setting of " + workload_of(s));
    table.column("setting");
    table.column("value");
    table.column("from");
    for (const Field& field : fields()) {
        const std::string value = field.get(s);
        const auto origin = s.origins.find(field.word);
        std::string from = field.source.empty() ? "unset" : field.source;
        if (origin != s.origins.end()) {
            const Origin& at = origin->second;
            from = at.kind == SourceKind::flag ? "given by --" + field.word
                                               : "given in " + place_text(at.file, at.line);
        }
        table.row({escaped(field.word), escaped(value.empty() ? "-" : value), escaped(from)});
    }
    return table.text();
}

/// The command, and everything it stands for.
std::string repeat(const Result& result) {
    std::string text;
    if (!result.command.empty()) {
        text += element("pre", element("code", escaped(result.command + " -o html=report.html"))) +
                "\n";
    }
    text += paragraph("soft", runs_of(result) +
                                  " The same input and seed give the same bytes on every machine; "
                                  "all numbers in full: -o json.");
    std::vector<std::string> told;
    for (const Experiment& e : result.experiments) {
        const std::string name = subject(e.scenario);
        if (std::ranges::find(told, name) != told.end() || told.size() == most_chapters) continue;
        told.push_back(name);
        text += folded("All settings of " + name, settings_table(e.scenario));
    }
    const Chapter chapter{
        .experiment = result.experiments.front(), .result = result, .at = "", .id = ""};
    return section(chapter, "repeat", "To get this again", text);
}

std::string all_numbers(const Chapter& chapter) {
    return folded("All numbers", numbers_table(chapter), "printed");
}

/// A rollout, or a workload that stands still.
HtmlPage run_page(const Result& result) {
    const Experiment& e = result.experiments.front();
    HtmlPage page;
    page.title = plain(verdict(e));
    page.header = paragraph("eyebrow", subject(e.scenario)) + headline(verdict(e));
    const std::string details = verdict_details(e);
    if (!details.empty()) page.header += paragraph("lead", details);
    page.header += expectations(e);
    if (has_no_pods(e)) {
        page.body = repeat(result);
        return page;
    }
    Advice own;
    const Advice* advice = result.advice.empty() ? nullptr : &result.advice.front();
    if (advice == nullptr && e.scenario.strategy != "none") {
        own = advise(e, result.threads);
        advice = &own;
    }
    const Chapter chapter{.experiment = e, .advice = advice, .result = result, .at = "", .id = ""};
    std::string numbers = tiles(chapter);
    const std::string steps = steps_sentence(e);
    if (!steps.empty()) numbers += paragraph("soft", "Steps: " + steps + ".");
    numbers += all_numbers(chapter);
    page.body = element("section", "aria-label=\"The numbers\"", "\n" + numbers) + "\n" +
                all_sections(chapter) + repeat(result);
    return page;
}

/// One row an experiment, with the numbers that decide.
std::string overview(const std::vector<Experiment>& list, const std::string& at,
                     const std::string& caption, bool by_strategy) {
    Table table(caption);
    table.column(by_strategy ? "strategy" : "workload");
    for (const char* head : {"lost", "9 of 10", "outage", "time", "pods at most", "extra pod-s"})
        table.column(head, true);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Experiment& e = list[i];
        const std::string own = fmt::format("{}/{}", at, i);
        std::vector<std::string> row{
            escaped(by_strategy ? e.scenario.strategy : workload_of(e.scenario))};
        if (has_no_pods(e)) {
            row.emplace_back("0 pods");
        } else {
            const auto lost = e.spread("requests.failed");
            row.push_back(lead_number(e, own, "requests.failed"));
            row.push_back(escaped(lost ? range_text(*lost, Unit::requests) : "-"));
            row.push_back(lead_number(e, own, "downtime.total_s", "none"));
            row.push_back(lead_number(e, own, "rollout.duration_s", "0s"));
            row.push_back(lead_number(e, own, "pods.peak"));
            row.push_back(lead_number(e, own, "cost.extra_pod_seconds"));
        }
        row.resize(7);
        table.row(std::move(row));
    }
    return table.text();
}

std::string bad_release_table(const Result& result) {
    if (result.good.empty()) return "";
    const Scenario& s = result.experiments.front().scenario;
    Table table(
        fmt::format("When {}: users hurt, of {}", bad_release(s.new_version), count_text(s.users)));
    table.column("strategy");
    for (const char* head : {"hurt users", "requests lost", "well again"}) table.column(head, true);
    for (std::size_t i = 0; i < result.experiments.size(); ++i) {
        const Experiment& e = result.experiments[i];
        const std::string at = fmt::format("/runs/{}", i);
        table.row({escaped(e.scenario.strategy), lead_number(e, at, "exposure.users_hurt"),
                   lead_number(e, at, "requests.failed"),
                   lead_number(e, at, "rollback.restored_s", "0s")});
    }
    return table.text();
}

std::vector<Choice> choices_of(const std::vector<Experiment>& list) {
    std::vector<Choice> choices;
    for (const Experiment& e : list) {
        const auto lost = e.spread("requests.failed");
        const auto extra = e.spread("cost.extra_pod_seconds");
        if (!lost || !extra || has_no_pods(e)) continue;
        const auto kept = [](Interval interval, bool positive) {
            if (interval.low && positive) interval.low = std::max(0.0, *interval.low);
            return interval;
        };
        choices.push_back({.name = e.scenario.strategy,
                           .x = extra->mean,
                           .y = lost->mean,
                           .x_interval = kept(mean_interval(*extra), extra->p5 >= 0),
                           .y_interval = kept(mean_interval(*lost), true)});
    }
    return choices;
}

std::string front_finding(const std::vector<Choice>& choices) {
    const auto front = front_of(choices);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (front[i]) names.push_back(choices[i].name);
    }
    if (names.size() == choices.size()) return "Each strategy trades lost requests for pods";
    if (names.size() == 1) return names.front() + " loses fewest requests and needs fewest pods";
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    return text + " are worth a choice; for the others there is better";
}

std::string assumed_table(const Background& behind) {
    Table table("Assumed, as nobody gave it");
    for (const char* head : {"setting", "value", "source"}) table.column(head);
    for (const Assumption& a : behind.assumed)
        table.row({escaped(a.name), escaped(a.value), escaped(a.source)});
    std::string text = table.empty() ? "" : table.text();
    for (const std::string& remark : behind.remarks) text += paragraph("note", remark);
    return text;
}

/// How the strategies differ, 95 % sure of all of it together.
std::string differences_table(const std::vector<Experiment>& list, bool of_good_release) {
    const auto differences = differences_of(list);
    if (!differences) return "";
    Table table(fmt::format("{}ifferences from {}", of_good_release ? "A good release: d" : "D",
                            differences->reference));
    table.column("strategy");
    for (const stratsim::Figure& figure : differences->figures) table.column(figure.head, true);
    for (auto&& [i, name] : ranges::views::enumerate(differences->names)) {
        std::vector<std::string> row{escaped(name)};
        for (const stratsim::Figure& figure : differences->figures)
            row.push_back(escaped(figure.cells[i]));
        table.row(std::move(row));
    }
    std::string text = table.text();
    for (const std::string& note : differences->notes) text += paragraph("note", note);
    return text;
}

HtmlPage compare_page(const Result& result) {
    const bool both = !result.good.empty();
    const auto& list = both ? result.good : result.experiments;
    const std::string at = both ? "/good" : "/runs";
    const Rich rich = comparison_verdict(result);
    HtmlPage page;
    page.title = plain(rich);
    const Scenario& s = list.front().scenario;
    page.header =
        paragraph("eyebrow", fmt::format("{}, {} pods: {} strategies, the same visitors",
                                         workload_of(s), count_text(s.pods), list.size())) +
        headline(rich);
    std::string tables = overview(list, at,
                                  both ? "A good release; time and outage are medians"
                                       : "A release; time and outage are medians",
                                  true) +
                         bad_release_table(result);
    for (const std::string& note : comparison_notes(result)) tables += paragraph("note", note);
    tables += differences_table(list, both);
    page.body = element("section", "aria-label=\"The strategies\"", "\n" + tables) + "\n";
    const Chapter whole{.experiment = list.front(), .result = result, .at = "", .id = ""};
    const auto choices = choices_of(list);
    const std::string finding = front_finding(choices);
    page.body += section(
        whole, "front", finding,
        scatter(choices, {.x = "extra pod-seconds", .y = "requests lost"}, finding, "front-chart"));
    std::string pictures;
    std::string chapters;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Experiment& e = list[i];
        if (has_no_pods(e)) continue;
        const std::string id = fmt::format("s{}-", i);
        pictures += element("div", heading(3, e.scenario.strategy) +
                                       small_time_chart(e, request_series(e, 80), id + "small"));
        if (i >= most_chapters) continue;
        const Chapter chapter{.experiment = e,
                              .result = result,
                              .at = fmt::format("{}/{}", at, i),
                              .id = id,
                              .level = 3};
        chapters +=
            folded(e.scenario.strategy + ": " + plain(verdict(e)),
                   tiles(chapter) + all_numbers(chapter) + time_section(chapter) +
                       pods_section(chapter) + runs_section(chapter) + visits_section(chapter) +
                       cost_section(chapter) + why_section(chapter));
    }
    page.body += section(whole, "time", "How each strategy gets there",
                         element("div", "class=\"grid\"", "\n" + pictures), "new-page");
    page.body += section(whole, "each", "Each strategy in full", chapters);
    page.body += section(whole, "assumed", "What was assumed, for all of them alike",
                         assumed_table(background(result.experiments))) +
                 repeat(result);
    return page;
}

/// Several workloads, each alone; with what would mend them if it is a plan.
HtmlPage workloads_page(const Result& result) {
    const bool plan = result.kind == Result::Kind::plan;
    const Rich rich = plan ? plan_verdict(result) : workloads_verdict(result);
    HtmlPage page;
    page.title = plain(rich);
    page.header =
        headline(rich) +
        paragraph("lead", "Each workload was simulated alone, as if the others stood still.");
    std::string table =
        overview(result.experiments, "/runs", "A release; time and outage are medians", false);
    for (const std::string& remark : result.remarks) table += paragraph("soft", remark);
    page.body = element("section", "aria-label=\"The workloads\"", "\n" + table) + "\n";
    // Those that need mending come first, where not all can be told in full.
    auto order = ranges::views::indices(result.experiments.size()) | ranges::to<std::vector>;
    std::erase_if(order, [&](std::size_t i) { return has_no_pods(result.experiments[i]); });
    if (order.size() > most_chapters) {
        std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
            return needs_mending(result.experiments[a]) > needs_mending(result.experiments[b]);
        });
        page.body +=
            paragraph("soft", fmt::format("{} of the {} are told in full below; any other: "
                                          "--workload KIND/NAME.",
                                          most_chapters, order.size()));
        order.resize(most_chapters);
    }
    for (const std::size_t i : order) {
        const Experiment& e = result.experiments[i];
        const Chapter chapter{.experiment = e,
                              .advice = i < result.advice.size() ? &result.advice[i] : nullptr,
                              .result = result,
                              .at = fmt::format("/runs/{}", i),
                              .id = fmt::format("w{}-", i),
                              .level = 3};
        Chapter title = chapter;
        title.level = 2;
        page.body += section(title, "workload", e.scenario.name + ": " + plain(verdict(e)),
                             paragraph("subject", subject(e.scenario)) + expectations(e) +
                                 tiles(chapter) + all_numbers(chapter) + all_sections(chapter),
                             "new-page");
    }
    page.body += repeat(result);
    return page;
}

HtmlPage test_page(const Result& result) {
    HtmlPage page;
    const auto pass = count_of(result, Verdict::pass);
    const auto fail = count_of(result, Verdict::fail);
    const auto undecided = count_of(result, Verdict::undecided);
    page.title = fmt::format("{} of {} expectations are met", pass, pass + fail + undecided);
    page.header = element("h1", escaped(page.title)) +
                  paragraph("lead", fmt::format("{} {}, {} undecided.", fail,
                                                fail == 1 ? "fails" : "fail", undecided));
    for (std::size_t i = 0; i < result.experiments.size(); ++i) {
        const Experiment& e = result.experiments[i];
        const Chapter chapter{.experiment = e,
                              .result = result,
                              .at = fmt::format("/runs/{}", i),
                              .id = fmt::format("t{}-", i)};
        const std::string file =
            i < result.files.size() ? result.files[i] : workload_of(e.scenario);
        page.body += section(chapter, "scenario", file,
                             paragraph("", plain(verdict(e))) + expectations(e) +
                                 (has_no_pods(e) ? "" : all_numbers(chapter)));
    }
    page.body += repeat(result);
    return page;
}

HtmlPage empty_page(const Result& result) {
    HtmlPage page;
    page.title = "Nothing to simulate";
    page.header = element("h1", "Nothing to simulate: no Deployment or StatefulSet in the files");
    for (const std::string& remark : result.remarks) page.body += paragraph("soft", remark);
    return page;
}

HtmlPage page_of(const Result& result) {
    if (result.experiments.empty()) return empty_page(result);
    switch (result.kind) {
        case Result::Kind::run:
            return run_page(result);
        case Result::Kind::compare:
            return compare_page(result);
        case Result::Kind::runs:
        case Result::Kind::plan:
            return workloads_page(result);
        case Result::Kind::test:
            return test_page(result);
    }
    return {};
}

}  // namespace

std::string html_report(const Result& result, const Screen&) {
    HtmlPage page = page_of(result);
    if (!result.partial.empty())
        page.header = paragraph("lead partial", result.partial) + page.header;
    return text_of(page);
}

}  // namespace stratsim
