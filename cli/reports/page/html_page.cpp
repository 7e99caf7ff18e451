#include "cli/reports/page/html_page.hpp"

#include "cli/reports/page/assets.hpp"
#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/svg.hpp"
#include "cli/reports/page/zoom.hpp"

#include <fmt/format.h>

namespace stratsim::html {

std::string text_of(const HtmlPage& document) {
    const bool zooms = document.body.find("data-zoom=") != std::string::npos;
    std::string text = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    // Nothing is fetched, whatever a name in the report contains.
    text +=
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
        "'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    text += element("title", escaped(document.title)) + "\n";
    text += "<style>\n" + std::string(style_css()) + (zooms ? zoom_style() : "") + "</style>\n";
    text += "</head>\n<body>\n<a class=\"skip\" href=\"#numbers\">Skip to the numbers</a>\n";
    text += patterns();
    text += "<header>\n" + document.header + "</header>\n";
    text += "<main id=\"numbers\">\n" + document.body + "</main>\n<footer>\n";
    text += paragraph("", "stratsim " STRATSIM_VERSION
                          ". A simulation: what it assumes stands "
                          "above.");
    if (zooms) {
        text += folded("Licence of uPlot, which draws the charts to zoom into",
                       element("pre", escaped(uplot_license())));
    }
    text += "</footer>\n" + (zooms ? zoom_script() : "") + "</body>\n</html>\n";
    return text;
}

}  // namespace stratsim::html
