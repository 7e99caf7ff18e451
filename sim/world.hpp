#pragma once

#include "sim/actors/schedule.hpp"
#include "sim/actors/watchful_person.hpp"
#include "sim/cluster/cluster.hpp"
#include "sim/controller.hpp"
#include "sim/facts.hpp"
#include "sim/requests/traffic.hpp"
#include "sim/setup.hpp"

#include <variant>
#include <vector>

namespace stratsim {

/// The simulated world: the one thing that changes. It starts with everything at rest, as the setup
/// describes it, and is moved by time and by moves only. Where it is cut into stretches of time
/// makes no difference to it, nor does it whether a move was written into the setup or is made when
/// its instant has come.
class World {
  public:
    /// Whoever reads `tell`'s facts, each told once in order of time, must outlive the world.
    World(const Setup& setup, Controller controller, const Witness& tell);

    /// Everything before it has happened.
    Time now() const { return now_; }
    /// When something happens next, unless somebody makes a move: `never` once the rollout has
    /// ended, or can only wait for ever, and its effects have settled.
    Time next_change();
    /// Lets all happen that is due before `until`, which is not before now().
    void run_until(Time until);
    /// Makes a move at now(), ahead of whatever else is due then. Not after the end.
    void inject(const Move& move);
    /// All moves so far, those of the setup among them. As the actions of a setup without
    /// undo_after they lead to the same world.
    const std::vector<TimedMove>& moves() const { return moves_; }

    /// Lets all happen that is due up to `at`, that instant included, and ends the world there.
    void end_at(Time at);
    /// Lets all happen until the world has settled, with the time for which it is watched then, and
    /// ends it.
    void settle();

    const Cluster& cluster() const { return cluster_; }
    const Traffic& traffic() const { return traffic_; }
    RolloutOutcome outcome() const { return outcome_; }
    /// When the rollout ended; the last change, if it stalled.
    Time ended() const { return ended_; }
    /// The end of the time that is watched; set by end_at() and settle().
    Time settled() const { return settled_; }

  private:
    /// An actor and what it remembers.
    template <Actor A>
    struct Acting {
        A actor;
        typename A::Memory memory{};
        Time wake = never;
    };
    using AnyActor = std::variant<Acting<Schedule>, Acting<WatchfulPerson>>;

    void begin();
    void work_off();
    bool happen(const Event& event);
    void act(std::uint32_t place);
    void wake(std::uint32_t place, Time at);
    void control();
    void reconcile(std::size_t workload);
    void end(RolloutOutcome outcome);
    bool goes_on();
    bool due(Time until);
    Acting<Schedule>& schedule() { return std::get<Acting<Schedule>>(actors_.front()); }

    Cluster cluster_;
    Traffic traffic_;
    Controller controller_;
    const Witness& tell_;
    std::vector<AnyActor> actors_;  ///< at one instant they move in this order
    std::vector<TimedMove> moves_;
    Time now_{};
    Time moved_ = command;    ///< when anything changed last, but for what comes and goes
    Time next_look_ = never;  ///< of the strategies
    bool begun_ = false;      ///< the rollout command has been given
    bool over_ = false;       ///< the rollout has ended
    RolloutOutcome outcome_ = RolloutOutcome::stalled;
    Time ended_{};
    Time settled_{};
};

}  // namespace stratsim
