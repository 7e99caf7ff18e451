#include "sim/world.hpp"

#include "sim/contract.hpp"
#include "sim/on.hpp"

#include <algorithm>
#include <utility>

// The loop over everything. What is due is taken from the agenda, instant by instant; requests
// advance up to it by themselves; if a controller would take notice, the controllers look.

namespace stratsim {

namespace {

/// A strategy that still wants changes after so many passes at one instant never settles.
constexpr int most_passes = 10'000;

/// How long a rollout that stalls is watched at most: Kubernetes' default deadline.
constexpr Duration most_awaited = std::chrono::minutes{10};

}  // namespace

World::World(const Setup& setup, Controller controller, const Witness& tell)
    : cluster_(setup, tell),
      traffic_(cluster_),
      controller_(std::move(controller)),
      tell_(tell),
      now_(start_of(setup)),
      over_(!setup.rolls_out) {
    actors_.emplace_back(Acting<Schedule>{Schedule(cluster_.setup().actions)});
    if (setup.rolls_out && setup.undo_after)
        actors_.emplace_back(Acting<WatchfulPerson>{WatchfulPerson(*setup.undo_after)});
    for (std::uint32_t place = 0; place < actors_.size(); ++place) {
        const Seen before{.now = now_ - Duration{1}};
        const auto first_look = [&](const auto& acting) {
            return acting.actor.act(before, acting.memory).look_again;
        };
        wake(place, std::visit(first_look, actors_[place]));
    }
    cluster_.sized_under(controller_.glance(cluster_.observed(), 0).bounds);
}

Time World::next_change() {
    const Time next = cluster_.events().next();
    if (!begun_) return std::min(command, next);
    return goes_on() ? next : never;
}

void World::run_until(Time until) {
    expects(until >= now_, "time does not run backwards");
    Events& agenda = cluster_.events();
    while (!begun_ && agenda.next() < std::min(command, until)) work_off();
    if (until > command) {
        if (!begun_) begin();
        while (goes_on() && agenda.next() < until) work_off();
    }
    now_ = until;
}

void World::inject(const Move& move) {
    // Readiness that comes and goes keeps no world from having settled; now it matters.
    while (begun_ && cluster_.events().next() < now_) work_off();
    schedule().actor.add({now_, move});
    wake(0, now_);
}

void World::begin() {
    begun_ = true;
    cluster_.advance(command);
    cluster_.begin();
    cluster_.write_spec();
    control();
}

void World::end_at(Time at) {
    run_until(std::max(at, now_));
    while (!begun_ && cluster_.events().next() < command && cluster_.events().next() <= at)
        work_off();
    if (!begun_ && at >= command) begin();
    while (due(at)) work_off();
    traffic_.run_until(at);
    cluster_.advance(std::max(at, command));
    settled_ = at;
}

void World::settle() {
    run_until(std::max(now_, command + Duration{1}));
    while (goes_on()) work_off();
    const Setup& setup = cluster_.setup();
    if (!over_) {
        tell_(ended_, fact::RolloutEnded{RolloutOutcome::stalled});
        // Nobody knows that it stalls before the deadline is over; some set it to never.
        moved_ += std::min(setup.progress_deadline.value_or(most_awaited), most_awaited);
    }
    settled_ = std::max(moved_, command + setup.observe) + setup.tail;
    if (setup.visits) settled_ = never;
    while (due(settled_) && !traffic_.exhausted()) work_off();
    traffic_.run_until(settled_);
    if (setup.visits) settled_ = traffic_.last_answer();
    cluster_.advance(settled_);
    traffic_.finish();
}

/// Whether the rollout, or anything that matters to it, is still on its way.
bool World::goes_on() {
    const Events& agenda = cluster_.events();
    if (agenda.empty()) return false;
    // Where requests cause events they would have to come for as long as a look at the deadline is
    // awaited, which is of no interest once the rollout is over.
    if (over_ && traffic_.causes_events() && agenda.only_passing_or_looks()) return false;
    if (!agenda.only_passing()) return true;
    // A rollout may wait for readiness to come back, but not for ever: until its deadline is noted.
    const Duration patience =
        cluster_.setup().progress_deadline.value_or(most_awaited) + std::chrono::seconds{2};
    return !over_ && agenda.next() <= moved_ + patience;
}

/// Whether anything happens up to `until`; requests before it may cause it.
bool World::due(Time until) {
    if (traffic_.causes_events()) traffic_.run_until(until);
    return !cluster_.events().empty() && cluster_.events().next() <= until;
}

/// What is due at one instant is worked off by rank, with a look of the controllers after each:
/// pods that one reaction made become ready together, the fruit of a later reaction comes later.
void World::work_off() {
    Events& agenda = cluster_.events();
    if (traffic_.causes_events()) traffic_.run_until(agenda.next());
    const Time now = agenda.next();
    const std::uint32_t rank = agenda.next_rank();
    bool noticed = false;
    bool advanced = false;
    cluster_.set_rank(rank);
    while (agenda.next() == now && agenda.next_rank() == rank) {
        const Event event = agenda.take();
        const bool looks_only = std::holds_alternative<event::Check>(event);
        if (!looks_only && !std::exchange(advanced, true)) traffic_.run_until(now);
        cluster_.advance(now);
        const bool is_act = std::holds_alternative<event::Act>(event);
        if (!looks_only && !is_act && !is_passing(event)) moved_ = now;
        noticed |= happen(event);
    }
    if (noticed) control();
    traffic_.send_held();
}

/// Carries out one event; true if a controller would take notice.
bool World::happen(const Event& event) {
    return std::visit(
        on{
            [&](const event::Listens& e) { return cluster_.listens(e.pod), false; },
            [&](const event::Ready& e) { return cluster_.ready(e.pod), true; },
            [&](const event::Available& e) { return cluster_.available(e.pod), true; },
            [&](const event::Unready& e) { return cluster_.unready(e.pod), true; },
            [&](const event::Probed& e) {
                return cluster_.probed(e.pod, traffic_.answers_probe(e.pod));
            },
            [&](const event::Sigterm& e) { return cluster_.sigterm(e.pod), false; },
            [&](const event::Closes& e) { return cluster_.closes(e.pod), false; },
            [&](const event::Exits& e) {
                const std::size_t killed = traffic_.cut(e.pod);
                return cluster_.exits(e.pod, killed), true;
            },
            [&](const event::Hears& e) { return cluster_.hears(e), false; },
            [&](const event::Look&) { return true; },
            [&](const event::Act& e) { return act(e.place), false; },
            [&](const event::Check&) { return cluster_.awaits_check(); },
        },
        event);
}

/// An actor looks. What it does is seen by the strategies before anything else happens.
void World::act(std::uint32_t place) {
    const Time now = cluster_.now();
    std::visit(
        [&](auto& acting) {
            if (acting.wake != now) return;  // it asked for another instant since
            const Seen seen{.now = now, .going_back = cluster_.going_back()};
            auto decision = acting.actor.act(seen, acting.memory);
            acting.memory = decision.memory;
            wake(place, decision.look_again);
            for (const Move& move : decision.what) {
                moves_.push_back({now, move});
                moved_ = now;
                cluster_.carry_out(move);
                traffic_.regard_templates();
                control();
            }
        },
        actors_[place]);
}

void World::wake(std::uint32_t place, Time at) {
    std::visit([&](auto& acting) { acting.wake = at; }, actors_[place]);
    if (at == never) return;
    cluster_.events().add_ahead(at, event::Act{place}, place);
}

/// Level-triggered, as controllers are: look, decide, apply, until nothing changes.
void World::reconcile(std::size_t workload) {
    for (int pass = 0; pass < most_passes; ++pass) {
        const Controller::Look look = controller_.look(cluster_.observed(workload), workload);
        const bool changed = cluster_.apply(look.desired, workload);
        const bool later = look.look_again != never && look.look_again > cluster_.now();
        if (later && look.look_again != next_look_) {
            next_look_ = look.look_again;
            cluster_.events().add(next_look_, event::Look{});
        }
        if (!changed && !look.learned) return;
    }
    expects(false, "the strategy does not settle");
}

void World::control() {
    traffic_.reveal();
    for (std::size_t w = 0; w < cluster_.workloads().size(); ++w) {
        if (cluster_.workloads()[w].exists) reconcile(w);
    }
    if (!cluster_.setup().rolls_out) return;
    if (!over_) ended_ = cluster_.now();
    if (cluster_.rolled_back() && !(over_ && outcome_ == RolloutOutcome::rolled_back)) {
        end(RolloutOutcome::rolled_back);
    } else if (!over_ && !schedule().actor.has_open(schedule().memory, command) &&
               cluster_.rollout_complete()) {
        // What is written together with the template belongs to the rollout.
        end(RolloutOutcome::complete);
    }
}

void World::end(RolloutOutcome outcome) {
    over_ = true;
    outcome_ = outcome;
    ended_ = cluster_.now();
    tell_(ended_, fact::RolloutEnded{outcome});
}

}  // namespace stratsim
