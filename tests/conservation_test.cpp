#include "tests/conserved.hpp"

#include <doctest/doctest.h>

// No request gets lost on the way to the ledger, whatever mechanisms meet.

using namespace stratsim;

TEST_CASE("a request is conserved through every mechanism, by version and by pod") {
    for (std::uint64_t config = 0; config < 400; ++config) {
        INFO("configuration ", config);
        CHECK(missing_from_the_books(config).value_or("nothing") == "nothing");
    }
}
