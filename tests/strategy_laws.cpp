#include "tests/strategy_laws.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace stratsim::laws {

namespace {

constexpr Time instant = command + std::chrono::hours{10};
constexpr Duration long_ago = std::chrono::minutes{1};  // the hold of every strategy under test

Observed observe(const State& s, const Question& q) {
    Observed seen;
    seen.now = instant;
    seen.replicas = q.replicas;
    const auto view = [](const Fleet& f) {
        return RevisionSeen{.size = f.size,
                            .pods = f.unready + f.ready,
                            .ready = f.ready,
                            .available = f.ready,
                            .terminating = f.terminating,
                            .answers = 1000,
                            .errors = 0};
    };
    for (std::size_t i = 0; i + 1 < s.fleets.size(); ++i) {
        seen.old_revisions.push_back(view(s.fleets[i]));
        seen.old_revisions.back().stable = i == s.stable;
    }
    seen.new_revision = view(s.fleets.back());
    if (s.harmful) seen.new_revision.errors = 900;
    seen.side_answers = 100;
    seen.side_errors = s.harmful ? 90 : 0;
    if (s.to_new) seen.to_new = Share{*s.to_new};
    seen.back_to_stable = s.back;
    return seen;
}

Remembered memory_of(const State& s) {
    Remembered memory{.progress = {s.step, s.switched, s.aborted}, .since = {}};
    if (s.stage_begun) memory.since = s.stage_over ? instant - long_ago : instant;
    return memory;
}

void resize(Fleet& fleet, int size, bool lingering) {
    fleet.size = size;
    int surplus = fleet.unready + fleet.ready - size;
    if (surplus < 0) fleet.unready -= surplus;
    const int unready = std::clamp(surplus, 0, fleet.unready);
    fleet.unready -= unready;
    surplus -= unready;
    const int ready = std::clamp(surplus, 0, fleet.ready);
    fleet.ready -= ready;
    // None or some: nobody asks how many.
    if (lingering && unready + ready > 0) fleet.terminating = 1;
}

int available(const State& s) {
    int sum = 0;
    for (const Fleet& f : s.fleets) sum += f.ready;
    return sum;
}
int sizes(const State& s) {
    int sum = 0;
    for (const Fleet& f : s.fleets) sum += f.size;
    return sum;
}
int old_sizes(const State& s) {
    return sizes(s) - s.fleets.back().size;
}

bool finished(const State& s, const Question& q) {
    if (s.aborted) {
        return s.fleets.back().size == 0 && old_sizes(s) == q.replicas &&
               s.fleets[s.stable].size == q.replicas && available(s) >= q.replicas;
    }
    // A step still stands, even if it shows everything; the way back has none.
    if (!s.back && s.step < q.steps) return false;
    return s.fleets.back().ready >= q.replicas && old_sizes(s) == 0;
}

class Explorer {
  public:
    Explorer(const DecideFunction& decide, const Question& question)
        : decide_(decide), q_(question) {}

    std::set<std::string> explore(std::size_t& states) {
        State start;
        start.fleets.resize(2);
        start.fleets.front() = {q_.replicas, 0, q_.replicas, 0};
        visit(start);
        if (q_.can_harm) {
            start.harmful = true;
            visit(start);
        }
        while (!open_.empty() && broken_.size() < 20) {
            const State state = open_.front();
            open_.pop_front();
            step(state);
        }
        states += seen_.size();
        if (broken_.empty()) check_progress();
        return broken_;
    }

  private:
    void visit(const State& state) {
        if (seen_.insert(state).second) open_.push_back(state);
    }

    void violated(const std::string& law) { broken_.insert(law); }

    /// One decision, applied; the state itself when nothing changes.
    State decided(const State& before) {
        const auto [d, memory, look_again] = decide_(observe(before, q_), memory_of(before));
        State after = before;
        for (std::size_t i = 0; i + 1 < after.fleets.size(); ++i) {
            if (d.old_sizes[i] < 0) violated("no size is negative");
            resize(after.fleets[i], d.old_sizes[i], q_.terminating);
        }
        if (d.new_size < 0 || d.new_size > q_.replicas)
            violated("the new revision is never larger than the replicas");
        resize(after.fleets.back(), d.new_size, q_.terminating);
        after.to_new = d.to_new ? std::optional(d.to_new->millionths) : std::nullopt;
        after.step = memory.progress.step;
        after.switched = memory.progress.switched;
        after.aborted = memory.progress.aborted;
        after.stage_begun = memory.since.has_value();
        after.stage_over = memory.since && *memory.since < instant;
        check(before, after);
        return after;
    }

    void check(const State& before, const State& after) {
        const bool goes_back = after.aborted || after.back;
        for (std::size_t i = 0; i + 1 < after.fleets.size(); ++i) {
            const bool fills_up = q_.stable_returns && after.fleets.size() > 2 && i == after.stable;
            const bool may_grow = goes_back || fills_up;
            if (!may_grow && after.fleets[i].size > before.fleets[i].size)
                violated("no old pod restarts unless rolled back");
        }
        if (before.aborted && !after.aborted) violated("what is given up stays given up");
        if (q_.keeps_posts) {
            if (sizes(after) > std::max(q_.replicas + q_.posts.surge, sizes(before))) {
                violated("sizes never above replicas + surge");
            }
            const int floor = q_.replicas - q_.posts.unavailable;
            if (available(after) < std::min(floor, available(before))) {
                violated("available never taken below replicas - unavailable");
            }
        }
        if (q_.one_version && after.fleets.back().size > 0) {
            for (std::size_t i = 0; i + 1 < after.fleets.size(); ++i) {
                const Fleet& old = after.fleets[i];
                if (old.unready + old.ready + old.terminating > 0)
                    violated("no new pod beside an old one");
            }
        }
        if (q_.full_switch) {
            const bool moved = after.to_new == everything.millionths;
            const bool was = before.to_new == everything.millionths;
            if (moved && !was && before.fleets.back().ready < q_.replicas) {
                violated("users move only to a complete version");
            }
            if (!moved && after.fleets[after.stable].size < q_.replicas)
                violated("the old version stays whole until users have left");
        }
    }

    void step(const State& state) {
        State settled = state;
        for (int pass = 0; pass < 1000; ++pass) {
            const State next = decided(settled);
            if (next == settled) break;
            settled = next;
            visit(settled);
            if (pass == 999) return violated("decisions settle");
        }
        if (finished(state, q_) && finished(settled, q_)) {
            for (std::size_t i = 0; i < state.fleets.size(); ++i) {
                if (settled.fleets[i].size != state.fleets[i].size)
                    violated("finished is a fixpoint");
            }
        }
        if (finished(state, q_) && !finished(settled, q_)) violated("finished is a fixpoint");
        for (std::size_t i = 0; i < settled.fleets.size(); ++i) {
            const Fleet& fleet = settled.fleets[i];
            if (fleet.unready > 0)
                happens(settled, [i](State& s) { --s.fleets[i].unready, ++s.fleets[i].ready; });
            if (fleet.terminating > 0)
                happens(settled, [i](State& s) { --s.fleets[i].terminating; });
            // An old pod may fall sick; new ones that do are the same as ones that are slow.
            if (i + 1 < settled.fleets.size() && fleet.ready > 0) {
                happens(settled, [i](State& s) { ++s.fleets[i].unready, --s.fleets[i].ready; });
            }
        }
        if (settled.stage_begun && !settled.stage_over)
            happens(settled, [](State& s) { s.stage_over = true; });
        if (!q_.overtaken || settled.fleets.size() > 2 || settled.back) return;
        happens(settled, overtake);
        happens(settled, undo);
    }

    /// A new target begins anew, as the cluster has it.
    static void forget(State& s) {
        s.step = 0;
        s.switched = s.aborted = s.stage_begun = s.stage_over = false;
    }

    static void overtake(State& s) {
        if (s.switched && !s.aborted) s.stable = 1;
        s.fleets.emplace_back();
        if (s.to_new) s.to_new = 0;
        forget(s);
    }

    /// The first revision is the target again.
    static void undo(State& s) {
        std::swap(s.fleets[0], s.fleets[1]);
        s.back = true;
        if (s.to_new) s.to_new = everything.millionths - *s.to_new;
        forget(s);
    }

    template <class Change>
    void happens(State state, Change change) {
        change(state);
        visit(state);
    }

    /// From every state: if pods start, end, and time passes, the rollout ends.
    void check_progress() {
        std::set<State> good;
        for (const State& from : seen_) {
            State s = from;
            std::vector<State> path;
            bool ends = false;
            for (int i = 0; i < 500 && !ends; ++i) {
                if (good.contains(s)) {
                    ends = true;
                    break;
                }
                path.push_back(s);
                State next = decided(s);
                if (next == s) {
                    for (Fleet& f : next.fleets) {
                        f.ready += std::exchange(f.unready, 0);
                        f.terminating = 0;
                    }
                    if (next.stage_begun) next.stage_over = true;
                    if (next == s) {
                        ends = finished(s, q_);
                        break;
                    }
                }
                s = next;
            }
            if (!ends) return violated("never stuck");
            good.insert(path.begin(), path.end());
        }
    }

    const DecideFunction& decide_;
    const Question& q_;
    std::set<State> seen_;
    std::deque<State> open_;
    std::set<std::string> broken_;
};

}  // namespace

std::set<std::string> broken(const DecideFunction& decide, const Question& question,
                             std::size_t& states) {
    return Explorer(decide, question).explore(states);
}

}  // namespace stratsim::laws
