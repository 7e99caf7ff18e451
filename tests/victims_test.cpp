#include "sim/cluster/victims.hpp"

#include <doctest/doctest.h>

using namespace stratsim;

namespace {

using Stage = Candidate::Stage;
using std::chrono::hours;
using std::chrono::seconds;

constexpr Time now = command + hours{100};

Candidate ready_for(Duration time, std::uint64_t identity = 0) {
    return {.ready = true, .ready_since = now - time, .identity = identity};
}

/// One of them goes first, and it is always the same one.
bool only_first(const Candidate& a, const Candidate& b) {
    return goes_before(a, b, now) && !goes_before(b, a, now);
}

}  // namespace

TEST_CASE("a shrinking set takes what has come least far") {
    const Candidate running{.stage = Stage::running};
    CHECK(only_first({.stage = Stage::unscheduled}, {.stage = Stage::pending}));
    CHECK(only_first({.stage = Stage::pending}, {.stage = Stage::unknown}));
    CHECK(only_first({.stage = Stage::unknown}, running));
    CHECK(only_first(running, ready_for(seconds{1})));
    // Readiness of which nobody knows since when, then the younger one.
    CHECK(only_first({.ready = true}, ready_for(seconds{0})));
    CHECK(only_first(ready_for(seconds{1}), ready_for(hours{1})));
}

TEST_CASE("a low deletion cost outweighs neighbours, and they outweigh readiness") {
    Candidate cheap = ready_for(hours{9});
    cheap.deletion_cost = -1;
    Candidate crowded = ready_for(hours{5});
    crowded.neighbours = 2;
    CHECK(only_first(cheap, crowded));
    CHECK(only_first(crowded, ready_for(seconds{1})));
}

TEST_CASE("readiness and age count in powers of two, and the UID decides between equals") {
    CHECK(only_first(ready_for(hours{2}), ready_for(hours{5})));
    CHECK(only_first(ready_for(hours{8}, 1), ready_for(hours{5}, 2)));
    CHECK(only_first(ready_for(hours{5}, 1), ready_for(hours{8}, 2)));
    const auto born = [](Duration age, std::uint64_t identity) {
        return Candidate{.created = now - age, .identity = identity};
    };
    CHECK(only_first(born(hours{2}, 2), born(hours{5}, 1)));
    CHECK(only_first(born(hours{8}, 1), born(hours{5}, 2)));
}

TEST_CASE("of pods that are ready alike the one that restarted more goes first") {
    Candidate restarted = ready_for(hours{1});
    restarted.restarts = 1;
    Candidate sidecar = ready_for(hours{1});
    sidecar.sidecar_restarts = 3;
    CHECK(only_first(restarted, sidecar));
    CHECK(only_first(sidecar, ready_for(hours{1})));
}

TEST_CASE("nobody is ranked when all go") {
    const std::vector<Candidate> pods{ready_for(hours{9}), ready_for(seconds{1})};
    CHECK(chosen_victims(pods, 2, now) == std::vector<std::size_t>{0, 1});
    CHECK(chosen_victims(pods, 1, now) == std::vector<std::size_t>{1});
    CHECK(chosen_victims(pods, 0, now).empty());
}
