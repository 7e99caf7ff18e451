#include "cli/reports/page/scatter.hpp"

#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

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

/// The choices on their two axes.
class ScatterPicture {
  public:
    ScatterPicture(const std::vector<Choice>& choices, double width)
        : choices_(choices),
          front_(front_of(choices)),
          is_wide_(width > 600),
          left_(is_wide_ ? 70 : 46),
          right_(width - 20),
          height_(is_wide_ ? 340 : 300),
          bottom_(height_ - 44),
          svg_(width, height_) {
        double most_x = 0;
        double most_y = 0;
        double least_x = 0;
        for (const Choice& c : choices_) {
            most_x = std::max(most_x, upper(c, &Choice::x, c.x_interval));
            most_y = std::max(most_y, upper(c, &Choice::y, c.y_interval));
            least_x = std::min(least_x, c.x_interval.low.value_or(c.x));
        }
        x_ = Scale(std::min(0.0, least_x * 1.05), round_up(std::max(most_x, 1.0)), left_, right_);
        y_ = Scale(0, most_y > 200 ? most_y * 1.5 : round_up(std::max(most_y, 1.0)), bottom_, 30,
                   most_y > 200 ? Scale::Kind::symlog : Scale::Kind::linear);
    }

    Svg draw(const ScatterAxes& axes) && {
        draw_axes(axes);
        svg_.path(steps(), stroked(Tone::new_pods, 1.5));
        Names names(svg_);
        for (const Choice& c : choices_) names.keep_free(x_(c.x), y_(c.y));
        for (std::size_t i = 0; i < choices_.size(); ++i) {
            const Choice& c = choices_[i];
            draw_choice(c, front_[i]);
            names.put(x_(c.x), y_(c.y), c.name, front_[i]);
        }
        return std::move(svg_);
    }

  private:
    void draw_axes(const ScatterAxes& axes) {
        draw_levels(svg_, y_, left_, right_, 6,
                    [](double v) { return count_text(v, v == std::floor(v) ? 0 : 1); });
        svg_.line(left_, bottom_, right_, bottom_, stroked(Tone::soft));
        for (const double at : ticks(x_, is_wide_ ? 8 : 4)) {
            svg_.line(x_(at), bottom_, x_(at), bottom_ + 4, stroked(Tone::soft));
            svg_.text(x_(at), bottom_ + 18, count_text(at, at == std::floor(at) ? 0 : 1),
                      Anchor::middle);
        }
        svg_.text(left_, 14, axes.y, Anchor::start, Tone::ink, "b");
        svg_.text(right_, height_ - 6, axes.x, Anchor::end, Tone::ink, "b");
    }

    /// Along the front, from left to right.
    Path steps() const {
        std::vector<const Choice*> best;
        for (std::size_t i = 0; i < choices_.size(); ++i) {
            if (front_[i]) best.push_back(&choices_[i]);
        }
        std::ranges::sort(best, {}, [](const Choice* c) { return std::pair(c->x, c->y); });
        Path path;
        for (std::size_t i = 0; i < best.size(); ++i) {
            if (i == 0) {
                path.move(x_(best[i]->x), 24).down(y_(best[i]->y));
            } else {
                path.across(x_(best[i]->x)).down(y_(best[i]->y));
            }
        }
        if (!best.empty()) path.across(right_);
        return path;
    }

    void draw_choice(const Choice& c, bool on_front) {
        const Tone tone = on_front ? Tone::new_pods : Tone::old_pods;
        if (c.y_interval.low && c.y_interval.high) {
            svg_.line(x_(c.x), y_(*c.y_interval.low), x_(c.x), y_(*c.y_interval.high),
                      stroked(tone));
        }
        if (c.x_interval.low && c.x_interval.high) {
            svg_.line(x_(*c.x_interval.low), y_(c.y), x_(*c.x_interval.high), y_(c.y),
                      stroked(tone));
        }
        if (on_front) {
            svg_.dot(x_(c.x), y_(c.y), 5, filled(tone));
        } else {
            Paint hollow = stroked(tone, 1.5);
            hollow.fill = Tone::ground;
            svg_.dot(x_(c.x), y_(c.y), 4, hollow);
        }
    }

    const std::vector<Choice>& choices_;
    std::vector<bool> front_;
    bool is_wide_;
    double left_;
    double right_;
    double height_;
    double bottom_;
    Svg svg_;
    Scale x_;
    Scale y_;
};

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
    return responsive(figure,
                      [&](double width) { return ScatterPicture(choices, width).draw(axes); });
}

}  // namespace stratsim::html
