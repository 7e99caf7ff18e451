#pragma once

#include "scenarios/experiment.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// What standard output can show.
struct Screen {
    int width = 80;
    bool colour = false;
    bool ascii = false;
};

/// What a command found out.
struct Result {
    /// run: one experiment; compare: one a strategy; runs: several workloads, each alone.
    enum class Kind { run, compare, runs };

    std::vector<Experiment> experiments{};
    Kind kind = Kind::run;
    /// Of a comparison with a bad new version: the same strategies with a good one.
    std::vector<Experiment> good{};
};

enum class Format { text, json, csv, markdown };

/// How a format is called, and who writes it.
struct FormatEntry {
    std::string_view name;
    Format format;
    std::string (*write)(const Result&, const Screen&);
};

/// Every format there is. Adding one means a file and a line in this table.
const std::vector<FormatEntry>& formats();
std::vector<std::string> format_names();
std::optional<Format> format_of(std::string_view name);

std::string render(const Result& result, Format format, const Screen& screen);

std::string text_report(const Result& result, const Screen& screen);
std::string json_report(const Result& result, const Screen& screen);
std::string csv_report(const Result& result, const Screen& screen);
std::string markdown_report(const Result& result, const Screen& screen);

}  // namespace stratsim
