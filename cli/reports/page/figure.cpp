#include "cli/reports/page/figure.hpp"

#include "cli/reports/page/markup.hpp"

#include <fmt/format.h>

namespace stratsim::html {

namespace {

std::string around(const Figure& figure, const std::string& pictures) {
    return fmt::format(
        "<figure id=\"{}\">\n{}{}{}</figure>\n{}", figure.id, pictures, figure.extra,
        figure.caption.empty() ? "" : element("figcaption", escaped(figure.caption)) + "\n",
        figure.table.empty() ? "" : folded("The same as a table", figure.table));
}

}  // namespace

std::string responsive(const Figure& figure, const Draw& draw) {
    return around(
        figure,
        draw(wide).markup(figure.id + "-w", figure.title, figure.description, "on-wide") +
            draw(narrow).markup(figure.id + "-n", figure.title, figure.description, "on-narrow"));
}

std::string small(const Figure& figure, const Svg& svg) {
    return around(figure, svg.markup(figure.id + "-s", figure.title, figure.description));
}

}  // namespace stratsim::html
