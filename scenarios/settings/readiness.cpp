#include "scenarios/settings/readiness.hpp"

#include "scenarios/settings/composite.hpp"

#include <fmt/format.h>

namespace stratsim {

Readiness readiness_of(const PodTemplate& made_of) {
    return {made_of.ready_when, made_of.readiness.value_or(Probe{})};
}

void set_readiness(PodTemplate& made_of, const Readiness& readiness) {
    made_of.ready_when = readiness.when;
    made_of.readiness.reset();
    if (readiness.when == ReadyWhen::probed) made_of.readiness = readiness.probe;
}

Probe Text<Probe>::parse(std::string_view text) {
    Probe probe;
    const auto times = [](std::string_view s) {
        const int n = Text<int>::parse(s);
        if (n < 1) throw BadValue("a probe needs a threshold of 1 or more", "write 1", "range");
        return n;
    };
    read_parts(text,
               {{"delay", [&](auto s) { probe.initial_delay = Text<Duration>::parse(s); }},
                {"period", [&](auto s) { probe.period = Text<Duration>::parse(s); }},
                {"successes", [&](auto s) { probe.success_threshold = times(s); }},
                {"failures", [&](auto s) { probe.failure_threshold = times(s); }}},
               form());
    if (probe.period <= Duration::zero()) {
        throw BadValue("the period of a probe must be above 0", "write period=10s", "range");
    }
    return probe;
}

std::string Text<Probe>::print(const Probe& probe) {
    return fmt::format(
        "delay={},period={},successes={},failures={}", Text<Duration>::print(probe.initial_delay),
        Text<Duration>::print(probe.period), probe.success_threshold, probe.failure_threshold);
}

std::string Text<Probe>::form() {
    return "delay=0s,period=10s,successes=1,failures=3";
}

Readiness Text<Readiness>::parse(std::string_view s) {
    if (s == "listening") return {ReadyWhen::booted, {}};
    if (s == "none") return {ReadyWhen::started, {}};
    return {ReadyWhen::probed, Text<Probe>::parse(s)};
}

std::string Text<Readiness>::print(const Readiness& readiness) {
    if (readiness.when == ReadyWhen::booted) return "listening";
    if (readiness.when == ReadyWhen::started) return "none";
    return Text<Probe>::print(readiness.probe);
}

std::string Text<Readiness>::form() {
    return "listening, none, or a probe such as " + Text<Probe>::form();
}

}  // namespace stratsim
