#include "tests/strategy_laws.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>
#include <type_traits>
#include <utility>

using namespace stratsim;
using laws::broken;
using laws::Question;

namespace {

PodCount pods(int n) {
    return {n, false};
}

/// Calls `visit(question)` for every size up to 8 pods and every surge and unavailable.
template <class Visit>
void every_rolling_case(Visit visit) {
    for (int n = 1; n <= 8; ++n) {
        for (int surge = 0; surge <= 4; ++surge) {
            for (int unavailable = 0; unavailable <= n; ++unavailable) {
                if (surge + unavailable == 0) continue;
                visit(Question{.strategy = "rolling",
                               .replicas = n,
                               .overtaken = true,
                               .posts = {surge, unavailable},
                               .keeps_posts = true});
            }
        }
    }
}

Rolling rolling(const Question& q) {
    return {pods(q.posts.surge), pods(q.posts.unavailable)};
}

BlueGreen blue_green() {
    BlueGreen s;
    s.keep_old = std::chrono::minutes{1};
    s.hold = std::chrono::minutes{1};
    s.qa = {1};
    return s;
}

Canary canary(Split split) {
    Canary s;
    s.split = split;
    s.hold = std::chrono::minutes{1};
    s.keep_old = std::chrono::minutes{1};
    s.steps = {{100'000}, {500'000}};
    return s;
}

Question whole(std::string strategy, int n, bool can_harm) {
    Question q;
    q.strategy = std::move(strategy);
    q.replicas = n;
    q.overtaken = true;
    q.can_harm = can_harm;
    q.one_version = q.strategy == "recreate";
    q.full_switch = q.strategy == "blue-green";
    q.steps = q.strategy == "canary" ? 2 : 0;
    q.stable_returns = q.strategy == "canary";
    return q;
}

/// A decision with one mistake in it.
template <class S, class Mistake>
laws::DecideFunction mutant(S strategy, Mistake mistake) {
    return [decide = laws::with_any_memory(strategy), mistake](const Observed& seen,
                                                               const laws::Remembered& memory) {
        auto decision = decide(seen, memory);
        if constexpr (std::is_invocable_v<Mistake, const Observed&, Desired&>) {
            mistake(seen, decision.what);
        } else {
            mistake(decision.memory.progress);
        }
        return decision;
    };
}

/// It takes the revision that was made last for the one that users are on.
template <class S>
laws::DecideFunction blind_to_stable(S strategy) {
    return
        [decide = laws::with_any_memory(strategy)](Observed seen, const laws::Remembered& memory) {
            for (RevisionSeen& old : seen.old_revisions)
                old.stable = &old == &seen.old_revisions.back();
            return decide(seen, memory);
        };
}

bool caught(const laws::DecideFunction& decide, const Question& q) {
    std::size_t states = 0;
    return !broken(decide, q, states).empty();
}

}  // namespace

TEST_CASE("rolling keeps its promises in every reachable state of 8 pods and 3 revisions") {
    std::size_t states = 0;
    every_rolling_case([&](const Question& q) {
        const Rolling s = rolling(q);
        const auto laws = broken(laws::with_any_memory(s), q, states);
        INFO("replicas ", q.replicas, " surge ", q.posts.surge, " unavailable ",
             q.posts.unavailable);
        CHECK_MESSAGE(laws.empty(), fmt::format("{}", fmt::join(laws, "; ")));
    });
    CHECK(states > 10'000);
}

TEST_CASE("recreate, blue-green and canary keep their promises in every reachable state") {
    std::size_t states = 0;
    for (int n = 1; n <= 8; ++n) {
        const auto holds = [&](const auto& s, const Question& q) {
            const auto laws = broken(laws::with_any_memory(s), q, states);
            INFO(q.strategy, " replicas ", n);
            CHECK_MESSAGE(laws.empty(), fmt::format("{}", fmt::join(laws, "; ")));
        };
        holds(Recreate{}, whole("recreate", n, false));
        holds(blue_green(), whole("blue-green", n, true));
        holds(canary(Split::router), whole("canary", n, true));
        Question by_pods = whole("canary", n, true);
        by_pods.keeps_posts = true;
        const Canary s = canary(Split::pods);
        by_pods.posts = resolve_fenceposts(s.max_surge, s.max_unavailable, n);
        holds(s, by_pods);
    }
    CHECK(states > 2'000);
}

TEST_CASE("a mistake in rolling breaks a law") {
    const Question q{.strategy = "rolling", .replicas = 4, .posts = {1, 1}, .keeps_posts = true};
    const Rolling s{pods(1), pods(1)};
    CHECK_FALSE(caught(mutant(s, [](const Observed&, Desired&) {}), q));
    CHECK(caught(laws::with_any_memory(Rolling{pods(2), pods(1)}), q));
    CHECK(caught(laws::with_any_memory(Rolling{pods(1), pods(2)}), q));
    // The ceiling does not see unready old pods.
    CHECK(caught(
        [&](Observed o, const laws::Remembered&) -> Decision<Desired, laws::Remembered> {
            const Observed truth = o;
            for (RevisionSeen& old : o.old_revisions) old.size = old.available;
            Desired d = s.decide(o).what;
            for (std::size_t i = 0; i < d.old_sizes.size(); ++i) {
                d.old_sizes[i] += truth.old_revisions[i].size - o.old_revisions[i].size;
            }
            return {std::move(d), {}};
        },
        q));
    // Old pods come back.
    CHECK(caught(mutant(s,
                        [](const Observed& o, Desired& d) {
                            if (o.new_revision.available == 2 && d.old_sizes[0] < 3)
                                ++d.old_sizes[0];
                        }),
                 q));
    // The last old pod never goes.
    CHECK(caught(mutant(s, [](const Observed&,
                              Desired& d) { d.old_sizes[0] = std::max(1, d.old_sizes[0]); }),
                 q));
    // Unready pods count as available.
    CHECK(caught(
        [&](Observed o, const laws::Remembered& memory) {
            o.new_revision.available = o.new_revision.pods;
            return laws::with_any_memory(s)(o, memory);
        },
        q));
}

TEST_CASE("a mistake in recreate breaks a law") {
    const Question q = whole("recreate", 3, false);
    CHECK_FALSE(caught(mutant(Recreate{}, [](const Observed&, Desired&) {}), q));
    CHECK(caught(
        mutant(Recreate{}, [](const Observed& o, Desired& d) { d.new_size = o.new_revision.size; }),
        q));
    CHECK(caught(mutant(Recreate{},
                        [](const Observed& o, Desired& d) {
                            if (o.old_revisions[0].pods == 0)
                                d.new_size = o.replicas;  // terminating ones forgotten
                        }),
                 q));
    CHECK(caught(
        mutant(Recreate{},
               [](const Observed&, Desired& d) { d.old_sizes[0] = std::max(1, d.old_sizes[0]); }),
        q));
}

TEST_CASE("a mistake in blue-green breaks a law") {
    const Question q = whole("blue-green", 3, true);
    const BlueGreen s = blue_green();
    CHECK_FALSE(caught(mutant(s, [](const Observed&, Desired&) {}), q));
    // Blue never retires.
    CHECK(caught(mutant(s, [](const Observed& o, Desired& d) { d.old_sizes[0] = o.replicas; }), q));
    // Users move as soon as one green pod is up.
    CHECK(caught(mutant(s,
                        [](const Observed& o, Desired& d) {
                            if (o.new_revision.available > 0 && !d.progress.aborted)
                                d.to_new = everything;
                        }),
                 q));
    // Blue goes before users have left.
    CHECK(caught(mutant(s,
                        [](const Observed& o, Desired& d) {
                            if (o.new_revision.available == o.replicas && !d.progress.aborted)
                                d.old_sizes[0] = 0;
                        }),
                 q));
    // What was given up is tried again.
    CHECK(caught(mutant(s, [](RolloutProgress& p) { p.aborted = false; }), q));
    // Overtaken by a third version, it keeps the second for blue.
    CHECK(caught(blind_to_stable(s), q));
}

TEST_CASE("a mistake in canary breaks a law") {
    const Canary s = canary(Split::pods);
    Question q = whole("canary", 4, true);
    q.keeps_posts = true;
    q.posts = resolve_fenceposts(s.max_surge, s.max_unavailable, 4);
    CHECK_FALSE(caught(mutant(s, [](const Observed&, Desired&) {}), q));
    // A rollback keeps one new pod.
    CHECK(caught(mutant(s,
                        [](const Observed& o, Desired& d) {
                            if (d.progress.aborted)
                                d.new_size = std::max(d.new_size, std::min(1, o.new_revision.size));
                        }),
                 q));
    // The steps never end.
    CHECK(caught(mutant(s, [](RolloutProgress& p) { p.step = std::min(p.step, 1); }), q));
    // One pod too many.
    CHECK(caught(mutant(s,
                        [](const Observed& o, Desired& d) {
                            if (d.new_size > 0 && d.new_size < o.replicas) d.new_size += 2;
                        }),
                 q));
    // Overtaken by a third version, it keeps the second for the stable one.
    CHECK(caught(blind_to_stable(s), q));
    // It forgets that it went back.
    CHECK(caught(mutant(s, [](RolloutProgress& p) { p.aborted = false; }), q));
}
