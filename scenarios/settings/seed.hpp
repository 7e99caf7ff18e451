#pragma once

#include "scenarios/settings/units.hpp"

#include <cstdint>

namespace stratsim {

/// Of all random numbers; `1:42` begins with the run that is number 42 of those with seed 1, so
/// that any run can be seen again by itself.
struct Seed {
    std::uint64_t number = 1;
    std::uint64_t first_run = 0;

    Seed() = default;
    // A plain number is a seed. NOLINTNEXTLINE(google-explicit-constructor)
    Seed(std::uint64_t n, std::uint64_t run = 0) : number(n), first_run(run) {}
    friend bool operator==(const Seed&, const Seed&) = default;
};

template <>
struct Text<Seed> {
    static Seed parse(std::string_view s);
    static std::string print(const Seed& seed);
    static std::string form();
};

}  // namespace stratsim
