#pragma once

#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/svg.hpp"

#include <string>
#include <vector>

namespace stratsim::html {

/// What is stacked: a value from each instant to the next.
struct Layer {
    std::string name;
    Paint paint;
    std::optional<Tone> edge{};  ///< a line along the top
    std::vector<double> values{};
};

/// Draws layers upon each other, the first at the bottom; `at` has the instants and, behind them,
/// the end. Layers with room for their name get it; the names of the others are returned.
std::vector<std::string> draw_layers(Svg& svg, const Scale& x, const Scale& y,
                                     const std::vector<double>& at,
                                     const std::vector<Layer>& layers);

/// The height of the whole stack, at most.
double highest(const std::vector<Layer>& layers);

/// A key: a swatch and a name for each that has none in the picture. Begins at `left`.
void draw_key(Svg& svg, double left, double y, const std::vector<Layer>& layers,
              const std::vector<std::string>& names);

}  // namespace stratsim::html
