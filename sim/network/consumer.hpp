#pragma once

#include "sim/network/listing.hpp"
#include "sim/numbers/random.hpp"
#include "sim/setup.hpp"

#include <cstdint>
#include <vector>

namespace stratsim {

/// The only stage between the API and the instances of a consumer so far: each change reaches each
/// instance after a delay of its own, so later news may overtake earlier ones.
class OwnDelays {
  public:
    OwnDelays(const Network& network, Randomness random) : network_(network), random_(random) {}

    /// How long a pod's change takes to an instance; `entity` names the pod. An end may travel
    /// otherwise than a beginning.
    Duration of_pod(std::uint64_t entity, Heard state, std::uint32_t instance) const {
        const bool begins = state == Heard::ready;
        const Distribution& delay =
            begins ? network_.propagation : network_.removal.value_or(network_.propagation);
        // A failure is news like the others; its draw has a place of its own.
        const std::uint64_t which =
            state == Heard::unknown
                ? 3
                : static_cast<std::uint64_t>(state) - static_cast<std::uint64_t>(Heard::ready);
        return delay.quantile(
            random_.block(Concern::propagation, entity, which + 4ULL * instance).uniform(0));
    }
    /// How long a route takes, by its place among all.
    Duration of_route(std::uint32_t place, std::uint32_t instance) const {
        return network_.propagation.quantile(
            random_.block(Concern::propagation, ~0ULL - instance, place).uniform(0));
    }

  private:
    const Network& network_;
    Randomness random_;
};

/// Whoever sends requests on to the endpoints: the stage by which news reach it, and for each of
/// its instances what it has heard.
struct Consumer {
    OwnDelays stage;
    std::vector<Listing> views;
};

}  // namespace stratsim
