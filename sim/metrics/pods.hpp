#pragma once

#include "sim/facts.hpp"
#include "sim/measure.hpp"
#include "sim/on.hpp"
#include "sim/simulate.hpp"

#include <algorithm>

namespace stratsim {

/// How many pods there were, and for how long.
class PodCounts {
  public:
    void see(Time at, const Fact& fact) {
        note_above(at);
        std::visit(on{[&](const fact::Commanded&) {
                          commanded_ = true;
                          at_command_ = live_;
                          least_available_ = available_;
                      },
                      [&](const fact::PodCreated&) { ++live_; },
                      [&](const fact::PodAvailable&) { ++available_; },
                      [&](const fact::PodUnready& f) {
                          if (f.was_available) --available_;
                      },
                      [&](const fact::PodTerminating& f) {
                          --live_;
                          ++terminating_;
                          if (f.was_available) --available_;
                      },
                      [&](const fact::PodGone&) { --terminating_; }, otherwise},
                   fact);
        peak_ = std::max(peak_, live_);
        peak_all_ = std::max(peak_all_, live_ + terminating_);
        if (commanded_) least_available_ = std::min(least_available_, available_);
    }

    /// Seconds that pods existed within the window, from creation until gone.
    static double pod_seconds(const World& world) {
        Duration sum{};
        for (const Pod& pod : world.cluster().pods()) {
            const Time from = std::max(pod.created, command);
            const Time to =
                std::min(pod.phase == Phase::gone ? pod.dies_at : world.settled(), world.settled());
            if (to > from) sum += to - from;
        }
        return to_seconds(sum);
    }

    void rows(Measures& measures, const World& world) const {
        measures.add("pods.peak", peak_);
        measures.add("pods.peak_with_terminating", peak_all_);
        measures.add("pods.above_s", to_seconds(above_));
        measures.add("pods.min_available", least_available_);
        measures.add("pods.pod_seconds", pod_seconds(world));
    }

    /// The window ends: nothing is counted after it.
    void end(Time settled) { note_above(settled); }

  private:
    /// What was true since the last fact ends now.
    void note_above(Time at) {
        if (commanded_ && at > last_ && live_ > at_command_) above_ += at - last_;
        last_ = std::max(last_, at);
    }

    Time last_ = command;
    Duration above_{};  ///< with more live pods than at the command
    int at_command_ = 0;
    bool commanded_ = false;
    int live_ = 0;
    int terminating_ = 0;
    int available_ = 0;
    int peak_ = 0;
    int peak_all_ = 0;
    int least_available_ = 0;
};

}  // namespace stratsim
