#pragma once

#include "cli/reports/layout.hpp"

namespace stratsim {

/// The narrowest screen that has room for a picture.
inline constexpr int least_picture_width = 60;

/// Rows of bars under one time axis: pods of each version that are ready and not told to end, and
/// lost requests, of the run with the printed seed. Nothing when there is no room or nothing
/// happened.
void draw_picture(Page& page, const Experiment& experiment);

/// A long bar of `length` characters.
std::string long_bar(std::size_t length, const Screen& screen);

}  // namespace stratsim
