#pragma once

#include "cli/reports/layout.hpp"

namespace stratsim {

/// What every scenario was expected to do and did, one line each; counts last.
void test_screen(Page& page, const Result& result);

/// What a scenario's file came to: the worst of its expectations.
Verdict verdict_of(const std::vector<const Experiment*>& experiments);

/// The experiments of each file, in order.
struct TestedFile {
    std::string file;
    std::vector<const Experiment*> experiments;
};
std::vector<TestedFile> tested_files(const Result& result);

}  // namespace stratsim
