#include "cli/reports/terminal/picture.hpp"

#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace stratsim {

namespace {

/// The time axis: so many columns of so many seconds. Rows end with the window, within the last
/// column.
struct TimeAxis {
    std::size_t columns;
    double seconds;  ///< a column
    double window;

    double end() const { return seconds * static_cast<double>(columns); }
    std::size_t column(double t) const {
        return std::min(columns - 1, static_cast<std::size_t>(std::max(0.0, t / seconds + 1e-9)));
    }
};

using Series = std::vector<double>;

/// The smallest round width of a column with which all of `window` fits.
double column_seconds(double window, std::size_t columns) {
    static constexpr std::array mantissas{1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8,
                                          2.0, 2.2, 2.5, 2.8, 3.0, 3.5, 4.0, 4.5,
                                          5.0, 5.5, 6.0, 6.5, 7.0, 8.0, 9.0};
    const double least = window / static_cast<double>(columns);
    for (double power = 1e-4;; power *= 10) {
        for (const double mantissa : mantissas) {
            if (mantissa * power >= least * (1 - 1e-9)) return mantissa * power;
        }
    }
}

Series row_for(const TimeAxis& axis) {
    const double used = std::ceil(axis.window / axis.seconds - 1e-9);
    return Series(std::clamp<std::size_t>(static_cast<std::size_t>(used), 1, axis.columns));
}

/// How much of a column lies within the window.
double covered(const TimeAxis& axis, std::size_t column) {
    return std::min(axis.seconds, axis.window - static_cast<double>(column) * axis.seconds);
}

/// Spreads `amount` over the columns between two instants, evenly in time.
void spread_over(Series& row, const TimeAxis& axis, double from, double to, double amount) {
    from = std::max(from, 0.0);
    to = std::min(to, axis.window);
    if (to <= from) return;
    const std::size_t last = std::min(axis.column(to), row.size() - 1);
    for (std::size_t c = axis.column(from); c <= last; ++c) {
        const double begin = static_cast<double>(c) * axis.seconds;
        const double overlap = std::min(to, begin + axis.seconds) - std::max(from, begin);
        if (overlap > 1e-9 * axis.seconds) row[c] += amount * overlap / (to - from);
    }
}

/// Pods of one kind: their mean in each column, and the most at any instant.
struct Pods {
    Series row;
    int most = 0;
};

/// From when until when a pod is of that kind; unset: it never is.
using Stay = std::optional<std::pair<Time, Time>>;

template <class StayOf>
Pods pods_of(const Experiment& e, const TimeAxis& axis, StayOf&& stay_of) {
    Pods pods{row_for(axis), 0};
    int at_first = 0;  // some of them go at the very instant of the command
    std::vector<std::pair<double, int>> changes;
    for (const PodLife& pod : e.detail.pods) {
        const Stay stay = stay_of(pod);
        if (!stay) continue;
        const double from = std::max(0.0, to_seconds(stay->first));
        const double to = std::min(axis.window, to_seconds(stay->second));
        if (stay->first <= command) ++at_first;
        if (to <= from) continue;
        spread_over(pods.row, axis, from, to, to - from);
        changes.emplace_back(from, 1);
        changes.emplace_back(to, -1);
    }
    std::ranges::sort(changes);  // at one instant pods leave before others come
    int count = 0;
    for (const auto& [at, change] : changes) pods.most = std::max(pods.most, count += change);
    pods.most = std::max(pods.most, at_first);
    for (std::size_t c = 0; c < pods.row.size(); ++c) pods.row[c] /= covered(axis, c);
    return pods;
}

/// Listed, as they are ready, and listening.
Pods ready_pods(const Experiment& e, const TimeAxis& axis, bool fresh) {
    return pods_of(e, axis, [&](const PodLife& pod) -> Stay {
        if (pod.is_new != fresh || !pod.listed) return std::nullopt;
        const Time end = pod.deleted.value_or(never);
        if (*pod.early_until() >= end && *pod.listed < end) return std::nullopt;
        return std::pair(*pod.early_until(), end);
    });
}

/// Listed, and not listening yet.
Pods early_pods(const Experiment& e, const TimeAxis& axis) {
    return pods_of(e, axis, [&](const PodLife& pod) -> Stay {
        if (!pod.listed || *pod.early_until() <= *pod.listed) return std::nullopt;
        return std::pair(*pod.listed, *pod.early_until());
    });
}

Series lost_a_second(const Experiment& e, const TimeAxis& axis) {
    Series row = row_for(axis);
    const double width = to_seconds(e.detail.bins.width());
    double from = 0;
    for (const RequestBins::Bin& bin : e.detail.bins.bins()) {
        if (bin.lost > 0)
            spread_over(row, axis, from, std::min(from + width, axis.window),
                        static_cast<double>(bin.lost));
        from += width;
    }
    for (std::size_t c = 0; c < row.size(); ++c) row[c] /= covered(axis, c);
    return row;
}

std::string marks_of(const Series& row, double most, const Screen& screen) {
    static constexpr std::array<std::string_view, 8> bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    std::string text;
    for (const double x : row) {
        if (x <= 0) {
            text += '.';
            continue;
        }
        const auto level = [&](int levels) {
            return std::clamp(static_cast<int>(std::lround(x / most * levels)), 1, levels);
        };
        if (screen.ascii) {
            text += static_cast<char>('0' + level(9));
        } else {
            text += bars[static_cast<std::size_t>(level(8) - 1)];
        }
    }
    return text;
}

/// Words at instants, left to right; one that has no room is left out.
class Words {
  public:
    explicit Words(const TimeAxis& axis) : axis_(axis) {}

    void put(double at, const std::string& word) {
        if (at > axis_.end() + axis_.seconds / 2 || word.size() > axis_.columns) return;
        const std::size_t from = std::min(static_cast<std::size_t>(at / axis_.seconds + 0.5),
                                          axis_.columns - word.size());
        if (!text_.empty() && from < text_.size() + 1) return;
        text_.resize(from, ' ');
        text_ += word;
    }
    const std::string& text() const { return text_; }

  private:
    TimeAxis axis_;
    std::string text_;
};

std::string time_words(const TimeAxis& axis) {
    using std::chrono::seconds;
    static constexpr std::array ticks{0.001, 0.002, 0.005, 0.01,   0.02,   0.05,   0.1,    0.2,
                                      0.5,   1.0,   2.0,   5.0,    10.0,   15.0,   20.0,   30.0,
                                      60.0,  120.0, 180.0, 240.0,  300.0,  600.0,  900.0,  1200.,
                                      1800., 3600., 7200., 10800., 14400., 21600., 43200., 86400.};
    double tick = ticks.front();
    for (const double candidate : ticks) {
        tick = candidate;
        if (candidate >= 10 * axis.seconds) break;
    }
    while (tick < 10 * axis.seconds) tick *= 2;
    Words words(axis);
    for (int i = 0; i * tick <= axis.end() + 1e-9; ++i) {
        words.put(i * tick, Text<Duration>::print(from_seconds(i * tick)));
    }
    return words.text();
}

/// What the strategy did when: steps as they came out, the switch, the way back.
std::string step_words(const Experiment& e, const TimeAxis& axis) {
    Words words(axis);
    const Timeline& timeline = e.detail.timeline;
    for (const StepSpan& step : timeline.steps) {
        words.put(to_seconds(step.from), percent_text(step.delivered));
    }
    for (const Timeline::Entry& entry : timeline.entries) {
        if (std::holds_alternative<fact::Switched>(entry.fact) &&
            e.scenario.strategy == BlueGreen::name) {
            words.put(to_seconds(entry.at), "switch");
        } else if (std::holds_alternative<fact::RollbackBegun>(entry.fact)) {
            words.put(to_seconds(entry.at), "back");
        }
    }
    if (!timeline.steps.empty() && timeline.steps.back().to &&
        e.outcome == RolloutOutcome::complete) {
        words.put(to_seconds(*timeline.steps.back().to), "100%");
    }
    return words.text();
}

std::string rate_text(double a_second) {
    if (a_second >= 1) return value_text(std::round(a_second), Unit::requests) + "/s";
    return fmt::format("{:.2g}/s", a_second);
}

std::string most_text(int most) {
    return most == 0 ? "none" : "max " + count_text(most);
}

}  // namespace

std::string long_bar(std::size_t length, const Screen& screen) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += screen.ascii ? "#" : "█";
    return text;
}

void draw_picture(Page& page, const Experiment& e) {
    const double window = to_seconds(e.detail.settled);
    if (page.screen().width < least_picture_width || window <= 0) return;
    const std::size_t columns = std::min<std::size_t>(100, page.width() - 20);
    const TimeAxis axis{columns, column_seconds(window, columns), window};
    const Screen& screen = page.screen();
    const Pods old = ready_pods(e, axis, false);
    const Pods fresh = ready_pods(e, axis, true);
    const Pods early = early_pods(e, axis);
    const Series lost = lost_a_second(e, axis);
    const double most_lost = std::ranges::max(lost);

    struct Line {
        std::string label;
        std::string marks;
        Ink ink;
    };
    std::vector<Line> lines{{"  time", time_words(axis), Ink::dim}};
    const std::string steps = step_words(e, axis);
    if (!steps.empty()) lines.push_back({"  steps", steps, Ink::plain});
    lines.push_back(
        {"  old  " + most_text(old.most), marks_of(old.row, old.most, screen), Ink::plain});
    lines.push_back(
        {"  new  " + most_text(fresh.most), marks_of(fresh.row, fresh.most, screen), Ink::plain});
    if (early.most > 0) {
        lines.push_back({"  early " + most_text(early.most),
                         marks_of(early.row, early.most, screen), Ink::red});
    }
    lines.push_back(
        {"  lost " + (most_lost > 0 ? "max " + rate_text(most_lost) : std::string("none")),
         marks_of(lost, most_lost, screen), most_lost > 0 ? Ink::red : Ink::plain});
    std::size_t indent = 15;
    for (const Line& line : lines) indent = std::max(indent, line.label.size());
    ++indent;
    page.block();
    for (const Line& line : lines) {
        page.line({{line.label + std::string(indent - line.label.size(), ' '), line.ink},
                   {line.marks, line.ink}});
    }
    const std::string pad(indent, ' ');
    page.paragraph(
        {{pad}},
        {{fmt::format("run with seed {}, which loses {}; one column is {}",
                      Text<Seed>::print(e.scenario.seed),
                      value_text(e.measures()["requests.failed"].value_or(0), Unit::requests),
                      Text<Duration>::print(from_seconds(axis.seconds))) +
              (early.most > 0 ? fmt::format("; early: {}, not listening yet",
                                            e.scenario.publish_not_ready ? "listed" : "ready")
                              : ""),
          Ink::dim}},
        indent);
}

}  // namespace stratsim
