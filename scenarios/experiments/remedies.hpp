// The changes that may mend a rollout: what is set, and the lines that set it in a manifest. None
// of them is told before it was simulated.
#pragma once

#include "scenarios/experiments/case_file.hpp"
#include "scenarios/settings/scenario.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stratsim {

/// One entry to write into a manifest.
struct Edit {
    /// add: before the entry at the place, in the same mapping; replace: that entry, with its
    /// value; by_hand: only the owner knows how, and the text says what must come of it.
    enum class How { add, replace, by_hand };

    How how = How::add;
    Place at{};        ///< line 0: there is no file
    std::string yaml;  ///< `lifecycle: {preStop: {sleep: {seconds: 15}}}`
};
std::string_view name_of(Edit::How how);

/// One change of a manifest, of a program or of a balancer.
struct Change {
    std::string_view about{};  ///< two that are about the same are never tried together
    std::vector<std::pair<std::string, std::string>> settings{};  ///< words and values
    std::vector<Edit> edits{};  ///< empty: it is not made in a manifest
    std::string in_words{};     ///< then: what is to be done
};
using Changes = std::vector<Change>;

/// A sleep before SIGTERM, and the grace period that it needs.
Change pre_stop(const Scenario& scenario, int seconds);
/// Longer and longer sleeps, each a change.
Changes longer_sleeps(const Scenario& scenario);
/// What else a manifest may change so that a rollout loses less, each by itself.
Changes other_changes(const Scenario& scenario);
/// What answers these causes, sleeps left out, each by itself; also what people believe to.
Changes answers_to(const Scenario& scenario, const std::vector<Cause>& lost_by);

/// The scenario with the changes made, and with nothing expected of it.
Scenario with(const Scenario& scenario, const Changes& changes);

}  // namespace stratsim
