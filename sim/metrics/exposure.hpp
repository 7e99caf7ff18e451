#pragma once

#include "sim/facts.hpp"
#include "sim/measure.hpp"
#include "sim/on.hpp"
#include "sim/simulate.hpp"

#include <optional>
#include <vector>

namespace stratsim {

/// Who met the new version, how long both answered, and what a rollback leaves behind.
class Exposure {
  public:
    void see(Time at, const Fact& fact) {
        std::visit(on{[&](const fact::ServiceChanged& f) {
                          if (both_) mixed_ += at - since_;
                          both_ = f.count.old_listed && f.count.new_listed;
                          since_ = at;
                          count_ = f.count;
                          if (detected_) service_.push_back({at, count_});
                      },
                      [&](const fact::RollbackBegun&) {
                          detected_ = at;
                          service_.assign(1, {at, count_});
                      },
                      otherwise},
                   fact);
    }

    void end(Time at) {
        if (both_ && at > since_) mixed_ += at - since_;
        since_ = at;
    }

    void exposure_rows(Measures& measures, const World& world) const {
        const Ledger& ledger = world.traffic().ledger();
        double users_new = 0;
        double hurt = 0;
        for (const Visitor& v : world.traffic().visitors()) {
            users_new += v.saw_new ? 1 : 0;
            hurt += v.hurt ? 1 : 0;
        }
        measures.add("exposure.requests_new", static_cast<double>(ledger.answered[1]));
        measures.add("exposure.users_new", if_known(world, users_new));
        measures.add("exposure.errors_new", static_cast<double>(ledger.errors_new));
        measures.add("exposure.qa_requests", static_cast<double>(ledger.side_answers));
        measures.add("exposure.users_hurt", if_known(world, hurt));
    }

    void compatibility_rows(Measures& measures, const World& world) const {
        double both = 0;
        for (const Visitor& v : world.traffic().visitors()) both += v.saw_old && v.saw_new ? 1 : 0;
        const Visits& visits = world.cluster().visits();
        measures.add("compatibility.mixed_s", to_seconds(mixed_));
        measures.add("compatibility.users_saw_both", if_known(world, both));
        measures.add("compatibility.version_flips",
                     if_known(world, static_cast<double>(world.traffic().version_flips())));
        measures.add("compatibility.old_writes_after_new",
                     if_known(world, static_cast<double>(visits.old_writes_after_new())));
        const Ledger& ledger = world.traffic().ledger();
        const std::uint64_t new_writes = world.traffic().knows_requests()
                                             ? visits.new_writes()
                                             : ledger.answered[1] - ledger.errors_new;
        measures.add(
            "compatibility.writes_stranded_by_rollback",
            detected_ ? std::optional<double>(static_cast<double>(new_writes)) : std::nullopt);
    }

    void rollback_rows(Measures& measures, const World& world) const {
        const auto seconds = [](const std::optional<Time>& t) {
            return t ? std::optional<double>(to_seconds(*t)) : std::nullopt;
        };
        const std::optional<Time> restored = well_since(world.cluster().setup().replicas);
        measures.add("rollback.detected_s", seconds(detected_));
        measures.add("rollback.restored_s", seconds(restored));
        measures.add("rollback.failed", detected_
                                            ? std::optional<double>(static_cast<double>(
                                                  world.traffic().ledger().failed_in_rollback))
                                            : std::nullopt);
    }

  private:
    /// Counted requests have no users.
    static std::optional<double> if_known(const World& world, double value) {
        return world.traffic().knows_requests() ? std::optional(value) : std::nullopt;
    }

    struct Service {
        Time at;
        EndpointCount count;
    };

    /// Since when users have met the old version alone, and all of its pods; unset: not to the end.
    std::optional<Time> well_since(int replicas) const {
        std::optional<Time> since;
        for (const Service& service : service_) {
            const bool well = !service.count.new_listed &&
                              service.count.accepting >= static_cast<std::size_t>(replicas);
            if (!well) {
                since.reset();
            } else if (!since) {
                since = service.at;
            }
        }
        return since;
    }

    bool both_ = false;
    Time since_{};
    Duration mixed_{};
    EndpointCount count_;
    std::optional<Time> detected_;
    std::vector<Service> service_;  ///< from the rollback on
};

}  // namespace stratsim
