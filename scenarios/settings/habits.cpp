#include "scenarios/settings/habits.hpp"

#include "scenarios/settings/composite.hpp"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace stratsim {

namespace {

template <class Enum, std::size_t N>
using Choices = std::array<std::pair<std::string_view, Enum>, N>;

template <class Enum, std::size_t N>
std::string form_of(const Choices<Enum, N>& choices) {
    std::string text;
    for (const auto& choice : choices)
        text += (text.empty() ? "" : "|") + std::string(choice.first);
    return text;
}

template <class Enum, std::size_t N>
Enum parse_choice(std::string_view s, const Choices<Enum, N>& choices) {
    for (const auto& choice : choices) {
        if (choice.first == s) return choice.second;
    }
    throw BadValue(fmt::format("'{}' is none of {}", s.substr(0, 40), form_of(choices)),
                   "write one of " + form_of(choices), "choice");
}

template <class Enum, std::size_t N>
std::string print_choice(Enum value, const Choices<Enum, N>& choices) {
    for (const auto& choice : choices) {
        if (choice.second == value) return std::string(choice.first);
    }
    return "";
}

constexpr Choices<Affinity, 3> affinities{
    {{"none", Affinity::none}, {"client-ip", Affinity::client_ip}, {"cookie", Affinity::cookie}}};
constexpr Choices<Discipline, 2> disciplines{
    {{"first-come", Discipline::first_come}, {"processor-sharing", Discipline::sharing}}};
constexpr Choices<Addresses, 2> address_kinds{
    {{"anywhere", Addresses::anywhere}, {"one-subnet", Addresses::one_subnet}}};
constexpr Choices<Layer, 2> layers{{{"l4", Layer::l4}, {"l7", Layer::l7}}};

int whole_from_1(std::string_view s, std::string_view what) {
    const int n = Text<int>::parse(s);
    if (n < 1) throw BadValue(fmt::format("{} must be 1 or more", what), "write 1", "range");
    return n;
}

}  // namespace

ConnectionHabit Text<ConnectionHabit>::parse(std::string_view text) {
    if (text == "per-request") return {};
    ConnectionHabit habit{.kind = Connections::keep_alive};
    if (text == "keep-alive") return habit;
    if (text == "http2") return {.kind = Connections::http2};
    if (text == "browser") {  // Chrome, Firefox and Safari over HTTP/1.1: 6 connections a host
        habit.size = 6;
        return habit;
    }
    const bool http2 = text.starts_with("http2,");
    if (!http2 && !text.starts_with("keep-alive,")) {
        throw BadValue(fmt::format("'{}' is no way to hold connections", text.substr(0, 40)),
                       "write " + form(), "choice");
    }
    if (http2) habit.kind = Connections::http2;
    std::vector<Part> parts{{"idle", [&](auto s) { habit.idle = Text<Duration>::parse(s); }},
                            {"requests", [&](auto s) {
                                 habit.requests =
                                     static_cast<std::uint32_t>(whole_from_1(s, "requests"));
                             }}};
    if (!http2) parts.push_back({"size", [&](auto s) { habit.size = whole_from_1(s, "size"); }});
    read_parts(text.substr(text.find(',') + 1), parts, form());
    return habit;
}

std::string Text<ConnectionHabit>::print(const ConnectionHabit& habit) {
    if (habit.kind == Connections::per_request) return "per-request";
    std::string text = habit.kind == Connections::http2 ? "http2" : "keep-alive";
    if (habit.size != 1) text += fmt::format(",size={}", habit.size);
    if (habit.idle > Duration::zero()) text += ",idle=" + Text<Duration>::print(habit.idle);
    if (habit.requests > 0) text += fmt::format(",requests={}", habit.requests);
    return text;
}

std::string Text<ConnectionHabit>::form() {
    return "per-request, keep-alive, keep-alive,size=6,idle=60s,requests=1000, browser or http2";
}

RetryCauses Text<RetryCauses>::parse(std::string_view text) {
    RetryCauses causes;
    bool refused = false;
    for (const std::string_view word : split_settings(text)) {
        if (word == "refused") {
            refused = true;
        } else if (word == "killed") {
            causes.killed = true;
        } else if (word == "errors") {
            causes.errors = true;
        } else {
            throw BadValue(
                fmt::format("'{}' is none of refused, killed, errors", word.substr(0, 40)),
                "write " + form(), "choice");
        }
    }
    if (!refused) {
        throw BadValue("a balancer that retries at all retries a refused connection",
                       fmt::format("write refused,{}", text), "setting");
    }
    return causes;
}

std::string Text<RetryCauses>::print(const RetryCauses& causes) {
    return std::string("refused") + (causes.killed ? ",killed" : "") +
           (causes.errors ? ",errors" : "");
}

std::string Text<RetryCauses>::form() {
    return "refused, refused,killed or refused,killed,errors";
}

Ejection Text<Ejection>::parse(std::string_view text) {
    if (text == "none") return {};
    Ejection ejection;
    read_parts(text,
               {{"after", [&](auto s) { ejection.after = whole_from_1(s, "after"); }},
                {"for", [&](auto s) { ejection.length = Text<Duration>::parse(s); }},
                {"at-most", [&](auto s) { ejection.at_most = Text<Share>::parse(s); }},
                {"panic", [&](auto s) { ejection.panic = Text<Share>::parse(s); }}},
               form());
    if (ejection.after == 0) {
        throw BadValue("an ejection needs a number of failures", "write after=5", "missing");
    }
    return ejection;
}

std::string Text<Ejection>::print(const Ejection& ejection) {
    if (ejection.after == 0) return "none";
    return fmt::format("after={},for={},at-most={},panic={}", ejection.after,
                       Text<Duration>::print(ejection.length), Text<Share>::print(ejection.at_most),
                       Text<Share>::print(ejection.panic));
}

std::string Text<Ejection>::form() {
    return "none, or after=5,for=30s,at-most=10%,panic=50%";
}

SlowStart Text<SlowStart>::parse(std::string_view text) {
    SlowStart start;
    const std::size_t comma = text.find(',');
    start.length = Text<Duration>::parse(text.substr(0, comma));
    if (comma == std::string_view::npos) return start;
    read_parts(text.substr(comma + 1),
               {{"from", [&](auto s) { start.from = Text<Share>::parse(s); }},
                {"aggression", [&](auto s) { start.aggression = Text<double>::parse(s); }}},
               form());
    if (start.aggression <= 0)
        throw BadValue("aggression must be above 0", "write aggression=1", "range");
    return start;
}

std::string Text<SlowStart>::print(const SlowStart& start) {
    std::string text = Text<Duration>::print(start.length);
    if (start.from) text += ",from=" + Text<Share>::print(*start.from);
    if (start.aggression != 1) text += fmt::format(",aggression={}", start.aggression);
    return text;
}

std::string Text<SlowStart>::form() {
    return "a duration such as 30s, or 30s,from=10%,aggression=1";
}

Weights Text<Weights>::parse(std::string_view text) {
    Weights weights;
    for (const std::string_view word : split_settings(text)) {
        const auto weight = Text<std::uint32_t>::parse(word);
        if (weight < 1 || weight > 1'000'000) {
            throw BadValue("a weight must be 1 to 1000000", "write 100,50,25", "range");
        }
        weights.list.push_back(weight);
    }
    return weights;
}

std::string Text<Weights>::print(const Weights& weights) {
    return fmt::format("{}", fmt::join(weights.list, ","));
}

std::string Text<Weights>::form() {
    return "whole numbers such as 100,50,25";
}

#define STRATSIM_CHOICE(Type, choices)                 \
    Type Text<Type>::parse(std::string_view s) {       \
        return parse_choice(s, choices);               \
    }                                                  \
    std::string Text<Type>::print(const Type& value) { \
        return print_choice(value, choices);           \
    }                                                  \
    std::string Text<Type>::form() {                   \
        return form_of(choices);                       \
    }                                                  \
    static_assert(true)

STRATSIM_CHOICE(Affinity, affinities);
STRATSIM_CHOICE(Discipline, disciplines);
STRATSIM_CHOICE(Addresses, address_kinds);
STRATSIM_CHOICE(Layer, layers);

#undef STRATSIM_CHOICE

}  // namespace stratsim
