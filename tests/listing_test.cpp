#include "sim/network/listing.hpp"

#include <doctest/doctest.h>

using namespace stratsim;

namespace {

Time at(int s) {
    return Time{std::chrono::seconds{s}};
}
PodId pod(std::uint32_t i) {
    return static_cast<PodId>(i);
}

}  // namespace

TEST_CASE("with no ready endpoint the terminating ones serve, if the consumer falls back") {
    for (const bool falls_back : {true, false}) {
        Listing listing(falls_back);
        listing.hear(pod(0), 0, Heard::ready, Accepts::now, at(0));
        listing.hear(pod(1), 0, Heard::ready, Accepts::now, at(0));
        CHECK(listing.candidates(0).size == 2);
        listing.hear(pod(0), 0, Heard::terminating, Accepts::now, at(1));
        CHECK(listing.candidates(0).size == 1);  // a ready one is left: the other gets nothing
        listing.hear(pod(1), 0, Heard::terminating, Accepts::now, at(1));
        CHECK(listing.candidates(0).size == (falls_back ? 2 : 0));
        listing.hear(pod(0), 0, Heard::gone, Accepts::no_longer, at(2));
        CHECK(listing.count().listed == (falls_back ? 1 : 0));
    }
}

TEST_CASE("news that come late do not bring a pod back") {
    Listing listing(false);
    listing.hear(pod(0), 0, Heard::terminating, Accepts::now, at(1));
    listing.hear(pod(0), 0, Heard::ready, Accepts::now, at(2));
    CHECK(listing.candidates(0).size == 0);
}

TEST_CASE("a router sends each version its part and nothing to a version without endpoints") {
    Listing listing(true);
    listing.hear(pod(0), 0, Heard::ready, Accepts::now, at(0));
    listing.hear(pod(1), 1, Heard::ready, Accepts::now, at(0));
    listing.route(std::vector<Share>{{900'000}, {100'000}}, at(0));
    int fresh = 0;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        const Candidates c = listing.candidates(i * 4'294'967U);
        REQUIRE(c.size == 1);
        fresh += c[0] == pod(1) ? 1 : 0;
    }
    CHECK(fresh == doctest::Approx(100).epsilon(0.02));
    listing.route(std::vector<Share>{nothing, everything}, at(1));
    listing.hear(pod(1), 1, Heard::gone, Accepts::no_longer, at(1));
    CHECK(listing.candidates(7).size == 0);
}

TEST_CASE("a pod expects its part of the requests for as long as it is listed") {
    Listing listing(true);
    listing.hear(pod(0), 0, Heard::ready, Accepts::now, at(0));
    listing.hear(pod(1), 0, Heard::ready, Accepts::now, at(10));
    listing.hear(pod(0), 0, Heard::gone, Accepts::no_longer, at(30));
    CHECK(listing.expected_seconds(pod(0), at(50)) == doctest::Approx(10 + 10));
    CHECK(listing.expected_seconds(pod(1), at(50)) == doctest::Approx(10 + 20));
}

TEST_CASE("the consumer does not know that a pod stopped listening, but the count does") {
    Listing listing(true);
    listing.hear(pod(0), 0, Heard::ready, Accepts::now, at(0));
    listing.hear(pod(1), 1, Heard::ready, Accepts::now, at(0));
    listing.accepting_changed(pod(0), Accepts::no_longer, at(50));
    CHECK(listing.count() == EndpointCount{2, 1, true, true});
    CHECK(listing.candidates(0).size == 2);
}
