#include "sim/pods/probe.hpp"

#include <algorithm>

namespace stratsim {

namespace {

constexpr int most_restarts = 12;     // the back-off has reached its 5 minutes long before
constexpr int most_probes = 100'000;  // a program that never answers in time is never ready

using Answer = std::function<Duration(std::uint64_t)>;

/// The first probe at or after `instant`.
Duration next_probe(const Probe& probe, Duration instant) {
    if (instant <= probe.initial_delay) return probe.initial_delay;
    const auto periods =
        (instant - probe.initial_delay + probe.period - Duration{1}) / probe.period;
    return probe.initial_delay + periods * probe.period;
}

/// The probe, from `instant` on, that ends the first row of `successes` good answers; unset: none
/// does. `asked` counts the answers.
std::optional<Duration> succeeds_at(const Probe& probe, Duration instant, int successes,
                                    const Answer& answer, std::uint64_t& asked) {
    Duration at = next_probe(probe, instant);
    int row = 0;
    for (int i = 0; i < most_probes; ++i, at += probe.period) {
        row = answer(asked++) <= probe.timeout ? row + 1 : 0;
        if (row >= successes) return at;
    }
    return {};
}

}  // namespace

Duration answer_time(const PodTemplate& made_of, double u, bool fresh) {
    if (made_of.probe_time) return made_of.probe_time->quantile(u);
    const double warm = to_seconds(made_of.service_time.quantile(u));
    return from_seconds(warm * (fresh ? made_of.cold_factor : 1.0));
}

StartUp start_up(const PodTemplate& made_of, const std::function<Duration(std::uint64_t)>& boot,
                 const Answer& answer) {
    Duration started{};
    Duration back_off = std::chrono::seconds{10};
    std::uint64_t asked = 0;
    for (int attempt = 0; attempt < most_restarts; ++attempt) {
        const Duration booted = boot(static_cast<std::uint64_t>(attempt));
        Duration known = booted;
        if (made_of.startup) {
            const Probe& probe = *made_of.startup;
            const Duration gives_up =
                probe.initial_delay + (probe.failure_threshold - 1) * probe.period;
            const auto success = succeeds_at(probe, booted, 1, answer, asked);
            if (!success || *success > gives_up) {
                started += gives_up + back_off;
                back_off = std::min<Duration>(back_off * 2, std::chrono::minutes{5});
                continue;
            }
            known = *success;
        }
        const Duration listens = started + booted;
        switch (made_of.ready_when) {
            case ReadyWhen::booted:
                return {listens, listens};
            // Without a readiness probe the kubelet believes at once; a startup probe still holds
            // it.
            case ReadyWhen::started:
                return {listens, made_of.startup ? started + known : started};
            case ReadyWhen::probed:
                break;
        }
        const Probe probe = made_of.readiness.value_or(Probe{});
        const auto ready =
            succeeds_at(probe, std::max(booted, known), probe.success_threshold, answer, asked);
        if (!ready) return {listens, {}};
        return {listens, started + *ready};
    }
    return {};
}

}  // namespace stratsim
