#include "sim/world.hpp"

#include "strategies/strategy.hpp"
#include "tests/fuzzed_setup.hpp"
#include "tests/told.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <string>
#include <vector>

// The world is moved by time and by moves only: where time is cut makes no difference, nor does it
// whether a move was known before or is made when its instant has come.

using namespace stratsim;

namespace {

move::Pods any_pods(Dice& dice) {
    move::Pods pods{.count = static_cast<int>(dice.upto(3))};
    if (dice.coin()) pods.version = dice.upto(2);
    return pods;
}

/// A template that nobody knows before it is applied, or one that runs.
PodTemplate any_template(Dice& dice, const Setup& setup) {
    const std::uint32_t which = dice.upto(2);
    if (which < 2) return setup.version(which);
    PodTemplate later = setup.version(1);
    later.version = 2;
    later.boot = Distribution::fixed(std::chrono::milliseconds{700});
    later.discipline = Discipline::first_come;
    return later;
}

Move any_move(Dice& dice, const Setup& setup) {
    switch (dice.upto(10)) {
        case 0:
            return move::Scale{static_cast<int>(dice.upto(8))};
        case 1:
            return move::Pause{};
        case 2:
            return move::Resume{};
        case 3:
            return move::Delete{any_pods(dice)};
        case 4:
            return move::Fail{any_pods(dice)};
        case 5:
            return move::Recover{any_pods(dice)};
        case 6:
            return move::SetPartition{static_cast<int>(dice.upto(3))};
        case 7:
            return move::Expose{{dice.upto(1)}};
        case 8:
            return move::Undo{};
        case 9:
            return move::Create{1, any_template(dice, setup), static_cast<int>(dice.upto(3))};
        default:
            return move::Apply{any_template(dice, setup)};
    }
}

/// A rollout to which things are done; before the command, at it, and later.
struct Case {
    Setup setup;
    Strategy strategy;
    std::vector<TimedMove> moves;
};

Case any_case(std::uint64_t number) {
    Dice dice(1'000'000 + number);
    Case made;
    made.setup = fuzzed(number);
    const std::array<Strategy, 4> strategies{Recreate{}, Rolling{}, BlueGreen{},
                                             Canary{.hold = std::chrono::seconds{3}}};
    made.strategy = strategies[dice.upto(3)];
    Setup& setup = made.setup;
    setup.rolls_out = dice.upto(3) > 0;
    setup.visitors.rate = 5 + dice.upto(10);
    setup.visitors.users = 1 + dice.upto(4);
    setup.min_ready = dice.ms(1500);
    if (dice.upto(3) == 0) {
        setup.kind = WorkloadKind::statefulset;
        setup.needs_second_set = std::holds_alternative<BlueGreen>(made.strategy);
    }
    if (dice.upto(3) == 0) setup.undo_after = dice.ms(6000);
    setup.progress_deadline = std::chrono::seconds{20};
    if (dice.upto(3) == 0) setup.start = command - dice.ms(3000);
    const auto lead = std::chrono::duration_cast<std::chrono::milliseconds>(command - setup.start);
    const std::uint32_t moves = 1 + dice.upto(4);
    for (std::uint32_t i = 0; i < moves; ++i) {
        // Often several at one instant.
        const Duration after = std::chrono::milliseconds{500} * dice.upto(24);
        made.moves.push_back(
            {setup.start + std::min<Duration>(after, after + lead), any_move(dice, setup)});
    }
    std::ranges::stable_sort(made.moves, {}, &TimedMove::at);
    return made;
}

Controller decided_by(const Strategy& strategy) {
    return {controller_of(strategy), Controller(Rolling{})};
}

/// All that a world told and left behind when its moves stand in the setup.
std::string written_down(const Case& of, const std::vector<TimedMove>& moves) {
    Setup setup = of.setup;
    setup.actions = moves;
    return world_told([&](const Witness& witness) {
        auto world = std::make_unique<World>(setup, decided_by(of.strategy), witness);
        world->settle();
        return world;
    });
}

/// The same when they are made as time comes, which is cut here and there besides.
std::string made_live(const Case& of, std::vector<TimedMove>* moves) {
    Dice dice(2'000'000 + of.setup.seed);
    return world_told([&](const Witness& witness) {
        auto world = std::make_unique<World>(of.setup, decided_by(of.strategy), witness);
        for (const TimedMove& next : of.moves) {
            const Duration ahead = next.at - world->now();
            world->run_until(world->now() + ahead * static_cast<std::int64_t>(dice.upto(4)) / 4);
            world->run_until(next.at);
            world->inject(next.what);
        }
        if (world->next_change() != never) world->run_until(world->next_change());
        world->settle();
        if (moves != nullptr) *moves = world->moves();
        return world;
    });
}

}  // namespace

TEST_CASE("moves made live lead to the same bytes as the same moves in the setup") {
    std::size_t lively = 0;
    for (std::uint64_t number = 0; number < 1000; ++number) {
        const Case made = any_case(number);
        CAPTURE(number);
        const std::string before = written_down(made, made.moves);
        std::vector<TimedMove> moves;
        const std::string live = made_live(made, &moves);
        const auto differs = std::ranges::mismatch(live, before).in1 - live.begin();
        CAPTURE(differs);
        REQUIRE((live == before));
        CHECK(moves.size() >= made.moves.size());
        if (number % 10 == 0 && written_down(made, {}) != before) ++lively;
        // What a world did, a person's undo among it, can be done again.
        if (!made.setup.undo_after) continue;
        Case again = made;
        again.setup.undo_after.reset();
        REQUIRE((written_down(again, moves) == before));
    }
    CHECK(lively > 80);  // of 100; else the moves would prove little
}

TEST_CASE("a world says when it changes next, and that it has settled") {
    Setup setup;
    setup.revisions.resize(2);
    setup.revisions[0].boot = setup.revisions[1].boot =
        Distribution::fixed(std::chrono::seconds{3});
    const Witness nobody = [](Time, const Fact&) {};
    World world(setup, decided_by(Rolling{}), nobody);
    CHECK(world.next_change() == command);
    world.run_until(command + std::chrono::seconds{1});
    CHECK(world.next_change() == command + std::chrono::seconds{3});
    std::size_t changes = 0;
    while (world.next_change() != never) {
        world.run_until(world.next_change() + Duration{1});
        ++changes;
    }
    CHECK(changes > 4);
    CHECK(world.outcome() == RolloutOutcome::complete);
    const Time settled = world.now();
    world.run_until(settled + std::chrono::hours{1});
    world.inject(move::Delete{});
    CHECK(world.next_change() == settled + std::chrono::hours{1});
    CHECK(world.moves().empty());
    world.settle();
    CHECK(world.moves().size() == 1);
    CHECK(world.settled() >= settled + std::chrono::hours{1} + std::chrono::seconds{3});
}
