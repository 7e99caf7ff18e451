// How a sweep is told: the same points and findings in every format.
#pragma once

#include "cli/reports/report.hpp"
#include "scenarios/experiments/sweep.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stratsim {

/// Renders a sweep; empty for a format that has no place for a grid.
std::string render_sweep(const Sweep& sweep, const SweepFindings& findings, Format format,
                         const Screen& screen);
/// Whether a format has one.
bool can_show_sweep(Format format);
/// The names of those that have.
std::vector<std::string> sweep_format_names();

/// `pre-stop 15s, max-surge 25%`; without the value of one axis, if asked for.
std::string point_name(const SweepDefinition& definition, std::size_t point,
                       std::optional<std::size_t> without = std::nullopt);
/// The short head of a column: `lost`, `time`; the path of one that is not among the usual.
std::string column_head(const Number& column);
/// Which point to take, and what it costs.
std::string sweep_verdict(const Sweep& sweep, const SweepFindings& findings);
/// Where the curve stops falling, and what else there is to say, one a line.
std::vector<std::string> sweep_notes(const Sweep& sweep, const SweepFindings& findings);
/// `take`, `knee`, `front`; empty for a point that is nothing of that.
std::string point_marks(const SweepFindings& findings, std::size_t point);
/// The cell of a column: `312`, `-` where it is not defined.
std::string column_text(const SweepPoint& point, std::size_t column, const Number& number);

/// A scenario with the settings of a point, as YAML to paste.
std::string scenario_yaml(const SweepDefinition& definition, std::size_t point);
/// The same as a patch of the workload's manifest; empty where no setting has a place there.
std::string manifest_yaml(const SweepDefinition& definition, std::size_t point);

std::string sweep_text(const Sweep& sweep, const SweepFindings& findings, const Screen& screen);
std::string sweep_json(const Sweep& sweep, const SweepFindings& findings, const Screen& screen);
std::string sweep_csv(const Sweep& sweep, const SweepFindings& findings, const Screen& screen);
std::string sweep_markdown(const Sweep& sweep, const SweepFindings& findings, const Screen& screen);
std::string sweep_html(const Sweep& sweep, const SweepFindings& findings, const Screen& screen);

}  // namespace stratsim
