#include "cli/reports/page/svg.hpp"

#include "cli/reports/layout.hpp"
#include "cli/reports/page/markup.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace stratsim::html {

namespace {

struct Colour {
    std::string_view name;   ///< in the style sheet
    std::string_view light;  ///< without one
};

Colour colour_of(Tone tone) {
    switch (tone) {
        case Tone::old_pods:
            return {"old", "#767B82"};
        case Tone::new_pods:
            return {"new", "#0072B2"};
        case Tone::lost:
            return {"lost", "#C84B00"};
        case Tone::caution:
            return {"caution", "#8A6100"};
        case Tone::good:
            return {"good", "#00704F"};
        case Tone::ink:
            return {"ink", "#1B1F24"};
        case Tone::soft:
            return {"soft", "#5B636B"};
        case Tone::grid:
            return {"grid", "#D9DEE3"};
        case Tone::band:
            return {"band", "#F3E3D9"};
        case Tone::ground:
            return {"ground", "#FFFFFF"};
    }
    return {};
}

std::string attributes_of(const Paint& paint) {
    std::string classes;
    std::string text;
    if (paint.fill) {
        classes += fmt::format("f-{}", colour_of(*paint.fill).name);
        text += fmt::format(" fill=\"{}\"", colour_of(*paint.fill).light);
    } else if (!paint.hatch.empty()) {
        text += fmt::format(" fill=\"url(#{})\"", paint.hatch);
    } else {
        text += " fill=\"none\"";
    }
    if (paint.stroke) {
        classes += fmt::format("{}s-{}", classes.empty() ? "" : " ", colour_of(*paint.stroke).name);
        text += fmt::format(" stroke=\"{}\"", colour_of(*paint.stroke).light);
        if (paint.width != 1) text += fmt::format(" stroke-width=\"{}\"", coordinate(paint.width));
        if (paint.dashed) text += " stroke-dasharray=\"4 3\"";
    }
    if (paint.opacity != 1) text += fmt::format(" opacity=\"{:.2g}\"", paint.opacity);
    return (classes.empty() ? "" : fmt::format(" class=\"{}\"", classes)) + text;
}

}  // namespace

Paint filled(Tone tone, double opacity) {
    return {.fill = tone, .opacity = opacity};
}

Paint stroked(Tone tone, double width, bool dashed) {
    return {.stroke = tone, .width = width, .dashed = dashed};
}

Paint hatched(Tone tone, bool booting) {
    return {.hatch = fmt::format("hatch-{}-{}", colour_of(tone).name, booting ? "boot" : "end")};
}

std::string coordinate(double x) {
    const double tenths = std::floor(x * 10 + 0.5);
    if (tenths == 0) return "0";
    const auto whole = static_cast<long long>(std::abs(tenths));
    std::string text = fmt::format("{}{}", tenths < 0 ? "-" : "", whole / 10);
    if (whole % 10 != 0) text += fmt::format(".{}", whole % 10);
    return text;
}

Path& Path::move(double x, double y) {
    text_ += "M" + coordinate(x) + " " + coordinate(y);
    return *this;
}
Path& Path::line(double x, double y) {
    text_ += "L" + coordinate(x) + " " + coordinate(y);
    return *this;
}
Path& Path::across(double x) {
    text_ += "H" + coordinate(x);
    return *this;
}
Path& Path::down(double y) {
    text_ += "V" + coordinate(y);
    return *this;
}
Path& Path::box(double x, double y, double width, double height) {
    text_ += "M" + coordinate(x) + " " + coordinate(y) + "h" + coordinate(width) + "v" +
             coordinate(height) + "h" + coordinate(-width) + "z";
    return *this;
}
Path& Path::close() {
    text_ += "z";
    return *this;
}

void Svg::rectangle(double x, double y, double width, double height, const Paint& paint) {
    body_ +=
        fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>\n", coordinate(x),
                    coordinate(y), coordinate(width), coordinate(height), attributes_of(paint));
}

void Svg::line(double x1, double y1, double x2, double y2, const Paint& paint) {
    body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>\n", coordinate(x1),
                         coordinate(y1), coordinate(x2), coordinate(y2), attributes_of(paint));
}

void Svg::path(const Path& path, const Paint& paint) {
    if (path.empty()) return;
    body_ += fmt::format("<path d=\"{}\"{}/>\n", path.text(), attributes_of(paint));
}

void Svg::dot(double x, double y, double radius, const Paint& paint) {
    body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>\n", coordinate(x), coordinate(y),
                         coordinate(radius), attributes_of(paint));
}

void Svg::text(double x, double y, std::string_view words, Anchor anchor, Tone tone,
               std::string_view style) {
    constexpr std::array<std::string_view, 3> anchors{"", " text-anchor=\"middle\"",
                                                      " text-anchor=\"end\""};
    const Colour colour = colour_of(tone);
    body_ +=
        fmt::format("<text x=\"{}\" y=\"{}\"{} class=\"f-{}{}{}\" fill=\"{}\">{}</text>\n",
                    coordinate(x), coordinate(y), anchors[static_cast<std::size_t>(anchor)],
                    colour.name, style.empty() ? "" : " ", style, colour.light, escaped(words));
}

std::string Svg::open(std::string_view attributes) const {
    return fmt::format(
        "<svg viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" font-family=\"sans-serif\" "
        "font-size=\"12\" {}>",
        coordinate(width_), coordinate(height_), coordinate(width_), coordinate(height_),
        attributes);
}

std::string Svg::markup(std::string_view id, std::string_view title, std::string_view description,
                        std::string_view style) const {
    return open(fmt::format("{}role=\"img\" aria-labelledby=\"{}-t {}-d\"",
                            style.empty() ? "" : fmt::format("class=\"{}\" ", style), id, id)) +
           fmt::format("<title id=\"{}-t\">{}</title><desc id=\"{}-d\">{}</desc>\n", id,
                       escaped(title), id, escaped(description)) +
           body_ + "</svg>\n";
}

std::string Svg::decoration(std::string_view style) const {
    return open(fmt::format("class=\"{}\" aria-hidden=\"true\"", style)) + body_ + "</svg>";
}

std::string patterns() {
    std::string defs;
    for (const Tone tone : {Tone::old_pods, Tone::new_pods}) {
        const Colour colour = colour_of(tone);
        for (const bool booting : {true, false}) {
            defs += fmt::format(
                "<pattern id=\"{}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
                "patternTransform=\"rotate({})\"><rect width=\"5\" height=\"5\" class=\"f-{}\" "
                "fill=\"{}\" opacity=\"0.2\"/><rect width=\"1.6\" height=\"5\" class=\"f-{}\" "
                "fill=\"{}\" opacity=\"0.75\"/></pattern>\n",
                hatched(tone, booting).hatch, booting ? 45 : -45, colour.name, colour.light,
                colour.name, colour.light);
        }
    }
    return "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n" + defs +
           "</defs></svg>\n";
}

double text_width(std::string_view words) {
    return 6.4 * static_cast<double>(display_width(words));
}

}  // namespace stratsim::html
