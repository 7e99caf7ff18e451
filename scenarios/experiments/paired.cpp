#include "scenarios/experiments/paired.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <range/v3/view/zip.hpp>

namespace stratsim {

bool PairedDifference::is_seen() const {
    if (!interval.low || !interval.high) return false;
    return *interval.low > 0 || *interval.high < 0;
}

std::optional<PairedDifference> paired_difference(const Experiment& before, const Experiment& after,
                                                  std::string_view path, std::size_t of) {
    RunningMean first;
    RunningMean second;
    RunningMean between;
    for (std::size_t i = 0; i < std::min(before.runs.size(), after.runs.size()); ++i) {
        const auto a = before.runs[i][path];
        const auto b = after.runs[i][path];
        if (!a || !b) continue;
        first.add(*a);
        second.add(*b);
        between.add(*b - *a);
    }
    if (between.count() == 0) return std::nullopt;
    PairedDifference result{.runs = between.count(), .mean = between.mean(), .sd = between.sd()};
    result.interval = mean_interval(between.spread(), of);
    const double variances = first.sd() * first.sd() + second.sd() * second.sd();
    const double variance = result.sd * result.sd;
    if (first.sd() > 0 && second.sd() > 0)
        result.correlation = (variances - variance) / (2 * first.sd() * second.sd());
    if (variance > 0) result.saving = variances / variance;
    if (result.runs > 1 && result.mean != 0) {
        const double error = result.sd / std::sqrt(static_cast<double>(result.runs));
        // The same in every run: no chance is in it.
        result.p = error > 0 ? student_t_two_sided(result.mean / error,
                                                   static_cast<double>(result.runs - 1))
                             : 0;
    }
    return result;
}

std::vector<double> adjusted_by_holm(const std::vector<double>& p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p[i]; });
    std::vector<double> adjusted(p.size(), 1);
    double least = 0;  // none is more certain than one with a smaller p
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const double times = static_cast<double>(order.size() - rank);
        least = std::max(least, std::min(1.0, p[order[rank]] * times));
        adjusted[order[rank]] = least;
    }
    return adjusted;
}

std::vector<Contrast> contrasts_of(const std::vector<Experiment>& experiments,
                                   const std::vector<std::string_view>& paths) {
    std::vector<Contrast> list;
    for (const std::string_view path : paths) {
        for (std::size_t i = 0; i < experiments.size(); ++i) {
            for (std::size_t j = i + 1; j < experiments.size(); ++j) {
                const auto alone = paired_difference(experiments[i], experiments[j], path);
                if (!alone) continue;
                list.push_back({.first = i,
                                .second = j,
                                .path = path,
                                .unit = unit_of(path),
                                .difference = *alone});
            }
        }
    }
    std::vector<double> p;
    for (Contrast& contrast : list) {
        PairedDifference& d = contrast.difference;
        d.interval = mean_interval({.count = d.runs, .mean = d.mean, .sd = d.sd}, list.size());
        p.push_back(d.p);
    }
    const std::vector<double> adjusted = adjusted_by_holm(p);
    for (auto&& [contrast, chance] : ranges::views::zip(list, adjusted))
        contrast.p_adjusted = chance;
    return list;
}

}  // namespace stratsim
