#include "cli/reports/words/figures.hpp"

#include "cli/reports/words/numbers.hpp"
#include "cli/reports/words/summary.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace stratsim {

namespace {

/// Adds a figure of one measure over all rows.
class Figures {
  public:
    explicit Figures(const std::vector<Experiment>& rows) : rows_(rows) {}

    void add(std::string head, std::string_view path, Unit unit, bool right,
             const std::string& zero) {
        Figure& figure = begin(std::move(head), right);
        std::vector<std::optional<double>> leads;
        for (const Experiment& e : rows_) {
            const auto spread = has_no_pods(e) ? std::nullopt : e.spread(path);
            const auto lead = spread
                                  ? std::optional(led_by_median(unit) ? spread->p50 : spread->mean)
                                  : std::nullopt;
            leads.push_back(lead);
            figure.cells.push_back(!lead ? "-" : *lead == 0 ? zero : lead_text(*spread, unit));
        }
        mark_best(figure, leads);
    }

    /// Another statistic of a measure.
    template <class Say>
    void add_about(std::string head, std::string_view path, Say&& say) {
        Figure& figure = begin(std::move(head), false);
        for (const Experiment& e : rows_) {
            const auto spread = has_no_pods(e) ? std::nullopt : e.spread(path);
            figure.cells.push_back(spread ? say(*spread) : "-");
        }
        figure.best.assign(rows_.size(), false);
    }

    std::vector<Figure> list;

  private:
    Figure& begin(std::string head, bool right) {
        Figure& figure = list.emplace_back();
        figure.head = std::move(head);
        figure.right = right;
        return figure;
    }

    /// The least, unless all are alike.
    static void mark_best(Figure& figure, const std::vector<std::optional<double>>& leads) {
        std::optional<double> least;
        bool differ = false;
        for (const auto& lead : leads) {
            if (!lead) continue;
            differ |= least && *lead != *least;
            least = std::min(least.value_or(*lead), *lead);
        }
        for (const auto& lead : leads) figure.best.push_back(differ && lead && *lead == *least);
    }

    const std::vector<Experiment>& rows_;
};

}  // namespace

std::vector<Figure> release_figures(const std::vector<Experiment>& rows, bool wide) {
    Figures figures(rows);
    constexpr std::string_view lost = "requests.failed";
    figures.add("lost", lost, Unit::requests, true, "0");
    if (wide) {
        figures.add_about("95% interval", lost,
                          [](const Spread& s) { return interval_text(s, Unit::requests); });
        figures.add_about("p50", lost,
                          [](const Spread& s) { return value_text(s.p50, Unit::requests); });
    }
    figures.add_about("9 of 10", lost,
                      [](const Spread& s) { return range_text(s, Unit::requests); });
    if (wide) {
        figures.add_about("max", lost,
                          [](const Spread& s) { return value_text(s.max, Unit::requests); });
    }
    figures.add("outage", "downtime.total_s", Unit::seconds, false, "none");
    figures.add("time", "rollout.duration_s", Unit::seconds, false, "0s");
    figures.add("extra", "cost.extra_pod_seconds", Unit::pod_seconds, true, "0");
    return std::move(figures.list);
}

std::vector<Figure> bad_release_figures(const std::vector<Experiment>& rows) {
    Figures figures(rows);
    figures.add("hurt users", "exposure.users_hurt", Unit::users, true, "0");
    figures.add("well again", "rollback.restored_s", Unit::seconds, false, "0s");
    return std::move(figures.list);
}

}  // namespace stratsim
