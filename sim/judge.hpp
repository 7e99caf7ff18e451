#pragma once

#include "sim/decision.hpp"
#include "sim/time.hpp"

#include <concepts>
#include <cstdint>
#include <span>

namespace stratsim {

/// Answers of one version, and how many of them were errors.
struct Answers {
    std::uint64_t all = 0;
    std::uint64_t errors = 0;
};

/// What both versions answered in a stretch of time.
struct Window {
    Time from{};
    Time until{};
    Answers old{};
    Answers fresh{};
};

/// What a judge says of a release.
enum class ReleaseVerdict { keep, take_back, undecided };

/// Whoever decides by counts whether a release fails its users: windows in order of time go in, a
/// verdict comes out.
template <class J>
concept Judge = requires(const J judge, std::span<const Window> windows,
                         const typename J::Memory& memory) {
    {
        judge.verdict(windows, memory)
        } -> std::same_as<Decision<ReleaseVerdict, typename J::Memory>>;
    requires std::equality_comparable<typename J::Memory>;
};

}  // namespace stratsim
