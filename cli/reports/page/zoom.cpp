#include "cli/reports/page/zoom.hpp"

#include "cli/reports/page/assets.hpp"
#include "cli/reports/page/markup.hpp"

#include <cmath>
#include <fmt/format.h>

namespace stratsim::html {

namespace {

/// Four digits are more than a picture shows.
std::string short_number(std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return "null";
    return fmt::format("{:.4g}", *value);
}

std::string instant(double seconds) {
    return fmt::format("{:.7g}", seconds);
}

template <class List, class Write>
std::string array_of(const List& list, Write&& write) {
    std::string text = "[";
    for (const auto& item : list) text += (text.size() > 1 ? "," : "") + write(item);
    return text + "]";
}

std::string quoted(const std::string& name) {
    return "\"" + name + "\"";  // the names are ours
}

std::string json_of(const ZoomPanel& panel) {
    const auto one = [](const ZoomPanel::Series& s) {
        return fmt::format("{{\"name\":{},\"tone\":{},\"dashed\":{},\"values\":{}}}",
                           quoted(s.name), quoted(s.tone), s.dashed,
                           array_of(s.values, short_number));
    };
    return fmt::format("{{\"title\":{},\"stacked\":{},\"at\":{},\"series\":{}}}",
                       quoted(panel.title), panel.stacked, array_of(panel.at, instant),
                       array_of(panel.series, one));
}

}  // namespace

std::string zoom(const std::string& id, const std::vector<ZoomPanel>& panels) {
    return fmt::format(
        "<div class=\"zoom\" data-zoom=\"{0}\" hidden=\"hidden\">"
        "<button type=\"button\" aria-expanded=\"false\" aria-controls=\"{0}-zoom\">Zoom and read "
        "values</button><div id=\"{0}-zoom\" class=\"charts\" hidden=\"hidden\"></div></div>\n"
        "<script type=\"application/json\" id=\"{0}-data\">{1}</script>\n",
        id, for_script(array_of(panels, json_of)));
}

std::string zoom_style() {
    return std::string(uplot_css());
}

std::string zoom_script() {
    return "<script>" + std::string(uplot_js()) + "</script>\n<script>" + std::string(zoom_js()) +
           "</script>\n";
}

}  // namespace stratsim::html
