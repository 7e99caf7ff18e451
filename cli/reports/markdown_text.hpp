#pragma once

#include <string>
#include <string_view>

namespace stratsim {

/// Text in which nothing is markup and nothing breaks a table, whatever files wrote into it.
std::string markdown_text(std::string_view text);

}  // namespace stratsim
