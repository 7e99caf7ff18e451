#include "sim/probe.hpp"

#include <algorithm>

namespace stratsim {

namespace {

constexpr int most_restarts = 12;  // the back-off has reached its 5 minutes long before

/// The first probe at or after `instant`.
Duration next_probe(const Probe& probe, Duration instant) {
    if (instant <= probe.initial_delay) return probe.initial_delay;
    const auto periods =
        (instant - probe.initial_delay + probe.period - Duration{1}) / probe.period;
    return probe.initial_delay + periods * probe.period;
}

}  // namespace

StartUp start_up(const PodTemplate& made_of, const std::function<Duration(std::uint64_t)>& boot) {
    Duration started{};
    Duration back_off = std::chrono::seconds{10};
    for (int attempt = 0; attempt < most_restarts; ++attempt) {
        const Duration booted = boot(static_cast<std::uint64_t>(attempt));
        Duration known = booted;
        if (made_of.startup) {
            const Probe& probe = *made_of.startup;
            known = next_probe(probe, booted);
            const Duration gives_up =
                probe.initial_delay + (probe.failure_threshold - 1) * probe.period;
            if (known > gives_up) {
                started += gives_up + back_off;
                back_off = std::min<Duration>(back_off * 2, std::chrono::minutes{5});
                continue;
            }
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
        const Probe& probe = made_of.readiness.value_or(Probe{});
        const Duration first = next_probe(probe, std::max(booted, known));
        return {listens, started + first + (probe.success_threshold - 1) * probe.period};
    }
    return {};
}

}  // namespace stratsim
