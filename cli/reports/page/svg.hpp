#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Pictures as SVG inside the page. Colours are roles; the style sheet gives them their light and
// dark values, and attributes beside it serve where style sheets are forbidden.

namespace stratsim::html {

/// What a colour means, the same in all pictures.
enum class Tone { old_pods, new_pods, lost, caution, good, ink, soft, grid, band, ground };

/// How a shape is painted.
struct Paint {
    std::optional<Tone> fill{};
    std::optional<Tone> stroke{};
    double width = 1;  ///< of the stroke
    bool dashed = false;
    double opacity = 1;
    std::string hatch{};  ///< the pattern that fills instead: hatch-old-boot and its like
};

Paint filled(Tone tone, double opacity = 1);
Paint stroked(Tone tone, double width = 1, bool dashed = false);
/// `old` or `new`, booting (/) or terminating (\).
Paint hatched(Tone tone, bool booting);

enum class Anchor { start, middle, end };

/// To a tenth of a pixel, without zeros behind.
std::string coordinate(double x);

/// A line or an outline in the making.
class Path {
  public:
    Path& move(double x, double y);
    Path& line(double x, double y);
    Path& across(double x);  ///< level, to x
    Path& down(double y);    ///< upright, to y
    Path& box(double x, double y, double width, double height);
    Path& close();
    bool empty() const { return text_.empty(); }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

/// A picture; one unit is a CSS pixel at its full width.
class Svg {
  public:
    Svg(double width, double height) : width_(width), height_(height) {}

    double width() const { return width_; }
    double height() const { return height_; }

    void rectangle(double x, double y, double width, double height, const Paint& paint);
    void line(double x1, double y1, double x2, double y2, const Paint& paint);
    void path(const Path& path, const Paint& paint);
    void dot(double x, double y, double radius, const Paint& paint);
    /// `style`: small, bold, or nothing.
    void text(double x, double y, std::string_view words, Anchor anchor = Anchor::start,
              Tone tone = Tone::soft, std::string_view style = "");

    /// With what it shows as its title and how as its description. `id` is its own in the page;
    /// `style` is a class.
    std::string markup(std::string_view id, std::string_view title, std::string_view description,
                       std::string_view style = "") const;
    /// A picture that only repeats what stands beside it.
    std::string decoration(std::string_view style) const;

  private:
    std::string open(std::string_view attributes) const;

    double width_;
    double height_;
    std::string body_;
};

/// The patterns that hatched() names; once in a page.
std::string patterns();

/// About how wide words are, at 12 px.
double text_width(std::string_view words);

}  // namespace stratsim::html
