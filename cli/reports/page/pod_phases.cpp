#include "cli/reports/page/pod_phases.hpp"

#include <algorithm>
#include <map>

namespace stratsim::html {

namespace {

/// By pod: when the last balancer heard of its end.
std::map<std::size_t, Time> unlisted(const RunDetail& detail) {
    std::map<std::size_t, Time> heard;
    for (const Timeline::Entry& entry : detail.timeline.entries) {
        const auto* news = std::get_if<fact::PodHeard>(&entry.fact);
        if (news == nullptr || news->state != Heard::terminating) continue;
        heard[index_of(news->pod)] = entry.at;
    }
    return heard;
}

}  // namespace

std::vector<PodRow> pod_rows(const RunDetail& detail) {
    const auto heard = unlisted(detail);
    const double end = to_seconds(detail.settled);
    const auto within = [&](Time at) { return std::clamp(to_seconds(at), 0.0, end); };
    std::vector<PodRow> rows;
    for (std::size_t i = 0; i < detail.pods.size(); ++i) {
        const PodLife& pod = detail.pods[i];
        PodRow row{.pod = i, .is_new = pod.is_new};
        const Time gone = pod.gone.value_or(detail.settled);
        const Time ending = std::min(gone, pod.deleted.value_or(gone));
        const Time listed = std::min(ending, pod.listed.value_or(ending));
        const Time serving = std::min(ending, pod.early_until().value_or(ending));
        row.phase(PodPhase::booting) = {within(pod.created), within(listed)};
        row.phase(PodPhase::early) = {within(listed), within(serving)};
        row.phase(PodPhase::serving) = {within(serving), within(ending)};
        row.phase(PodPhase::terminating) = {within(ending), within(gone)};
        if (pod.deaf && pod.ready) {
            const auto news = heard.find(i);
            const Time until = news == heard.end() ? detail.settled : news->second;
            if (until > *pod.deaf) row.dead_but_listed = {within(*pod.deaf), within(until)};
        }
        if (gone >= command) rows.push_back(row);
    }
    std::ranges::stable_sort(rows, [&](const PodRow& a, const PodRow& b) {
        if (a.is_new != b.is_new) return !a.is_new;
        return detail.pods[a.pod].created < detail.pods[b.pod].created;
    });
    return rows;
}

std::vector<PodCount> pod_counts(const RunDetail& detail, std::size_t most) {
    std::map<double, PodCount> changes;
    for (const PodRow& row : pod_rows(detail)) {
        for (std::size_t phase = 0; phase < pod_phases; ++phase) {
            const Stretch& stretch = row.phases[phase];
            if (stretch.length() <= 0) continue;
            ++changes[stretch.from].count[phase][row.is_new ? 1 : 0];
            --changes[stretch.to].count[phase][row.is_new ? 1 : 0];
        }
    }
    const double end = to_seconds(detail.settled);
    std::vector<PodCount> all;
    PodCount now;
    for (const auto& [at, change] : changes) {
        if (at >= end) break;
        now.at = at;
        for (std::size_t phase = 0; phase < pod_phases; ++phase) {
            for (std::size_t version = 0; version < 2; ++version)
                now.count[phase][version] += change.count[phase][version];
        }
        all.push_back(now);
    }
    if (all.size() <= most) return all;
    std::vector<PodCount> some;
    std::size_t last = 0;
    for (std::size_t i = 0; i < most; ++i) {
        const double at = end * static_cast<double>(i) / static_cast<double>(most);
        while (last + 1 < all.size() && all[last + 1].at <= at) ++last;
        some.push_back(all[last]);
        some.back().at = at;
    }
    return some;
}

}  // namespace stratsim::html
