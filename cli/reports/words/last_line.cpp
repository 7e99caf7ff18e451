#include "cli/reports/words/last_line.hpp"

#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>

namespace stratsim {

namespace {

/// `100 runs, seed 1`
std::string runs_text(std::size_t least, std::size_t most, const Seed& seed) {
    std::string text = count_text(static_cast<double>(least));
    if (most != least) text += " to " + count_text(static_cast<double>(most));
    return fmt::format("{} {}, seed {}", text, most == 1 ? "run" : "runs", Text<Seed>::print(seed));
}

/// How well the number is known that the runs went on for.
std::string precision_text(const Experiment& e) {
    const Until& until = *e.scenario.until;
    const Precision& precision = *e.precision;
    const std::string name = word_of(until.number);
    std::string known = fmt::format("{} is not known yet", name);
    if (precision.zero && precision.relative) {
        known = fmt::format("{} is 0 in all of them, and not in at most {} of rollouts (95%)", name,
                            percent_text(*precision.relative, Rounding::up));
    } else if (until.relative && precision.relative) {
        known = fmt::format("{} is known to {} of it (95%)", name,
                            percent_text(*precision.relative, Rounding::up));
    } else if (precision.half_width) {
        known = fmt::format("{} is known to {} (95%)", name,
                            value_text(*precision.half_width, until.number.unit));
    }
    return known +
           (precision.reached
                ? ""
                : fmt::format(", not to the {} asked for",
                              until.relative ? percent_text(until.half_width)
                                             : value_text(until.half_width, until.number.unit)));
}

/// What shows the worst of the runs again, where they differ.
std::string worst_text(const Experiment& e) {
    const auto worst = worst_run(e, "requests.failed");
    const auto spread = e.spread("requests.failed");
    if (!worst || !spread || spread->sd == 0) return "";
    const Seed seed(e.scenario.seed.number, e.scenario.seed.first_run + *worst);
    return fmt::format(" The worst loses {}: --seed {} --runs 1.",
                       value_text(spread->max, Unit::requests), Text<Seed>::print(seed));
}

}  // namespace

std::string last_line(const Scenario& s) {
    return runs_text(s.runs, s.runs, s.seed) + ".";
}

std::string runs_line(const std::vector<Experiment>& experiments) {
    const Experiment& first = experiments.front();
    const auto [least, most] = std::ranges::minmax_element(
        experiments, {}, [](const Experiment& e) { return e.runs.size(); });
    std::string text = runs_text(least->runs.size(), most->runs.size(), first.scenario.seed);
    if (experiments.size() == 1 && first.precision) text += "; " + precision_text(first);
    return text + ".";
}

std::string last_line(const std::vector<Experiment>& experiments) {
    return runs_line(experiments) +
           (experiments.size() == 1 ? worst_text(experiments.front()) : "");
}

}  // namespace stratsim
