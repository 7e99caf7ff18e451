#pragma once

#include "sim/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// A pod as a shrinking replica set ranks it.
struct Candidate {
    enum class Stage { unscheduled, pending, unknown, running };
    Stage stage = Stage::running;
    bool ready = false;
    int deletion_cost = 0;              ///< annotation controller.kubernetes.io/pod-deletion-cost
    int neighbours = 0;                 ///< active pods of the same Deployment on its node
    std::optional<Time> ready_since{};  ///< as the API stores it, a whole second
    int restarts = 0;                   ///< of the container that restarted most
    int sidecar_restarts = 0;
    Time created{};              ///< as the API stores it
    std::uint64_t identity = 0;  ///< the UID: any order, but always the same
};

/// Whether `a` is deleted before `b`. Readiness and age count in powers of two only, and what is
/// equal by them goes by UID (Kubernetes 1.36, controller_utils.go, ActivePodsWithRanks.Less and
/// logarithmicRankDiff).
bool goes_before(const Candidate& a, const Candidate& b, Time now);

/// The indices of the `count` candidates that are deleted, first to last. When all go, nobody is
/// ranked (replica_set.go, getPodsToDelete).
std::vector<std::size_t> chosen_victims(const std::vector<Candidate>& candidates, std::size_t count,
                                        Time now);

}  // namespace stratsim
