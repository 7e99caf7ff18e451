// Whether an experiment does what is expected of it.
#pragma once

#include "scenarios/settings/expectation.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace stratsim {

/// `fail` only when the whole interval is beyond the limit, so that chance alone fails nobody.
enum class Verdict { pass, fail, undecided };
std::string_view name_of(Verdict verdict);

/// What the runs say of an expectation.
struct Judgment {
    Expectation expectation;
    std::optional<double> value{};  ///< unset: defined in no run
    std::optional<double> low{};
    std::optional<double> high{};
    Verdict verdict = Verdict::undecided;
    std::size_t runs = 0;                 ///< in which the number is defined
    std::optional<double> runs_needed{};  ///< undecided: about so many would decide
};

struct Experiment;

/// Judges all expectations of the experiment's scenario.
std::vector<Judgment> judge(const Experiment& experiment);

}  // namespace stratsim
