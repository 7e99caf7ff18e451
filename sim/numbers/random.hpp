#pragma once

#include <array>
#include <cstdint>

namespace stratsim {

/// What a random number decides; one concern drawing more never shifts another.
enum class Concern : std::uint32_t {
    request,
    think,
    warm_up,
    boot,
    propagation,
    shutdown,
    side_traffic,
    retry,
    client,
    address,
    aggregate_bin,
    aggregate_pod,
    aggregate_latency,
    in_flight,
    probe,
    aggregate_cause,
};

/// Four independent 64-bit words: all that one request or one pod needs.
struct Block {
    std::array<std::uint64_t, 4> words;

    /// Uniform on the open interval (0, 1), from all 53 bits of word `i`.
    double uniform(std::size_t i) const {
        return (static_cast<double>(words[i] >> 11) + 0.5) * 0x1p-53;
    }
    /// Two halves of word `i`, for choices that need fewer bits.
    std::uint32_t high(std::size_t i) const { return static_cast<std::uint32_t>(words[i] >> 32); }
    std::uint32_t low(std::size_t i) const { return static_cast<std::uint32_t>(words[i]); }
};

/// Philox4x64-10 (Salmon et al., SC 2011): a bijection of counters, no state. Every request takes
/// one, so it is here, where it can be inlined.
inline Block philox(std::array<std::uint64_t, 4> counter, std::array<std::uint64_t, 2> key) {
    __extension__ using Wide = unsigned __int128;
    for (int round = 0; round < 10; ++round) {
        const Wide a = static_cast<Wide>(0xD2E7470EE14C6C93ULL) * counter[0];
        const Wide b = static_cast<Wide>(0xCA5A826395121157ULL) * counter[2];
        counter = {static_cast<std::uint64_t>(b >> 64) ^ counter[1] ^ key[0],
                   static_cast<std::uint64_t>(b),
                   static_cast<std::uint64_t>(a >> 64) ^ counter[3] ^ key[1],
                   static_cast<std::uint64_t>(a)};
        key[0] += 0x9E3779B97F4A7C15ULL;
        key[1] += 0xBB67AE8584CAA73BULL;
    }
    return {counter};
}

/// Random numbers by key: (seed, replication) names the world, (concern, entity, index) the number.
/// Nothing depends on the order of drawing, so strategies face the same visitors.
class Randomness {
  public:
    Randomness(std::uint64_t seed, std::uint64_t replication) : key_{seed, replication} {}

    Block block(Concern concern, std::uint64_t entity, std::uint64_t index = 0) const {
        return philox({index, entity, static_cast<std::uint64_t>(concern), 0}, key_);
    }

  private:
    std::array<std::uint64_t, 2> key_;
};

/// A further word out of one that is already random (Steele et al. 2014, SplitMix64): for the
/// second and third choice of a balancer, where a whole block would cost more than the choice.
constexpr std::uint64_t mixed(std::uint64_t word, std::uint64_t index) {
    std::uint64_t z = word + (index + 1) * 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// A whole number below `bound`, as even as 32 bits allow.
constexpr std::uint32_t below(std::uint32_t bound, std::uint32_t random) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(random) * bound) >> 32);
}

}  // namespace stratsim
