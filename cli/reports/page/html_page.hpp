#pragma once

#include <string>

namespace stratsim::html {

/// A whole page: one file that fetches nothing. `header` and `body` are markup.
struct HtmlPage {
    std::string title;  ///< text
    std::string header;
    std::string body;
};

std::string text_of(const HtmlPage& document);

}  // namespace stratsim::html
