#include "scenarios/settings/traffic_shape.hpp"

#include "scenarios/settings/composite.hpp"

#include <fmt/format.h>

namespace stratsim {

namespace {

TrafficShape day(std::string_view text) {
    TrafficShape shape{.kind = TrafficShape::Kind::day, .factor = 0};
    read_parts(text,
               {{"peak", [&](auto s) { shape.factor = Text<double>::parse(s); }},
                {"period", [&](auto s) { shape.period = Text<Duration>::parse(s); }},
                {"begin", [&](auto s) { shape.begin = Text<Duration>::parse(s); }}},
               Text<TrafficShape>::form());
    if (shape.factor < 1 || shape.factor > 2) {
        throw BadValue("the peak of a day must be 1 to 2 times the mean, or its trough is below 0",
                       "write day(peak=1.8)", "range");
    }
    if (shape.period < std::chrono::seconds{24} || shape.begin >= shape.period) {
        throw BadValue("a day takes 24s or more, and begin is a time in it",
                       "write day(peak=1.8,period=24h,begin=9h)", "range");
    }
    return shape;
}

TrafficShape burst(std::string_view text) {
    TrafficShape shape{.kind = TrafficShape::Kind::bursts, .factor = 0, .period = {}};
    read_parts(text,
               {{"factor", [&](auto s) { shape.factor = Text<double>::parse(s); }},
                {"for", [&](auto s) { shape.length = Text<Duration>::parse(s); }},
                {"every", [&](auto s) { shape.period = Text<Duration>::parse(s); }}},
               Text<TrafficShape>::form());
    const std::string example = "write bursts(factor=5,for=10s,every=1m)";
    if (shape.length <= Duration::zero() || shape.period < 2 * shape.length ||
        shape.period % shape.length != Duration::zero() || shape.period / shape.length > 100'000) {
        throw BadValue("bursts come once in a whole multiple, 2 to 100000, of their length",
                       example, "range");
    }
    const auto steps = static_cast<double>(shape.period / shape.length);
    if (shape.factor <= 0 || shape.factor > steps) {
        throw BadValue(fmt::format("bursts {} times the mean rate carry more than everything: they "
                                   "last 1 part in {} of the time",
                                   shape.factor, steps),
                       fmt::format("write a factor of at most {}", steps), "range");
    }
    return shape;
}

}  // namespace

Arrivals arrivals_of(const TrafficShape& shape) {
    switch (shape.kind) {
        case TrafficShape::Kind::constant:
            return {};
        case TrafficShape::Kind::day:
            return day_curve(shape.factor, shape.period, shape.begin);
        case TrafficShape::Kind::bursts:
            return bursts(shape.factor, shape.length, shape.period);
    }
    return {};
}

TrafficShape Text<TrafficShape>::parse(std::string_view text) {
    if (text == "constant") return {};
    if (const auto settings = inside(text, "day")) return day(*settings);
    if (const auto settings = inside(text, "bursts")) return burst(*settings);
    throw BadValue(fmt::format("'{}' is no course of a rate", text.substr(0, 40)),
                   "write " + form(), "shape");
}

std::string Text<TrafficShape>::print(const TrafficShape& shape) {
    const auto duration = [](Duration d) { return Text<Duration>::print(d); };
    switch (shape.kind) {
        case TrafficShape::Kind::constant:
            return "constant";
        case TrafficShape::Kind::day:
            return fmt::format("day(peak={},period={},begin={})", shape.factor,
                               duration(shape.period), duration(shape.begin));
        case TrafficShape::Kind::bursts:
            return fmt::format("bursts(factor={},for={},every={})", shape.factor,
                               duration(shape.length), duration(shape.period));
    }
    return "";
}

std::string Text<TrafficShape>::form() {
    return "constant, day(peak=1.8,period=24h,begin=9h) or bursts(factor=5,for=10s,every=1m)";
}

}  // namespace stratsim
