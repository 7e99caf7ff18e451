#include "tests/conserved.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

// The same as in the everyday test, with new configurations every time.

using namespace stratsim;

TEST_CASE("any configuration conserves its requests") {
    const bool holds = rc::check([] {
        const auto config = *rc::gen::arbitrary<std::uint64_t>();
        const auto missing = missing_from_the_books(config);
        RC_ASSERT(missing.value_or("nothing") == "nothing");
    });
    CHECK(holds);
}
