#include "cli/reports/page/bands.hpp"

#include <algorithm>
#include <range/v3/view/zip.hpp>

namespace stratsim::html {

namespace {

/// Where one layer lies: by instant, its lower and its upper end in pixels.
struct Outline {
    std::vector<double> x;  ///< one more than the others
    std::vector<double> low;
    std::vector<double> high;

    bool is_there(std::size_t i) const { return low[i] - high[i] > 0.01; }
    std::size_t size() const { return low.size(); }
};

/// The end of the stretch of `o` that begins at `from`, as far as `holds` does.
template <class Holds>
std::size_t end_of(const Outline& o, std::size_t from, Holds&& holds) {
    std::size_t to = from;
    while (to < o.size() && holds(to)) ++to;
    return to;
}

Path area_of(const Outline& o) {
    Path path;
    for (std::size_t i = 0; i < o.size();) {
        const std::size_t end = end_of(o, i, [&](std::size_t k) { return o.is_there(k); });
        if (end == i) {
            ++i;
            continue;
        }
        path.move(o.x[i], o.low[i]);
        for (std::size_t k = i; k < end; ++k) path.down(o.high[k]).across(o.x[k + 1]);
        for (std::size_t k = end; k-- > i;) path.down(o.low[k]).across(o.x[k]);
        path.close();
        i = end;
    }
    return path;
}

Path edge_of(const Outline& o) {
    Path path;
    bool open = false;
    for (std::size_t i = 0; i < o.size(); ++i) {
        if (!o.is_there(i)) {
            open = false;
            continue;
        }
        if (open) {
            path.down(o.high[i]);
        } else {
            path.move(o.x[i], o.high[i]);
        }
        path.across(o.x[i + 1]);
        open = true;
    }
    return path;
}

/// In the middle of the widest stretch that is high enough.
bool draw_name(Svg& svg, const Outline& o, const std::string& name) {
    constexpr double line_height = 17;
    std::size_t best = 0;
    std::size_t best_end = 0;
    double widest = 0;
    for (std::size_t i = 0; i < o.size();) {
        double top = o.high[i];
        double bottom = o.low[i];
        const std::size_t end = end_of(o, i, [&](std::size_t k) {
            const double t = std::max(top, o.high[k]);
            const double b = std::min(bottom, o.low[k]);
            if (b - t < line_height) return false;
            top = t;
            bottom = b;
            return true;
        });
        if (end > i && o.x[end] - o.x[i] > widest) {
            widest = o.x[end] - o.x[i];
            best = i;
            best_end = end;
        }
        i = std::max(end, i + 1);
    }
    if (widest < text_width(name) + 12) return false;
    double top = o.high[best];
    double bottom = o.low[best];
    for (std::size_t k = best; k < best_end; ++k) {
        top = std::max(top, o.high[k]);
        bottom = std::min(bottom, o.low[k]);
    }
    svg.text((o.x[best] + o.x[best_end]) / 2, (top + bottom) / 2 + 4, name, Anchor::middle,
             Tone::ink, "halo");
    return true;
}

}  // namespace

std::vector<std::string> draw_layers(Svg& svg, const Scale& x, const Scale& y,
                                     const std::vector<double>& at,
                                     const std::vector<Layer>& layers) {
    std::vector<double> below(at.empty() ? 0 : at.size() - 1);
    std::vector<Outline> outlines;
    for (const Layer& layer : layers) {
        Outline& o = outlines.emplace_back();
        for (const double instant : at) o.x.push_back(x(instant));
        for (std::size_t i = 0; i < below.size(); ++i) {
            o.low.push_back(y(below[i]));
            below[i] += layer.values[i];
            o.high.push_back(y(below[i]));
        }
        svg.path(area_of(o), layer.paint);
        if (layer.edge) svg.path(edge_of(o), stroked(*layer.edge, 1.5));
    }
    std::vector<std::string> unnamed;
    for (auto&& [layer, outline] : ranges::views::zip(layers, outlines)) {
        const bool none =
            std::ranges::all_of(layer.values, [](double value) { return value <= 0; });
        if (layer.name.empty()) continue;
        if (!none && !draw_name(svg, outline, layer.name)) unnamed.push_back(layer.name);
    }
    return unnamed;
}

double highest(const std::vector<Layer>& layers) {
    double most = 0;
    for (std::size_t i = 0; !layers.empty() && i < layers.front().values.size(); ++i) {
        double sum = 0;
        for (const Layer& layer : layers) sum += layer.values[i];
        most = std::max(most, sum);
    }
    return most;
}

void draw_key(Svg& svg, double left, double y, const std::vector<Layer>& layers,
              const std::vector<std::string>& names) {
    double x = left;
    for (const Layer& layer : layers) {
        if (std::ranges::find(names, layer.name) == names.end()) continue;
        svg.rectangle(x, y - 10, 12, 11, layer.paint);
        if (layer.edge) svg.line(x, y - 10, x + 12, y - 10, stroked(*layer.edge, 1.5));
        svg.text(x + 17, y, layer.name);
        x += 17 + text_width(layer.name) + 14;
    }
}

}  // namespace stratsim::html
