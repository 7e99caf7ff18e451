#include "sim/random.hpp"

namespace stratsim {

namespace {

__extension__ using Wide = unsigned __int128;

struct Product {
    std::uint64_t high;
    std::uint64_t low;
};

Product multiply(std::uint64_t a, std::uint64_t b) {
    const Wide wide = static_cast<Wide>(a) * b;
    return {static_cast<std::uint64_t>(wide >> 64), static_cast<std::uint64_t>(wide)};
}

}  // namespace

Block philox(std::array<std::uint64_t, 4> counter, std::array<std::uint64_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const Product a = multiply(0xD2E7470EE14C6C93ULL, counter[0]);
        const Product b = multiply(0xCA5A826395121157ULL, counter[2]);
        counter = {b.high ^ counter[1] ^ key[0], b.low, a.high ^ counter[3] ^ key[1], a.low};
        key[0] += 0x9E3779B97F4A7C15ULL;
        key[1] += 0xBB67AE8584CAA73BULL;
    }
    return {counter};
}

}  // namespace stratsim
