#pragma once

#include "cli/reports/page/svg.hpp"

#include <string>
#include <vector>

namespace stratsim::html {

/// Values along an axis, and where they lie.
class Scale {
  public:
    enum class Kind {
        linear,
        log,
        /// Linear up to 1, by powers of ten from there: 0 keeps a place.
        symlog
    };

    Scale() = default;
    /// `from` lies at `a`, `to` at `b`.
    Scale(double from, double to, double a, double b, Kind kind = Kind::linear);

    double operator()(double value) const;
    double from() const { return from_; }
    double to() const { return to_; }
    Kind kind() const { return kind_; }

  private:
    double place(double value) const;

    double from_ = 0;
    double to_ = 1;
    double a_ = 0;
    double b_ = 1;
    Kind kind_ = Kind::linear;
};

/// Round numbers within the scale, at most `most` of them.
std::vector<double> ticks(const Scale& scale, std::size_t most);
/// Round durations from 0 on, in seconds.
std::vector<double> time_ticks(double to, std::size_t most);
/// The next round number: where an axis may end.
double round_up(double value);
/// `30s`, `5m`, as the flags read it.
std::string time_label(double seconds);

/// Level lines with their values left of them; `unit` goes behind the highest.
void draw_levels(Svg& svg, const Scale& y, double left, double right, std::size_t most,
                 std::string (*label)(double));

}  // namespace stratsim::html
