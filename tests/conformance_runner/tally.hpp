#pragma once

#include <cstddef>
#include <fmt/format.h>
#include <string>

namespace stratsim::conformance {

/// Passed and failed, with a readable line for each difference.
struct Tally {
    std::size_t passed = 0;
    std::size_t failed = 0;

    void judge(bool holds, const std::string& difference) {
        if (holds) {
            ++passed;
            return;
        }
        ++failed;
        fmt::print("{}\n", difference);
    }
    void close(const char* what) const {
        fmt::print("{}: {} passed, {} failed\n", what, passed, failed);
    }
};

}  // namespace stratsim::conformance
