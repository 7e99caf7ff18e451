#include "sim/simulate.hpp"

#include "sim/contract.hpp"
#include "sim/on.hpp"

#include <algorithm>

namespace stratsim {

namespace {

/// A strategy that still wants changes after so many passes at one instant never settles.
constexpr int most_passes = 10'000;

/// How long a rollout that stalls is watched at most: Kubernetes' default deadline.
constexpr Duration most_awaited = std::chrono::minutes{10};

/// Level-triggered, as controllers are: look, decide, apply, until nothing changes.
void reconcile(Cluster& cluster, const Decide& decide, std::size_t workload) {
    for (int pass = 0; pass < most_passes; ++pass) {
        if (!cluster.apply(decide(cluster.observed(workload)), workload)) return;
    }
    expects(false, "the strategy does not settle");
}

/// Carries out one event; true if a controller would take notice.
bool happen(World& world, const Event& event) {
    Cluster& cluster = world.cluster;
    return std::visit(
        on{
            [&](const event::Listens& e) { return cluster.listens(e.pod), false; },
            [&](const event::Ready& e) { return cluster.ready(e.pod), true; },
            [&](const event::Available& e) { return cluster.available(e.pod), true; },
            [&](const event::Unready& e) { return cluster.unready(e.pod), true; },
            [&](const event::Probed& e) {
                return cluster.probed(e.pod, world.traffic.answers_probe(e.pod));
            },
            [&](const event::Sigterm& e) { return cluster.sigterm(e.pod), false; },
            [&](const event::Closes& e) { return cluster.closes(e.pod), false; },
            [&](const event::Exits& e) {
                const std::size_t killed = world.traffic.cut(e.pod);
                return cluster.exits(e.pod, killed), true;
            },
            [&](const event::Hears& e) { return cluster.hears(e), false; },
            [&](const event::HearsService& e) { return cluster.hears_service(e), false; },
            [&](const event::Look&) { return true; },
            [&](const event::Undo&) {
                if (cluster.going_back()) return false;
                cluster.undo();
                return true;
            },
            [&](const event::Act& e) {
                return cluster.act(cluster.setup().actions[e.action].what), true;
            },
            [&](const event::Check&) { return cluster.awaits_check(); },
        },
        event);
}

}  // namespace

std::unique_ptr<World> simulate(const Setup& setup, const Decide& decide, const Witness& tell,
                                Time stop) {
    auto world = std::make_unique<World>(setup, tell);
    Cluster& cluster = world->cluster;
    Traffic& traffic = world->traffic;
    Agenda<Event>& agenda = cluster.agenda();

    bool over = !setup.rolls_out;
    const auto end = [&](RolloutOutcome outcome) {
        over = true;
        world->outcome = outcome;
        world->ended = cluster.now();
        tell(cluster.now(), fact::RolloutEnded{outcome});
    };
    const bool controlled = setup.rolls_out || !setup.actions.empty();
    const auto control = [&] {
        if (!controlled) return;
        traffic.reveal();
        for (std::size_t w = 0; w < cluster.workloads().size(); ++w) {
            if (cluster.workloads()[w].exists) reconcile(cluster, decide, w);
        }
        if (!setup.rolls_out) return;
        world->ended = over ? world->ended : cluster.now();
        if (cluster.rolled_back() && !(over && world->outcome == RolloutOutcome::rolled_back)) {
            end(RolloutOutcome::rolled_back);
        } else if (!over && cluster.rollout_complete()) {
            end(RolloutOutcome::complete);
        }
    };

    Time moved = command;  // of the last event that changed anything
    if (setup.rolls_out && setup.undo_after) agenda.add(command + *setup.undo_after, event::Undo{});
    // What is due at one instant is worked off by rank, with a look of the controllers after each:
    // pods that one reaction made become ready together, the fruit of a later reaction comes later.
    const auto work_off = [&] {
        if (traffic.causes_events()) traffic.run_until(agenda.next());
        const Time now = agenda.next();
        const std::uint32_t rank = agenda.next_rank();
        bool noticed = false;
        bool advanced = false;
        cluster.set_rank(rank);
        while (agenda.next() == now && agenda.next_rank() == rank) {
            const Event event = agenda.take();
            cluster.took(event);
            const bool looks_only = std::holds_alternative<event::Check>(event);
            if (!looks_only && !std::exchange(advanced, true)) traffic.run_until(now);
            cluster.advance(now);
            // A person who sees the old version already coming back does nothing.
            const bool idle = std::holds_alternative<event::Undo>(event) && cluster.going_back();
            if (!looks_only && !idle && !is_passing(event)) moved = now;
            noticed |= happen(*world, event);
            // What people do is seen before anything else happens.
            if (std::holds_alternative<event::Act>(event)) control();
        }
        if (noticed) control();
        traffic.send_held();
    };
    if (controlled) cluster.sized_under(decide(cluster.observed()).bounds);
    while (!agenda.empty() && agenda.next() < command && agenda.next() <= stop) work_off();
    cluster.advance(command);
    if (stop >= command) {
        cluster.begin();
        cluster.write_spec();
        control();
    }
    const auto due = [&](Time until) {
        if (traffic.causes_events()) traffic.run_until(until);
        return !agenda.empty() && agenda.next() <= until;
    };
    // A rollout may wait for readiness to come back, but not for ever: until its deadline is noted.
    const Duration patience =
        setup.progress_deadline.value_or(std::chrono::minutes{10}) + std::chrono::seconds{2};
    // Where requests cause events they would have to come for as long as a look at the deadline is
    // awaited, which is of no interest once the rollout is over.
    const auto goes_on = [&] {
        if (over && traffic.causes_events() && cluster.only_passing_or_looks()) return false;
        return !cluster.only_passing() || (!over && agenda.next() <= moved + patience);
    };
    while (!agenda.empty() && agenda.next() <= stop && goes_on()) work_off();
    if (stop != never) {
        while (due(stop)) work_off();
        traffic.run_until(stop);
        cluster.advance(std::max(stop, command));
        world->settled = stop;
        return world;
    }
    if (!over) {
        tell(world->ended, fact::RolloutEnded{RolloutOutcome::stalled});
        // Nobody knows that it stalls before the deadline is over; some set it to never.
        moved += std::min(setup.progress_deadline.value_or(most_awaited), most_awaited);
    }
    world->settled = std::max(moved, command + setup.observe) + setup.tail;
    if (setup.visits) world->settled = never;
    while (due(world->settled) && !traffic.exhausted()) work_off();
    traffic.run_until(world->settled);
    if (setup.visits) world->settled = traffic.last_answer();
    cluster.advance(world->settled);
    traffic.finish();
    return world;
}

}  // namespace stratsim
