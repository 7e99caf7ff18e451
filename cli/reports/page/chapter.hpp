#pragma once

#include "cli/reports/report.hpp"

#include <string>

namespace stratsim::html {

/// One experiment in a page, and where it stands.
struct Chapter {
    const Experiment& experiment;
    const Advice* advice = nullptr;
    const Result& result;
    std::string at;  ///< in the JSON report: empty, /runs/0, /good/1
    std::string id;  ///< before the ids of its pictures
    int level = 2;   ///< of its headings
};

/// A section under a heading; `style` may be empty.
std::string section(const Chapter& chapter, std::string_view name, std::string_view finding,
                    std::string_view content, std::string_view style = "");

/// The numbers that decide, each with its range and a tick a run.
std::string tiles(const Chapter& chapter);
/// Every number of the terminal's table, with more of its statistics.
std::string numbers_table(const Chapter& chapter);
/// What was expected, and what came.
std::string expectations(const Experiment& experiment);

/// The sections below the tiles. Those with nothing to tell are empty.
std::string fix_section(const Chapter& chapter);
std::string time_section(const Chapter& chapter);
std::string pods_section(const Chapter& chapter);
std::string runs_section(const Chapter& chapter);
std::string visits_section(const Chapter& chapter);
std::string cost_section(const Chapter& chapter);
std::string why_section(const Chapter& chapter);
/// How far the answer holds, and what it hangs on.
std::string margin_section(const Chapter& chapter);

/// All of them, in the order of decision.
std::string all_sections(const Chapter& chapter);

/// Mean, or median of a time, over the runs, with the place of the full number; `zero` instead of
/// 0.
std::string lead_number(const Experiment& experiment, const std::string& at, std::string_view path,
                        const std::string& zero = "0");

}  // namespace stratsim::html
