#include "scenarios/settings/seed.hpp"

#include <fmt/format.h>

namespace stratsim {

Seed Text<Seed>::parse(std::string_view s) {
    using Whole = Text<std::uint64_t>;
    const auto colon = s.find(':');
    if (colon == std::string_view::npos) return Whole::parse(s);
    return {Whole::parse(s.substr(0, colon)), Whole::parse(s.substr(colon + 1))};
}

std::string Text<Seed>::print(const Seed& seed) {
    return seed.first_run == 0 ? fmt::format("{}", seed.number)
                               : fmt::format("{}:{}", seed.number, seed.first_run);
}

std::string Text<Seed>::form() {
    return "a whole number, 0 or more; 1:42 for run 42 of seed 1";
}

}  // namespace stratsim
