#pragma once

#include "cli/reports/page/svg.hpp"

#include <functional>
#include <string>

namespace stratsim::html {

/// A picture with everything that those who do not see it need.
struct Figure {
    std::string id;           ///< its own in the page
    std::string title;        ///< what it shows, as a sentence
    std::string description;  ///< axes, extremes, how many
    std::string caption;      ///< text under it; may be empty
    std::string table;        ///< the same as a table, folded; markup, may be empty
    std::string extra;        ///< markup between picture and caption
};

/// Draws a picture at a width in pixels.
using Draw = std::function<Svg(double width)>;

inline constexpr double wide = 1040;
inline constexpr double narrow = 350;

/// Drawn twice, for wide and for narrow screens; the style sheet shows one of them.
std::string responsive(const Figure& figure, const Draw& draw);
/// Drawn once, at a width that every screen has room for.
std::string small(const Figure& figure, const Svg& svg);

}  // namespace stratsim::html
