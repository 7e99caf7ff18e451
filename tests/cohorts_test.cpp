#include "sim/cluster/cohorts.hpp"

#include <doctest/doctest.h>
#include <random>
#include <vector>

using namespace stratsim;

namespace {

using std::chrono::seconds;

struct Member {
    bool alive = true;
    Cohort cohort;
};

Cohort waiting(int since) {
    return {.ready = false, .created = command + seconds{since}};
}

Cohort ready(int since) {
    return {.ready = true,
            .ready_since = command + seconds{since},
            .created = command + seconds{since}};
}

/// The pods in order of deletion, as a controller finds it that looks at all of them.
std::vector<PodId> chosen_of(const std::vector<Member>& pods, const std::vector<PodId>& looked_at,
                             std::size_t count, Time now) {
    std::vector<Candidate> candidates;
    for (const PodId id : looked_at)
        candidates.push_back(pods[index_of(id)].cohort.candidate(index_of(id)));
    std::vector<PodId> chosen;
    for (const std::size_t i : chosen_victims(candidates, count, now))
        chosen.push_back(looked_at[i]);
    return chosen;
}

}  // namespace

TEST_CASE("who looks at the newest of each cohort picks the same victims as who looks at all") {
    std::mt19937 random(7);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    std::size_t compared = 0;
    for (int world = 0; world < 50; ++world) {
        std::vector<Member> pods;
        Cohorts cohorts;
        const auto join = [&](std::size_t i, const Cohort& cohort) {
            pods[i].cohort = cohort;
            cohorts.join(static_cast<PodId>(i), cohort);
        };
        for (int second = 0; second < 60; ++second) {
            for (std::size_t made = below(4); made > 0; --made) {
                pods.push_back({});
                join(pods.size() - 1, waiting(second));
            }
            for (std::size_t moves = below(4); moves > 0 && !pods.empty(); --moves) {
                const std::size_t i = below(pods.size());
                if (!pods[i].alive) continue;
                join(i, pods[i].cohort.ready ? waiting(second) : ready(second));
            }
            if (second % 3 != 0) continue;
            const Time now = command + seconds{second};
            const std::size_t count = 1 + below(3);
            std::vector<PodId> all;
            for (std::size_t i = pods.size(); i-- > 0;) {
                if (pods[i].alive) all.push_back(static_cast<PodId>(i));
            }
            const auto few = cohorts.newest(count, [&](PodId id, const Cohort& cohort) {
                return pods[index_of(id)].alive && pods[index_of(id)].cohort == cohort;
            });
            const auto chosen = chosen_of(pods, few, count, now);
            REQUIRE(chosen == chosen_of(pods, all, count, now));
            for (const PodId id : chosen) pods[index_of(id)].alive = false;
            ++compared;
        }
    }
    CHECK(compared == 1000);
}

TEST_CASE("of a cohort no more is looked at than may go, whatever its size") {
    Cohorts cohorts;
    for (std::uint32_t i = 0; i < 100'000; ++i) cohorts.join(PodId{i}, ready(0));
    std::size_t asked = 0;
    std::uint32_t left = 100'000;
    const auto is_of = [&](PodId id, const Cohort&) {
        ++asked;
        return index_of(id) < left;
    };
    for (int round = 0; round < 1000; ++round) {
        const auto newest = cohorts.newest(3, is_of);
        REQUIRE(newest == std::vector{PodId{left - 1}, PodId{left - 2}, PodId{left - 3}});
        left -= 3;
    }
    CHECK(asked <= 6 * 1000);
}
