#include "cli/reports/why/why.hpp"

#include "cli/reports/layout.hpp"
#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/findings.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <range/v3/view/transform.hpp>

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

double mean_lost(const Why& why) {
    const auto spread = why.now.spread("requests.failed");
    return spread ? spread->mean : 0;
}

double runs_of(const Why& why) {
    return static_cast<double>(why.now.runs.size());
}

std::string_view word_of(Outcome outcome) {
    return outcome == Outcome::success ? "answered"
                                       : outcome_names[static_cast<std::size_t>(outcome)];
}

std::string lost_text(double mean) {
    if (mean == 0) return "0";
    return mean < 0.05 ? "<0.1" : count_text(mean, mean < 9.95 ? 1 : 0);
}

/// Whole seconds, and tenths in the first ten.
std::string at_text(Time at) {
    const double s = to_seconds(at - command);
    return s < 10 ? fmt::format("{:.1f}s", s) : duration_text(s);
}

/// What it does, and how long the balancers go on.
std::string sentence_of(const Scenario& s, const LostGroup& group) {
    std::string text = cause_phrase(s, group.cause);
    if (group.cause == Cause::still_listed && group.listed_on_s)
        text += fmt::format(", on average for {} more", duration_text(*group.listed_on_s));
    return text;
}

/// When they came.
std::string moment_of(const LostGroup& group) {
    if (group.first == group.last) return "at " + at_text(group.first);
    if (to_seconds(group.last - group.first) < 2) return "all near " + at_text(group.busiest);
    if (group.busiest_share > 0.5) {
        return fmt::format("{} of them near {}", percent_text(group.busiest_share),
                           at_text(group.busiest));
    }
    return fmt::format("from {} to {}, most near {}", at_text(group.first), at_text(group.last),
                       at_text(group.busiest));
}

/// The lines to paste, or what is to be done.
std::string name_of(const Changes& changes) {
    const auto one = [](const Change& change) {
        if (change.edits.empty()) return change.in_words;
        return fmt::format("{}",
                           fmt::join(change.edits | ranges::views::transform(&Edit::yaml), ", "));
    };
    return fmt::format("{}", fmt::join(changes | ranges::views::transform(one), " and "));
}

/// `web.yaml:31`, or the flags where there is no file.
std::string where_of(const Changes& changes) {
    std::string text;
    for (const Change& change : changes) {
        std::string one;
        for (const Edit& edit : change.edits) {
            if (edit.at.line > 0 && one.empty()) one = place_text(edit.at.file, edit.at.line);
        }
        if (one.empty()) {
            for (const auto& [word, value] : change.settings)
                one += fmt::format("{}{}{}", one.empty() ? "" : " ",
                                   word == "strategy" ? "" : "--" + word + " ", value);
        }
        text += (text.empty() ? "" : ", ") + one;
    }
    return text;
}

std::string price_of(const TriedRemedy& remedy) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    const double pods = std::round(remedy.pod_seconds);
    if (pods != 0) add(fmt::format("{}{} pod-s", pods > 0 ? "+" : "", count_text(pods)));
    if (std::abs(remedy.time_s) >= 1) {
        add(fmt::format("{}{}", remedy.time_s > 0 ? "+" : "-",
                        duration_text(std::abs(remedy.time_s))));
    }
    return text.empty() ? "nothing" : text;
}

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
    constexpr std::array<std::string_view, 10> words{"no",   "one", "two",   "three", "four",
                                                     "five", "six", "seven", "eight", "nine"};
    return fmt::format("{} {}", n < words.size() ? std::string(words[n]) : fmt::format("{}", n),
                       n == 1 ? one : many);
}

void verdict_line(Page& page, const Why& why) {
    const Experiment& e = why.now;
    if (why.groups.empty()) {
        page.paragraph(
            bold({{e.scenario.strategy == "none" ? "standing still" : e.scenario.strategy},
                  {" "},
                  {"loses nothing", Ink::green},
                  {fmt::format(" in {0} of {0} runs: at most {1} of rollouts lose any (95%).",
                               e.runs.size(),
                               percent_text(bound_when_none_seen(e.runs.size()), Rounding::up))}}));
        return;
    }
    std::string rest = fmt::format(" {}, {}", e.scenario.strategy == "none" ? "a run" : "a rollout",
                                   counted(why.groups.size(), "cause", "causes"));
    if (!why.remedies.empty()) {
        const TriedRemedy& best = why.remedies.front();
        std::size_t lines = 0;
        for (const Change& change : best.changes) lines += change.edits.size();
        const std::string saved =
            part_texts(*e.spread("requests.failed"), {mean_lost(why) - best.lost, best.lost})[0];
        rest += lines == 0
                    ? fmt::format("; one change saves {} of them", saved)
                    : fmt::format("; {} of YAML {} {} of them", counted(lines, "line", "lines"),
                                  lines == 1 ? "saves" : "save", saved);
    }
    page.paragraph(
        bold({{lead_text(e, "requests.failed", Unit::requests) + " requests lost", Ink::yellow},
              {rest + "."}}));
}

void groups(Page& page, const Why& why) {
    if (why.groups.empty()) return;
    page.block();
    const std::vector<LostBy> numbers = lost_by(why.now);
    std::size_t widest = 0;
    for (const LostBy& lost : numbers) widest = std::max(widest, lost.count.size());
    for (const LostGroup& group : why.groups) {
        const std::string& number = std::ranges::find(numbers, group.cause, &LostBy::cause)->count;
        std::string text = sentence_of(why.now.scenario, group);
        text += fmt::format("; {}", moment_of(group));
        if (group.retried > 0) {
            text += fmt::format(
                "; {} after retries that failed as well",
                percent_text(static_cast<double>(group.retried) / static_cast<double>(group.lost)));
        }
        const std::string front =
            fmt::format("  {:>{}}  {:<13}  ", number, widest, word_of(group.outcome));
        page.paragraph({{front}}, {{text}}, front.size());
    }
}

void remedies(Page& page, const Why& why) {
    if (why.remedies.empty() && why.no_effect.empty() && why.worse.empty()) return;
    page.block();
    if (why.remedies.empty()) page.paragraph({{"No remedy that was tried helps."}});
    std::vector<std::vector<Rich>> rows;
    for (const TriedRemedy& remedy : why.remedies) {
        rows.push_back({{{name_of(remedy.changes), Ink::green}},
                        {{where_of(remedy.changes)}},
                        {{lost_text(remedy.lost)}},
                        {{price_of(remedy)}}});
    }
    if (!rows.empty()) {
        page.paragraph({{"remedies, each tried with the same seeds"}});
        table(page, {{"change"}, {"where"}, {"lost", true}, {"costs"}}, rows);
    }
    const auto in_one_line = [&](std::string_view label, const std::vector<TriedRemedy>& list) {
        std::vector<std::string> parts;
        for (const TriedRemedy& remedy : list)
            parts.push_back(
                fmt::format("{} ({})", name_of(remedy.changes), lost_text(remedy.lost)));
        if (!parts.empty())
            page.paragraph({}, {{fmt::format("{}: {}", label, fmt::join(parts, ", "))}}, 2);
    };
    in_one_line("no effect", why.no_effect);
    in_one_line("worse", why.worse);
}

/// What to type to see one of them.
void example(Page& page, const Why& why) {
    if (why.groups.empty()) return;
    const LostGroup& group = why.groups.front();
    const Scenario& s = why.now.scenario;
    const std::string file = place_of(s).file;
    page.block();
    page.paragraph(
        {},
        {{fmt::format("one of them: stratsim why --request {}{} {}{} ...", group.example,
                      group.example_run == 0 ? "" : fmt::format(" --run {}", group.example_run),
                      s.strategy, file.empty() ? "" : " -f " + file),
          Ink::dim}},
        2);
    page.paragraph(
        {{fmt::format("{} runs, seed {}.", why.now.runs.size(), Text<Seed>::print(s.seed)),
          Ink::dim}});
}

Json number(double value) {
    return value;
}

Json changes_json(const Changes& changes) {
    Json list = Json::array();
    for (const Change& change : changes) {
        Json one;
        one["settings"] = Json::object();
        for (const auto& [word, value] : change.settings) one["settings"][word] = value;
        one["edits"] = Json::array();
        for (const Edit& edit : change.edits) {
            Json at = nullptr;
            if (edit.at.line > 0)
                at = fmt::format("{}:{}:{}", edit.at.file, edit.at.line, edit.at.column);
            one["edits"].push_back({{"place", at}, {"yaml", edit.yaml}});
        }
        if (!change.in_words.empty()) one["in_words"] = change.in_words;
        list.push_back(std::move(one));
    }
    return list;
}

Json remedies_json(const std::vector<TriedRemedy>& remedies) {
    Json list = Json::array();
    for (const TriedRemedy& remedy : remedies) {
        list.push_back({{"changes", changes_json(remedy.changes)},
                        {"lost", number(remedy.lost)},
                        {"pod_seconds", number(remedy.pod_seconds)},
                        {"time_s", number(remedy.time_s)}});
    }
    return list;
}

}  // namespace

std::string why_text(const Why& why, const Screen& screen) {
    Page page(screen);
    verdict_line(page, why);
    groups(page, why);
    remedies(page, why);
    example(page, why);
    return std::move(page).text();
}

std::string why_json(const Why& why) {
    Json root;
    root["command"] = "why";
    root["workload"] = why.now.scenario.name;
    root["strategy"] = why.now.scenario.strategy;
    root["runs"] = why.now.runs.size();
    root["seed"] = why.now.scenario.seed.number;
    root["lost"] = number(mean_lost(why));
    root["lost_in_all_runs"] = why.lost();
    if (why.groups.empty()) root["at_most_of_rollouts"] = bound_when_none_seen(why.now.runs.size());
    root["groups"] = Json::array();
    for (const LostGroup& group : why.groups) {
        Json one{{"mechanism", name_of(group.cause)},
                 {"outcome", word_of(group.outcome)},
                 {"lost", number(static_cast<double>(group.lost) / runs_of(why))},
                 {"lost_in_all_runs", group.lost},
                 {"retried", group.retried},
                 {"first_s", to_seconds(group.first - command)},
                 {"last_s", to_seconds(group.last - command)},
                 {"busiest_s", to_seconds(group.busiest - command)},
                 {"busiest_share", group.busiest_share}};
        one["listed_on_s"] = group.listed_on_s ? Json(*group.listed_on_s) : Json(nullptr);
        one["sentence"] = sentence_of(why.now.scenario, group);
        one["example"] = {{"run", group.example_run}, {"request", group.example}};
        root["groups"].push_back(std::move(one));
    }
    root["remedies"] = remedies_json(why.remedies);
    root["no_effect"] = remedies_json(why.no_effect);
    root["worse"] = remedies_json(why.worse);
    return root.dump(2) + "\n";
}

}  // namespace stratsim
