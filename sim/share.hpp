#pragma once

#include <algorithm>
#include <cstdint>

namespace stratsim {

/// A part of the whole in millionths, 0 to 1000000: exact where 0.1 as a double is not.
struct Share {
    std::int64_t millionths = 0;

    double fraction() const { return static_cast<double>(millionths) / 1e6; }
    friend auto operator<=>(const Share&, const Share&) = default;
};

inline constexpr Share nothing{0};
inline constexpr Share everything{1'000'000};

/// A number of pods, given outright or as a part of the replicas (Kubernetes' IntOrString).
struct PodCount {
    std::int64_t value = 0;  ///< pods, or millionths when `relative`
    bool relative = false;

    /// Rounded up; whole percents come out exactly.
    int rounded_up(int replicas) const {
        if (!relative) return clamp(value);
        return clamp((value * replicas + 999'999) / 1'000'000);
    }
    int rounded_down(int replicas) const {
        if (!relative) return clamp(value);
        return clamp(value * replicas / 1'000'000);
    }
    friend bool operator==(const PodCount&, const PodCount&) = default;

  private:
    static int clamp(std::int64_t pods) {
        return static_cast<int>(std::clamp<std::int64_t>(pods, 0, 2'000'000'000));
    }
};

}  // namespace stratsim
