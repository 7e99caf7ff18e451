#include "cli/reports/page/pods_chart.hpp"

#include "cli/reports/page/axis.hpp"
#include "cli/reports/page/figure.hpp"
#include "cli/reports/page/markup.hpp"
#include "cli/reports/page/pod_phases.hpp"
#include "cli/reports/page/table.hpp"
#include "cli/reports/words/numbers.hpp"
#include "scenarios/experiments/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim::html {

namespace {

std::string count_of(std::size_t pods) {
    return count_text(static_cast<double>(pods));
}

constexpr std::size_t most_named = 40;
constexpr std::size_t most_rows = 1800;

/// How tall a row is, and the gap below it.
struct RowSize {
    double height;
    double gap;

    double pitch() const { return height + gap; }
};

RowSize size_for(std::size_t rows) {
    if (rows <= most_named) return {11, 5};
    if (rows <= 100) return {6, 2};
    if (rows <= 400) return {2, 0.5};
    return {1, 0};
}

/// All of them, or some at even distances.
std::vector<PodRow> shown(const std::vector<PodRow>& rows) {
    if (rows.size() <= most_rows) return rows;
    std::vector<PodRow> some;
    for (std::size_t i = 0; i < most_rows; ++i) some.push_back(rows[i * rows.size() / most_rows]);
    return some;
}

/// What tells pods of one set apart.
std::string tail_of(const std::string& name) {
    const auto dash = name.rfind('-');
    return dash == std::string::npos ? name : name.substr(dash + 1);
}

bool is_early(const PodRow& row) {
    return row.phase(PodPhase::early).length() > 0;
}

class PodsPicture {
  public:
    PodsPicture(const Experiment& e, const std::vector<PodRow>& rows, double width)
        : e_(e),
          rows_(rows),
          size_(size_for(rows.size())),
          named_(rows.size() <= most_named),
          left_(named_ ? (width > 600 ? longest_name() + 16 : 54) : 44),
          is_wide_(width > 600),
          svg_(width, top + static_cast<double>(rows.size()) * size_.pitch() + between + 34),
          x_(0, to_seconds(e.detail.settled), left_, width - 12) {}

    Svg draw() && {
        key();
        grid();
        Path phases[2][pod_phases];
        Path dead;
        double y = top;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const PodRow& row = rows_[i];
            if (i > 0 && row.is_new && !rows_[i - 1].is_new) y += between;
            for (std::size_t phase = 0; phase < pod_phases; ++phase)
                add(phases[row.is_new ? 1 : 0][phase], row.phases[phase], y);
            add(dead, row.dead_but_listed, y);
            if (named_) name(row, y);
            y += size_.pitch();
        }
        const bool thin = size_.height < 5;
        for (const std::size_t version : {std::size_t{0}, std::size_t{1}}) {
            const Tone tone = version == 0 ? Tone::old_pods : Tone::new_pods;
            const auto draw = [&](PodPhase phase, const Paint& paint) {
                svg_.path(phases[version][static_cast<std::size_t>(phase)], paint);
            };
            draw(PodPhase::booting, thin ? filled(tone, 0.35) : hatched(tone, true));
            draw(PodPhase::early, thin ? filled(Tone::lost, 0.5) : hatched(Tone::lost, true));
            draw(PodPhase::serving, filled(tone));
            draw(PodPhase::terminating, thin ? filled(tone, 0.35) : hatched(tone, false));
        }
        svg_.path(dead, filled(Tone::lost));
        groups();
        axis(y);
        return std::move(svg_);
    }

  private:
    static constexpr double top = 34;
    static constexpr double between = 10;  ///< the versions

    double longest_name() const {
        double longest = 0;
        for (const PodRow& row : rows_)
            longest = std::max(longest, text_width(pod_name(e_.scenario, e_.detail.pods[row.pod])));
        return std::min(longest, 260.0);
    }

    void add(Path& path, const Stretch& stretch, double y) {
        const double width = x_(stretch.to) - x_(stretch.from);
        if (stretch.length() <= 0) return;
        path.box(x_(stretch.from), y, std::max(width, 0.5), size_.height);
    }

    void name(const PodRow& row, double y) {
        const std::string full = pod_name(e_.scenario, e_.detail.pods[row.pod]);
        svg_.text(left_ - 8, y + size_.height - 1,
                  is_wide_ && text_width(full) <= 260 ? full : tail_of(full), Anchor::end,
                  Tone::soft, "small");
    }

    void groups() {
        if (named_) return;
        const auto old_rows = static_cast<double>(
            std::ranges::count_if(rows_, [](const PodRow& row) { return !row.is_new; }));
        const auto all = static_cast<double>(rows_.size());
        if (old_rows > 0)
            svg_.text(left_ - 8, top + old_rows * size_.pitch() / 2 + 4, "old", Anchor::end,
                      Tone::ink, "b");
        if (all > old_rows)
            svg_.text(left_ - 8, top + (old_rows + all) / 2 * size_.pitch() + between + 4, "new",
                      Anchor::end, Tone::ink, "b");
    }

    void key() {
        struct Entry {
            std::string_view name;
            Paint paint;
        };
        std::vector<Entry> entries{{"old", filled(Tone::old_pods)},
                                   {"new", filled(Tone::new_pods)},
                                   {"booting", hatched(Tone::new_pods, true)},
                                   {"terminating", hatched(Tone::old_pods, false)},
                                   {"dead but listed", filled(Tone::lost)}};
        if (std::ranges::any_of(rows_, is_early))
            entries.push_back({"ready, not listening yet", hatched(Tone::lost, true)});
        double x = is_wide_ ? left_ : 2;
        for (const Entry& entry : entries) {
            svg_.rectangle(x, 5, 11, 11, entry.paint);
            svg_.text(x + 15, 15, entry.name, Anchor::start, Tone::soft, is_wide_ ? "" : "small");
            x += (is_wide_ ? 35 : 24) + text_width(entry.name) * (is_wide_ ? 1 : 0.88);
        }
    }

    void grid() {
        for (const double at : time_ticks(x_.to(), is_wide_ ? 8 : 4))
            svg_.line(x_(at), top - 6, x_(at), svg_.height() - 28, stroked(Tone::grid));
    }

    void axis(double y) {
        svg_.line(left_, y + 4, svg_.width() - 12, y + 4, stroked(Tone::soft));
        for (const double at : time_ticks(x_.to(), is_wide_ ? 8 : 4))
            svg_.text(x_(at), y + 20, time_label(at), Anchor::middle);
    }

    const Experiment& e_;
    const std::vector<PodRow>& rows_;
    RowSize size_;
    bool named_;
    double left_;
    bool is_wide_;
    Svg svg_;
    Scale x_;
};

std::string pods_table(const Experiment& e, const std::vector<PodRow>& rows) {
    Table table("Pods of this rollout, by version and age");
    for (const char* head : {"pod", "version"}) table.column(head);
    for (const char* head :
         {"created", "ready", "listens", "told to end", "gone", "dead but listed"})
        table.column(head, true);
    const auto at = [](const std::optional<Time>& time) {
        if (!time) return std::string("-");
        return *time < command ? std::string("before") : duration_text(to_seconds(*time));
    };
    for (const PodRow& row : rows) {
        const PodLife& pod = e.detail.pods[row.pod];
        table.row({escaped(pod_name(e.scenario, pod)), row.is_new ? "new" : "old", at(pod.created),
                   at(pod.ready), at(pod.listens), at(pod.deleted), at(pod.gone),
                   row.dead_but_listed.length() > 0 ? duration_text(row.dead_but_listed.length())
                                                    : std::string("-")});
    }
    return table.text();
}

}  // namespace

std::string pods_finding(const Experiment& e) {
    const auto rows = pod_rows(e.detail);
    double sum = 0;
    double longest = 0;
    std::size_t pods = 0;
    std::size_t ended = 0;
    for (const PodRow& row : rows) {
        if (e.detail.pods[row.pod].deleted) ++ended;
        if (row.dead_but_listed.length() <= 0) continue;
        ++pods;
        sum += row.dead_but_listed.length();
        longest = std::max(longest, row.dead_but_listed.length());
    }
    const auto early = static_cast<std::size_t>(std::ranges::count_if(rows, is_early));
    if (early > 0) {
        return fmt::format("{} {} as ready before {}", count_of(early),
                           early == 1 ? "pod counts" : "pods count",
                           early == 1 ? "it listens" : "they listen");
    }
    if (pods == 0 && ended == 0) return "No pod ends";
    if (pods == 0) return "No pod is listed after it has stopped listening";
    if (pods == 1) {
        return fmt::format("1 of {} ending {} stays listed for {} after it has stopped listening",
                           ended, ended == 1 ? "pod" : "pods", duration_text(longest));
    }
    return fmt::format(
        "{} of {} ending pods stay listed after they have stopped listening, {} on average",
        count_of(pods), count_of(ended), duration_text(sum / static_cast<double>(pods)));
}

std::string pods_chart(const Experiment& e, const std::string& id) {
    const auto all = pod_rows(e.detail);
    if (all.empty()) return "";
    const auto rows = shown(all);
    const auto fresh = static_cast<std::size_t>(
        std::ranges::count_if(all, [](const PodRow& row) { return row.is_new; }));
    Figure figure;
    figure.id = id;
    figure.title = pods_finding(e);
    figure.description = fmt::format(
        "A row a pod: {} old and {} new, from 0s to {}; each is booting, then ready, then "
        "terminating.",
        count_of(all.size() - fresh), count_of(fresh), duration_text(to_seconds(e.detail.settled)));
    figure.caption = fmt::format(
        "The same rollout, seed {}: {} old and {} new pods by age{}. Dead but listed: requests "
        "sent there are lost.",
        Text<Seed>::print(e.scenario.seed), count_of(all.size() - fresh), count_of(fresh),
        rows.size() < all.size()
            ? fmt::format("; {} of the {} are drawn", count_of(rows.size()), count_of(all.size()))
            : "");
    figure.table = pods_table(e, all);
    return responsive(figure, [&](double width) { return PodsPicture(e, rows, width).draw(); });
}

}  // namespace stratsim::html
