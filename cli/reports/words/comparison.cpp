#include "cli/reports/words/comparison.hpp"

#include "cli/reports/words/causes.hpp"
#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"
#include "cli/reports/words/verdict.hpp"
#include "scenarios/experiments/paired.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

/// Adds a figure of one measure over all rows.
class Figures {
  public:
    explicit Figures(const std::vector<Experiment>& rows) : rows_(rows) {}

    void add(std::string head, std::string_view path, Unit unit, bool right,
             const std::string& zero) {
        Figure& figure = begin(std::move(head), right);
        std::vector<std::optional<double>> leads;
        for (const Experiment& e : rows_) {
            const auto spread = has_no_pods(e) ? std::nullopt : e.spread(path);
            const auto lead = spread
                                  ? std::optional(led_by_median(unit) ? spread->p50 : spread->mean)
                                  : std::nullopt;
            leads.push_back(lead);
            figure.cells.push_back(!lead ? "-" : *lead == 0 ? zero : lead_text(*spread, unit));
        }
        mark_best(figure, leads);
    }

    /// Another statistic of a measure.
    template <class Say>
    void add_about(std::string head, std::string_view path, Say&& say) {
        Figure& figure = begin(std::move(head), false);
        for (const Experiment& e : rows_) {
            const auto spread = has_no_pods(e) ? std::nullopt : e.spread(path);
            figure.cells.push_back(spread ? say(*spread) : "-");
        }
        figure.best.assign(rows_.size(), false);
    }

    std::vector<Figure> list;

  private:
    Figure& begin(std::string head, bool right) {
        Figure& figure = list.emplace_back();
        figure.head = std::move(head);
        figure.right = right;
        return figure;
    }

    /// The least, unless all are alike.
    static void mark_best(Figure& figure, const std::vector<std::optional<double>>& leads) {
        std::optional<double> least;
        bool differ = false;
        for (const auto& lead : leads) {
            if (!lead) continue;
            differ |= least && *lead != *least;
            least = std::min(least.value_or(*lead), *lead);
        }
        for (const auto& lead : leads) figure.best.push_back(differ && lead && *lead == *least);
    }

    const std::vector<Experiment>& rows_;
};

std::vector<Column> columns_of(const std::vector<Figure>& figures, const std::string& first) {
    std::vector<Column> columns{{first}};
    for (const Figure& figure : figures) columns.push_back({figure.head, figure.right});
    return columns;
}

std::vector<std::vector<Rich>> cells_of(const std::vector<Figure>& figures,
                                        std::vector<Rich> names) {
    std::vector<std::vector<Rich>> rows;
    for (std::size_t r = 0; r < names.size(); ++r) {
        std::vector<Rich>& row = rows.emplace_back();
        row.push_back(std::move(names[r]));
        for (const Figure& figure : figures) {
            const Ink ink = figure.cells[r] == "none" ? Ink::green : Ink::plain;
            row.push_back({{figure.cells[r], ink, figure.best[r]}});
        }
    }
    return rows;
}

std::vector<Rich> strategy_column(const Result& result) {
    std::vector<Rich> names;
    for (const Experiment& e : result.experiments) names.push_back({{e.scenario.strategy}});
    return names;
}

/// The line over both groups of columns: each title stands where its group begins.
void group_heads(Page& page, const Result& result, const std::vector<Figure>& good,
                 const std::string& bad_title) {
    std::size_t at = 2;
    for (const Rich& name : strategy_column(result)) at = std::max(at, 2 + display_width(name));
    const std::size_t first = at + 2;
    for (const Figure& figure : good) {
        std::size_t widest = display_width(figure.head);
        for (const std::string& cell : figure.cells) widest = std::max(widest, display_width(cell));
        at += 2 + widest;
    }
    std::string line(first, ' ');
    line += "good release";
    line.resize(std::max(at + 2, line.size() + 2), ' ');
    page.line({{line + bad_title}});
}

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

std::vector<Figure> release_figures(const std::vector<Experiment>& rows, bool wide) {
    Figures figures(rows);
    constexpr std::string_view lost = "requests.failed";
    figures.add("lost", lost, Unit::requests, true, "0");
    if (wide) {
        figures.add_about("95% interval", lost,
                          [](const Spread& s) { return interval_text(s, Unit::requests); });
        figures.add_about("p50", lost,
                          [](const Spread& s) { return value_text(s.p50, Unit::requests); });
    }
    figures.add_about("9 of 10", lost,
                      [](const Spread& s) { return range_text(s, Unit::requests); });
    if (wide) {
        figures.add_about("max", lost,
                          [](const Spread& s) { return value_text(s.max, Unit::requests); });
    }
    figures.add("outage", "downtime.total_s", Unit::seconds, false, "none");
    figures.add("time", "rollout.duration_s", Unit::seconds, false, "0s");
    figures.add("extra", "cost.extra_pod_seconds", Unit::pod_seconds, true, "0");
    return std::move(figures.list);
}

std::vector<Figure> bad_release_figures(const std::vector<Experiment>& rows) {
    Figures figures(rows);
    figures.add("hurt users", "exposure.users_hurt", Unit::users, true, "0");
    figures.add("well again", "rollback.restored_s", Unit::seconds, false, "0s");
    return std::move(figures.list);
}

const std::vector<std::pair<std::string_view, std::string_view>>& compared_measures() {
    static const std::vector<std::pair<std::string_view, std::string_view>> list{
        {"requests.failed", "lost"},
        {"downtime.total_s", "outage"},
        {"rollout.duration_s", "time"},
        {"cost.extra_pod_seconds", "extra"}};
    return list;
}

namespace {

/// `+370 to +455`; where it may be none `(-3 to +5)`.
std::string difference_text(const PairedDifference& d, Unit unit) {
    if (!d.interval.low || !d.interval.high) return "-";
    if (d.sd == 0 && d.mean == 0) return "same";
    const auto signed_text = [&](double x, Rounding rounding) {
        std::string text = amount_text(x, unit, rounding);
        return x > 0 && text != "0" ? "+" + text : text;
    };
    if (d.sd == 0) return signed_text(d.mean, Rounding::nearest);
    const std::string low = signed_text(*d.interval.low, Rounding::down);
    const std::string high = signed_text(*d.interval.high, Rounding::up);
    const std::string text = low == high ? low : low + " to " + high;
    return d.is_seen() ? text : "(" + text + ")";
}

std::vector<std::string> difference_notes(const std::vector<Contrast>& all, bool unsure) {
    std::vector<std::string> notes;
    notes.push_back(fmt::format(
        "{} differences of the same visitors, run by run; 95% sure that all {} intervals hold",
        all.size(), all.size()));
    if (unsure) notes.emplace_back("in brackets: too small to be told from none with these runs");
    double least = 1e300;
    double most = 0;
    bool worse = false;
    for (const Contrast& contrast : all) {
        if (contrast.path != "requests.failed" || !contrast.difference.saving) continue;
        least = std::min(least, *contrast.difference.saving);
        most = std::max(most, *contrast.difference.saving);
        worse |= *contrast.difference.saving < 1;
    }
    if (most > 0) {
        const auto times = [](double x) { return fmt::format("{:.1f}", x); };
        notes.push_back(fmt::format(
            "visitors of their own would need {} times as many runs for lost{}",
            times(least) == times(most) ? times(least) : times(least) + " to " + times(most),
            worse ? "; below 1 the same visitors do not help" : ""));
    }
    return notes;
}

}  // namespace

std::optional<Differences> differences_of(const std::vector<Experiment>& experiments) {
    std::vector<std::string_view> paths;
    for (const auto& [path, head] : compared_measures()) paths.push_back(path);
    const auto all = contrasts_of(experiments, paths);
    if (all.empty() || experiments.front().runs.size() < 2) return std::nullopt;
    const auto lost = [](const Experiment& e) {
        const auto spread = e.spread("requests.failed");
        return spread ? spread->mean : 1e300;
    };
    const auto best = static_cast<std::size_t>(std::ranges::min_element(experiments, {}, lost) -
                                               experiments.begin());
    Differences table{.reference = experiments[best].scenario.strategy};
    for (std::size_t i = 0; i < experiments.size(); ++i)
        if (i != best) table.names.push_back(experiments[i].scenario.strategy);
    bool unsure = false;
    for (const auto& [path, head] : compared_measures()) {
        Figure figure{.head = std::string(head), .right = false};
        for (std::size_t i = 0; i < experiments.size(); ++i) {
            if (i == best) continue;
            std::string cell = "-";
            for (const Contrast& c : all) {
                if (c.path != path || std::minmax(c.first, c.second) != std::minmax(i, best))
                    continue;
                PairedDifference d = c.difference;
                if (c.first == i) {  // turned round: of this strategy less the best
                    d.mean = -d.mean;
                    std::swap(d.interval.low, d.interval.high);
                    if (d.interval.low) d.interval.low = -*d.interval.low;
                    if (d.interval.high) d.interval.high = -*d.interval.high;
                }
                cell = difference_text(d, c.unit);
                unsure |= cell.starts_with('(');
            }
            figure.cells.push_back(cell);
            figure.best.push_back(false);
        }
        table.figures.push_back(std::move(figure));
    }
    table.notes = difference_notes(all, unsure);
    return table;
}

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

void comparison_screen(Page& page, const Result& result) {
    page.paragraph(comparison_verdict(result));
    const bool both = !result.good.empty();
    const bool narrow = page.screen().width < 80;
    const Scenario& scenario = result.experiments.front().scenario;
    const auto figures =
        release_figures(both ? result.good : result.experiments, page.screen().width >= 120);
    const auto bad = both ? bad_release_figures(result.experiments) : std::vector<Figure>{};
    page.block();
    auto all = figures;
    all.insert(all.end(), bad.begin(), bad.end());
    const auto show = [&](const std::vector<Figure>& part) {
        table(page, columns_of(part, ""), cells_of(part, strategy_column(result)));
    };
    const std::string title = both ? bad_release(scenario.new_version) : "";
    if (!both) {
        show(figures);
    } else if (!narrow && table_width(columns_of(all, ""),
                                      cells_of(all, strategy_column(result))) <= page.width()) {
        group_heads(page, result, figures, title);
        show(all);
    } else {
        page.line({{"  good release"}});
        show(figures);
        page.block();
        page.line({{"  " + title}});
        show(bad);
    }
    page.block();
    for (const std::string& note : comparison_notes(result)) page.paragraph({{"  "}}, {{note}}, 4);
    if (const auto differences = differences_of(both ? result.good : result.experiments)) {
        page.block();
        page.line({{fmt::format("  {}against {}", both ? "good release, " : "",
                                differences->reference)}});
        std::vector<Rich> others;
        for (const std::string& name : differences->names) others.push_back({{name}});
        table(page, columns_of(differences->figures, ""), cells_of(differences->figures, others));
        for (const std::string& note : differences->notes)
            page.paragraph({{"  "}}, {{note, Ink::dim}}, 4);
    }
    for (const Experiment& e : result.experiments) {
        if (e.judgments.empty()) continue;
        page.block();
        page.line({{"  " + e.scenario.strategy, Ink::plain, true}});
        expectation_lines(page, e.judgments);
    }
}

void workloads_screen(Page& page, const Result& result) {
    page.paragraph(workloads_verdict(result));
    const bool narrow = page.screen().width < 80;
    std::vector<Rich> names;
    for (const Experiment& e : result.experiments)
        names.push_back({{workload_of(e.scenario), Ink::plain, true}});
    auto figures = release_figures(result.experiments, page.screen().width >= 120);
    if (narrow) {  // the names are long: the range and the extra pods give way to the JSON
        std::erase_if(figures,
                      [](const Figure& f) { return f.head == "9 of 10" || f.head == "extra"; });
    }
    for (Figure& figure : figures) figure.best.assign(names.size(), false);
    page.block();
    table(page, columns_of(figures, ""), cells_of(figures, std::move(names)));
    page.block();
    for (const std::string& note : workload_notes(result)) page.paragraph({{"  "}}, {{note}}, 4);
    page.block();
    page.paragraph(
        {{"Each workload was simulated alone, as if the others stood still; time and outage are "
          "medians."}});
}

}  // namespace stratsim
