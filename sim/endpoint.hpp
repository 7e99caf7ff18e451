#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stratsim {

enum class PodId : std::uint32_t {};
inline constexpr PodId no_pod{0xffffffffU};
constexpr std::size_t index_of(PodId pod) {
    return static_cast<std::size_t>(pod);
}

/// Whether a pod's program takes connections.
enum class Accepts : std::uint8_t { not_yet, now, no_longer };

/// What a consumer of the endpoints believes of a pod.
enum class Heard : std::uint8_t { unknown, ready, terminating, gone };

/// How many pods get requests.
struct EndpointCount {
    std::size_t listed = 0;
    std::size_t accepting = 0;
    bool old_listed = false;  ///< some candidate of a revision that ran at t = 0
    bool new_listed = false;  ///< some candidate of a later revision
    friend bool operator==(const EndpointCount&, const EndpointCount&) = default;
};

/// A value per pod that grows as pods come.
template <class Value>
class ByPod {
  public:
    Value& operator[](PodId pod) {
        if (index_of(pod) >= values_.size()) values_.resize(index_of(pod) + 1);
        return values_[index_of(pod)];
    }

  private:
    std::vector<Value> values_;
};

}  // namespace stratsim
