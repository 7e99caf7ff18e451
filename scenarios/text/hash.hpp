#pragma once

#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace stratsim {

/// Fowler, Noll and Vo's hash 1a of 64 bits: a name for some bytes that never changes. Not against
/// those who want two of them to be alike.
class Hash {
  public:
    void add(unsigned char byte) {
        state_ ^= byte;
        state_ *= 0x100000001b3ULL;
    }
    void add(std::string_view bytes) {
        for (const char c : bytes) add(static_cast<unsigned char>(c));
    }
    /// 16 hexadecimal digits.
    std::string text() const { return fmt::format("{:016x}", state_); }

  private:
    std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace stratsim
