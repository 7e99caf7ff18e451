#include "sim/stateful_set.hpp"

#include <array>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <set>
#include <string>

// One pass of the StatefulSet controller, put to every state there is, reachable or not: each
// ordinal is missing, terminating, or unready, ready or available in the new or an old revision.
// Two old revisions are alike to a pass, so this covers any number of them.

using namespace stratsim;

namespace {

using State = OrdinalSeen::State;
using Ordinals = std::vector<OrdinalSeen>;
using Pass = std::function<OrdinalPlan(const Ordinals&, const StatefulSetSpec&)>;

constexpr std::array cells{
    OrdinalSeen{State::missing, false},   OrdinalSeen{State::terminating, false},
    OrdinalSeen{State::unready, false},   OrdinalSeen{State::unready, true},
    OrdinalSeen{State::available, false}, OrdinalSeen{State::available, true},
    OrdinalSeen{State::ready, true},      OrdinalSeen{State::terminating, true}};

bool is_there(const OrdinalSeen& pod) {
    return pod.state != State::missing && pod.state != State::terminating;
}

OrdinalSeen at(const Ordinals& ordinals, int i) {
    const auto index = static_cast<std::size_t>(i);
    return index < ordinals.size() ? ordinals[index] : OrdinalSeen{};
}

/// The laws that one pass breaks are added to `broken`.
class Laws {
  public:
    Laws(const Ordinals& before, const StatefulSetSpec& spec, const OrdinalPlan& plan,
         std::set<std::string>& broken)
        : before_(before), spec_(spec), plan_(plan), broken_(broken) {
        creations();
        removals();
        updates();
        if (spec.ordered) order();
        if (!spec.ordered && !spec.on_delete && !spec.rules.max_unavailable_gate) repair();
    }

  private:
    void hold(bool holds, const char* law) {
        if (!holds) broken_.insert(law);
    }
    bool is_update(int ordinal) const { return ordinal < spec_.replicas; }
    int size() const { return static_cast<int>(before_.size()); }

    bool all_available(int below) const {
        for (int i = 0; i < below; ++i) {
            if (at(before_, i).state != State::available) return false;
        }
        return true;
    }

    void creations() {
        for (const auto& item : plan_.create) {
            hold(item.ordinal < spec_.replicas, "no pod above the replicas is made");
            hold(at(before_, item.ordinal).state == State::missing, "a pod is made where none is");
            const bool updated =
                spec_.on_delete || spec_.below_new || item.ordinal >= spec_.partition;
            hold(item.is_new == (updated ? spec_.to_new : !spec_.to_new),
                 "a pod below the partition is made in its old revision, others in the new");
        }
        for (int i = 0; i < spec_.replicas && !spec_.ordered; ++i) {
            const bool made = std::any_of(plan_.create.begin(), plan_.create.end(),
                                          [i](const auto& item) { return item.ordinal == i; });
            hold(made == (at(before_, i).state == State::missing), "Parallel makes all at once");
        }
    }

    void removals() {
        std::set<int> seen;
        for (const auto& item : plan_.remove) {
            const OrdinalSeen pod = at(before_, item.ordinal);
            hold(is_there(pod), "only a pod that stands is deleted");
            hold(seen.insert(item.ordinal).second, "no pod is deleted twice");
            if (!is_update(item.ordinal)) continue;
            hold(!spec_.on_delete, "OnDelete deletes nothing by itself");
            hold(item.ordinal >= spec_.partition, "the partition is left alone");
            hold(pod.is_new != spec_.to_new, "no pod of the right revision is replaced");
        }
    }

    void updates() {
        int deleted = 0;
        int healthy = 0;
        for (const auto& item : plan_.remove) {
            if (!is_update(item.ordinal)) continue;
            ++deleted;
            if (at(before_, item.ordinal).state == State::available) ++healthy;
        }
        int out = 0;
        for (int i = 0; i < spec_.replicas; ++i) {
            if (at(before_, i).state != State::available) ++out;
        }
        const int most = spec_.rules.max_unavailable_gate
                             ? set_max_unavailable(spec_.max_unavailable, spec_.replicas)
                             : 1;
        hold(deleted <= std::max(most, spec_.rules.replaces_unavailable_freely ? out : 0) ||
                 healthy <= most,
             "no more at once than may be unavailable");
        if (spec_.rules.max_unavailable_gate)
            hold(healthy == 0 || out + healthy <= most, "the unavailable count against the limit");
        else
            hold(deleted <= 1, "one pod is updated at a time");
        // From the top: nobody is taken while a higher pod still waits for its turn.
        for (const auto& item : plan_.remove) {
            if (!is_update(item.ordinal)) continue;
            for (int i = item.ordinal + 1; i < spec_.replicas; ++i) {
                const OrdinalSeen above = at(before_, i);
                const bool waits = is_there(above) && above.is_new != spec_.to_new && !takes(i);
                hold(!waits || spec_.rules.replaces_unavailable_freely,
                     "the highest ordinal is updated first");
                if (!spec_.rules.max_unavailable_gate)
                    hold(above.state == State::available,
                         "an update waits until those above are available");
            }
        }
    }

    /// So a broken rollout does not block its own repair.
    void repair() {
        for (int i = spec_.replicas - 1; i >= spec_.partition; --i) {
            const OrdinalSeen pod = at(before_, i);
            if (is_there(pod) && pod.is_new != spec_.to_new)
                return hold(takes(i), "Parallel replaces the next pod whether it is ready or not");
            if (pod.state != State::available) return;
        }
    }

    bool takes(int ordinal) const {
        return std::any_of(plan_.remove.begin(), plan_.remove.end(),
                           [&](const auto& item) { return item.ordinal == ordinal; });
    }

    void order() {
        hold(plan_.create.size() <= 1, "OrderedReady makes one pod at a time");
        for (const auto& item : plan_.create)
            hold(all_available(item.ordinal), "OrderedReady waits for the pods below");
        for (const auto& item : plan_.remove) {
            if (is_update(item.ordinal)) {
                hold(all_available(spec_.replicas) || item.ordinal == 0 || !all_there() ||
                         spec_.rules.max_unavailable_gate,
                     "OrderedReady updates only a healthy set");
                continue;
            }
            for (int i = item.ordinal + 1; i < size(); ++i)
                hold(at(before_, i).state == State::missing,
                     "OrderedReady scales down from the top, one by one");
            hold(all_available(spec_.replicas), "OrderedReady scales down only over healthy pods");
        }
    }
    bool all_there() const {
        for (int i = 0; i < spec_.replicas; ++i) {
            if (!is_there(at(before_, i))) return false;
        }
        return true;
    }

    const Ordinals& before_;
    const StatefulSetSpec& spec_;
    const OrdinalPlan& plan_;
    std::set<std::string>& broken_;
};

OrdinalPlan real(const Ordinals& ordinals, const StatefulSetSpec& spec) {
    OrdinalPlan plan;
    stateful_set_pass(ordinals, spec, plan);
    return plan;
}

/// Calls `visit` with every state of so many ordinals.
template <class Visit>
void every_state(std::size_t size, std::size_t kinds, Visit visit) {
    std::vector<std::size_t> digits(size);
    Ordinals ordinals(size, cells.front());
    for (;;) {
        visit(ordinals);
        std::size_t i = 0;
        while (i < size && ++digits[i] == kinds) {
            digits[i] = 0;
            ordinals[i] = cells.front();
            ++i;
        }
        if (i == size) return;
        ordinals[i] = cells[digits[i]];
    }
}

/// Every policy, partition and limit for a set of so many replicas.
std::vector<StatefulSetSpec> specs_of(int replicas) {
    std::vector<StatefulSetSpec> all;
    for (const bool ordered : {true, false}) {
        for (int partition = 0; partition <= replicas; ++partition) {
            for (int most = 0; most <= 3; ++most) {
                StatefulSetSpec spec{
                    .replicas = replicas, .partition = partition, .ordered = ordered};
                spec.rules.max_unavailable_gate = most > 0;
                spec.max_unavailable = {std::max(1, most), false};
                all.push_back(spec);
            }
        }
        StatefulSetSpec by_hand{.replicas = replicas, .ordered = ordered, .on_delete = true};
        all.push_back(by_hand);
        StatefulSetSpec fixed{.replicas = replicas, .ordered = ordered};
        fixed.rules = {.max_unavailable_gate = true, .replaces_unavailable_freely = true};
        all.push_back(fixed);
    }
    return all;
}

std::set<std::string> broken_by(const Pass& pass, std::size_t size, std::size_t kinds,
                                const std::vector<StatefulSetSpec>& specs) {
    std::set<std::string> broken;
    every_state(size, kinds, [&](const Ordinals& ordinals) {
        for (const StatefulSetSpec& spec : specs)
            Laws(ordinals, spec, pass(ordinals, spec), broken);
    });
    return broken;
}

/// Pods end and become available until nothing moves.
Ordinals settled(Ordinals ordinals, const StatefulSetSpec& spec, const Pass& pass) {
    for (int round = 0; round < 100; ++round) {
        const OrdinalPlan plan = pass(ordinals, spec);
        Ordinals next = ordinals;
        for (OrdinalSeen& pod : next) {
            if (pod.state == State::terminating) pod = {};
            if (is_there(pod)) pod.state = State::available;
        }
        for (const auto& item : plan.remove)
            next[static_cast<std::size_t>(item.ordinal)].state = State::terminating;
        for (const auto& item : plan.create) {
            const auto i = static_cast<std::size_t>(item.ordinal);
            if (i >= next.size()) next.resize(i + 1);
            next[i] = {State::unready, item.is_new};
        }
        if (next == ordinals) return next;
        ordinals = std::move(next);
    }
    return {};
}

bool is_finished(const Ordinals& ordinals, const StatefulSetSpec& spec) {
    for (int i = 0; i < std::max(spec.replicas, static_cast<int>(ordinals.size())); ++i) {
        const OrdinalSeen pod = at(ordinals, i);
        if (i >= spec.replicas ? pod.state != State::missing : pod.state != State::available)
            return false;
        if (i < spec.replicas && !spec.on_delete && i >= spec.partition && !pod.is_new)
            return false;
    }
    return true;
}

/// Whether any state of 4 ordinals shows the mistake, by a law or by never ending.
bool caught(const Pass& pass) {
    for (const int replicas : {2, 4}) {
        if (!broken_by(pass, 4, cells.size(), specs_of(replicas)).empty()) return true;
        bool ends = true;
        every_state(4, 6, [&](const Ordinals& ordinals) {
            for (const StatefulSetSpec& spec : specs_of(replicas))
                ends = ends && is_finished(settled(ordinals, spec, pass), spec);
        });
        if (!ends) return true;
    }
    return false;
}

/// The real pass of a set that was told something else.
template <class Mistake>
Pass told(Mistake mistake) {
    return [mistake](const Ordinals& ordinals, StatefulSetSpec spec) {
        mistake(spec);
        return real(ordinals, spec);
    };
}

/// The real plan with a mistake in it.
template <class Mistake>
Pass planned(Mistake mistake) {
    return [mistake](const Ordinals& ordinals, const StatefulSetSpec& spec) {
        OrdinalPlan plan = real(ordinals, spec);
        mistake(ordinals, plan);
        return plan;
    };
}

}  // namespace

TEST_CASE("a StatefulSet's pass keeps its promises in every state, scaling up and down") {
    for (std::size_t size = 0; size <= 4; ++size) {
        for (int replicas = 0; replicas <= static_cast<int>(size) + 1; ++replicas) {
            const auto broken = broken_by(real, size, cells.size(), specs_of(replicas));
            INFO(size, " ordinals, ", replicas, " replicas");
            CHECK_MESSAGE(broken.empty(), fmt::format("{}", fmt::join(broken, "; ")));
        }
    }
}

TEST_CASE("a StatefulSet's pass keeps its promises in every state of 8 pods") {
    StatefulSetSpec gated{.replicas = 8, .partition = 3, .ordered = false};
    gated.rules.max_unavailable_gate = true;
    gated.max_unavailable = {3, false};
    const auto broken =
        broken_by(real, 8, 6, {{.replicas = 8}, {.replicas = 6, .ordered = false}, gated});
    CHECK_MESSAGE(broken.empty(), fmt::format("{}", fmt::join(broken, "; ")));
}

TEST_CASE("a StatefulSet whose pods become available ends as it should, from every state") {
    for (int replicas = 0; replicas <= 5; ++replicas) {
        for (const StatefulSetSpec& spec : specs_of(replicas)) {
            std::size_t lost = 0;
            every_state(4, 6, [&](const Ordinals& ordinals) {
                if (!is_finished(settled(ordinals, spec, real), spec)) ++lost;
            });
            INFO(replicas, " replicas, partition ", spec.partition, ", ordered ", spec.ordered);
            CHECK(lost == 0);
        }
    }
}

TEST_CASE("a mistake in a StatefulSet's pass breaks a law") {
    CHECK_FALSE(caught(real));
    CHECK(caught(told([](StatefulSetSpec& spec) { ++spec.replicas; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { spec.replicas -= 1; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { spec.ordered = false; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { spec.ordered = true; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { ++spec.partition; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { spec.partition = 0; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { ++spec.max_unavailable.value; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { spec.on_delete = !spec.on_delete; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { spec.to_new = false; })));
    CHECK(caught(told([](StatefulSetSpec& spec) { spec.rules.max_unavailable_gate = true; })));
    // Pods come back in the wrong revision.
    CHECK(caught(planned([](const Ordinals&, OrdinalPlan& plan) {
        for (auto& item : plan.create) item.is_new = !item.is_new;
    })));
    // It deletes a pod again that terminates already.
    CHECK(caught(planned([](const Ordinals& ordinals, OrdinalPlan& plan) {
        for (std::size_t i = 0; i < ordinals.size(); ++i) {
            if (ordinals[i].state == State::terminating)
                plan.remove.push_back({0, static_cast<int>(i), false});
        }
    })));
    // It takes the pod below the one whose turn it is.
    CHECK(caught(planned([](const Ordinals&, OrdinalPlan& plan) {
        for (auto& item : plan.remove) item.ordinal = std::max(0, item.ordinal - 1);
    })));
    // An unready pod counts for an available one.
    CHECK(caught([](Ordinals ordinals, const StatefulSetSpec& spec) {
        for (OrdinalSeen& pod : ordinals) {
            if (pod.state == State::unready) pod.state = State::available;
        }
        return real(ordinals, spec);
    }));
    // It never scales down.
    CHECK(caught([](const Ordinals& ordinals, const StatefulSetSpec& spec) {
        OrdinalPlan plan = real(ordinals, spec);
        std::erase_if(plan.remove, [&](const auto& item) { return item.ordinal >= spec.replicas; });
        return plan;
    }));
}
