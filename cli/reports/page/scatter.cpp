#include "cli/reports/page/scatter.hpp"

#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace stratsim::html {

namespace {

double upper(const Choice& choice, double Choice::*of, const Interval& interval) {
    return std::max(choice.*of, interval.high.value_or(choice.*of));
}

/// A place for each name where it covers no other.
class Names {
  public:
    explicit Names(Svg& svg) : svg_(svg) {}

    void put(double x, double y, const std::string& name, bool strong) {
        constexpr double bold = 1.15;  // a bold name is wider by so much
        const double width = text_width(name) * (strong ? bold : 1);
        struct Place {
            double x;
            double y;
        };
        const std::vector<Place> places{{x + 9, y - 7},  {x - 9 - width, y - 7},
                                        {x + 9, y + 16}, {x - 9 - width, y + 16},
                                        {x + 9, y - 22}, {x + 9, y + 31}};
        for (const Place& place : places) {
            const Box box{place.x, place.y - 11, place.x + width, place.y + 3};
            const bool inside = box.left > 0 && box.right < svg_.width() && box.top > 0 &&
                                box.bottom < svg_.height() - 20;
            const bool free =
                std::ranges::none_of(taken_, [&](const Box& other) { return box.meets(other); });
            if (!inside || !free) continue;
            taken_.push_back(box);
            svg_.text(place.x, place.y, name, Anchor::start, strong ? Tone::ink : Tone::soft,
                      strong ? "b" : "");
            return;
        }
    }
    void keep_free(double x, double y) { taken_.push_back({x - 5, y - 5, x + 5, y + 5}); }

  private:
    struct Box {
        double left;
        double top;
        double right;
        double bottom;

        bool meets(const Box& other) const {
            return left < other.right && other.left < right && top < other.bottom &&
                   other.top < bottom;
        }
    };

    Svg& svg_;
    std::vector<Box> taken_;
};

Svg picture(const std::vector<Choice>& choices, const ScatterAxes& axes, double width) {
    const double left = width > 600 ? 70 : 46;
    const double right = width - 20;
    const double height = width > 600 ? 340 : 300;
    const double bottom = height - 44;
    double most_x = 0;
    double most_y = 0;
    double least_x = 0;
    for (const Choice& c : choices) {
        most_x = std::max(most_x, upper(c, &Choice::x, c.x_interval));
        most_y = std::max(most_y, upper(c, &Choice::y, c.y_interval));
        least_x = std::min(least_x, c.x_interval.low.value_or(c.x));
    }
    Svg svg(width, height);
    const Scale x(std::min(0.0, least_x * 1.05), round_up(std::max(most_x, 1.0)), left, right);
    const Scale y(0, most_y > 200 ? most_y * 1.5 : round_up(std::max(most_y, 1.0)), bottom, 30,
                  most_y > 200 ? Scale::Kind::symlog : Scale::Kind::linear);
    draw_levels(svg, y, left, right, 6,
                [](double v) { return count_text(v, v == std::floor(v) ? 0 : 1); });
    svg.line(left, bottom, right, bottom, stroked(Tone::soft));
    for (const double at : ticks(x, width > 600 ? 8 : 4)) {
        svg.line(x(at), bottom, x(at), bottom + 4, stroked(Tone::soft));
        svg.text(x(at), bottom + 18, count_text(at, at == std::floor(at) ? 0 : 1), Anchor::middle);
    }
    svg.text(left, 14, axes.y, Anchor::start, Tone::ink, "b");
    svg.text(right, height - 6, axes.x, Anchor::end, Tone::ink, "b");

    const auto front = front_of(choices);
    std::vector<const Choice*> best;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (front[i]) best.push_back(&choices[i]);
    }
    std::ranges::sort(best, {}, [](const Choice* c) { return std::pair(c->x, c->y); });
    Path steps;
    for (std::size_t i = 0; i < best.size(); ++i) {
        if (i == 0) {
            steps.move(x(best[i]->x), 24).down(y(best[i]->y));
        } else {
            steps.across(x(best[i]->x)).down(y(best[i]->y));
        }
    }
    if (!best.empty()) steps.across(right);
    svg.path(steps, stroked(Tone::new_pods, 1.5));
    Names names(svg);
    for (const Choice& c : choices) names.keep_free(x(c.x), y(c.y));
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const Choice& c = choices[i];
        const Tone tone = front[i] ? Tone::new_pods : Tone::old_pods;
        if (c.y_interval.low && c.y_interval.high)
            svg.line(x(c.x), y(*c.y_interval.low), x(c.x), y(*c.y_interval.high), stroked(tone));
        if (c.x_interval.low && c.x_interval.high)
            svg.line(x(*c.x_interval.low), y(c.y), x(*c.x_interval.high), y(c.y), stroked(tone));
        if (front[i]) {
            svg.dot(x(c.x), y(c.y), 5, filled(tone));
        } else {
            Paint hollow = stroked(tone, 1.5);
            hollow.fill = Tone::ground;
            svg.dot(x(c.x), y(c.y), 4, hollow);
        }
        names.put(x(c.x), y(c.y), c.name, front[i]);
    }
    return svg;
}

}  // namespace

std::vector<bool> front_of(const std::vector<Choice>& choices) {
    std::vector<bool> front;
    for (const Choice& c : choices) {
        front.push_back(std::ranges::none_of(choices, [&](const Choice& other) {
            return other.x <= c.x && other.y <= c.y && (other.x < c.x || other.y < c.y);
        }));
    }
    return front;
}

std::string scatter(const std::vector<Choice>& choices, const ScatterAxes& axes,
                    const std::string& finding, const std::string& id) {
    if (choices.size() < 2) return "";
    Figure figure;
    figure.id = id;
    figure.title = finding;
    figure.description = fmt::format("{} choices; across {}, upwards {}; less is better both ways.",
                                     choices.size(), axes.x, axes.y);
    figure.caption =
        "Less is better both ways. Filled and on the line: nothing else is better both ways (the "
        "Pareto front). Hollow: something is. Whiskers, where they are longer than the dot: 95% of "
        "the mean. Losses that lie far apart go up by powers of ten.";
    return responsive(figure, [&](double width) { return picture(choices, axes, width); });
}

}  // namespace stratsim::html
