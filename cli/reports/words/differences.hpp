#pragma once

#include "cli/reports/words/figures.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stratsim {

/// How the strategies differ from the one that loses least, in the numbers of the release figures.
struct Differences {
    std::string reference;             ///< the strategy that the others are held against
    std::vector<std::string> names{};  ///< of the others
    std::vector<Figure> figures{};     ///< intervals; in brackets where no difference is seen
    std::vector<std::string> notes{};
};
/// Unset where there are no two strategies, or no two runs of them.
std::optional<Differences> differences_of(const std::vector<Experiment>& experiments);
/// The measures that are compared, and with what heads.
const std::vector<std::pair<std::string_view, std::string_view>>& compared_measures();

}  // namespace stratsim
