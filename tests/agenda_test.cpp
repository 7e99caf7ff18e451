#include "sim/agenda.hpp"

#include <algorithm>
#include <cstdint>
#include <doctest/doctest.h>
#include <vector>

using namespace stratsim;

TEST_CASE("things come in order of time, and those of one instant in the order they were noted") {
    Agenda<int> agenda;
    CHECK(agenda.next() == never);
    agenda.add(Time{Duration{30}}, 1);
    agenda.add(Time{Duration{10}}, 2);
    agenda.add(Time{Duration{30}}, 3);
    agenda.add(Time{Duration{10}}, 4);
    CHECK(agenda.next() == Time{Duration{10}});
    CHECK(agenda.take() == 2);
    CHECK(agenda.take() == 4);
    CHECK(agenda.take() == 1);
    CHECK(agenda.take() == 3);
    CHECK(agenda.empty());
}

TEST_CASE("an agenda of any size agrees with a sorted list") {
    Agenda<std::uint64_t> agenda;
    std::vector<std::pair<std::int64_t, std::uint64_t>> expected;
    std::uint64_t x = 12345;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto at = static_cast<std::int64_t>(x >> 56);
        agenda.add(Time{Duration{at}}, i);
        expected.emplace_back(at, i);
    }
    std::sort(expected.begin(), expected.end());
    for (const auto& [at, i] : expected) {
        REQUIRE(agenda.next() == Time{Duration{at}});
        REQUIRE(agenda.take() == i);
    }
}
