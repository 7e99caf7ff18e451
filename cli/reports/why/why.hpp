#pragma once

#include "cli/reports/report.hpp"
#include "scenarios/experiments/causes.hpp"

#include <string>

namespace stratsim {

/// What lost requests, and what would have saved them.
std::string why_text(const Why& why, const Screen& screen);
std::string why_json(const Why& why);

/// One run as an SVG: of each pod when it listens and when the balancer lists it, and each lost
/// request where it was lost.
std::string cause_picture(const Scenario& scenario, const CaseFile& file);

/// What happened to one request.
std::string story_text(const RequestStory& story, const Screen& screen);
std::string story_json(const RequestStory& story);

}  // namespace stratsim
