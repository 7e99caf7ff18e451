#pragma once

#include <string_view>

// Files of the repository that the build puts into the program (CMakeLists.txt, embed).

namespace stratsim::html {

std::string_view style_css();
std::string_view zoom_js();
std::string_view uplot_js();
std::string_view uplot_css();
std::string_view uplot_license();

}  // namespace stratsim::html
