#pragma once

#include "sim/endpoint.hpp"
#include "sim/network/listing.hpp"
#include "sim/numbers/random.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <vector>

namespace stratsim {

/// What a balancer may know when it picks a pod. There is at least one candidate.
struct Pick {
    const Candidates& candidates;
    const Listing& listing;
    std::uint64_t random;
    std::uint32_t user;
    std::uint32_t address;  ///< of the user, IPv4
    Time now;
    PodId avoided = no_pod;  ///< it has just refused this request

    std::uint32_t size() const { return static_cast<std::uint32_t>(candidates.size); }
    /// A number below `bound` for the balancer's choice number `index`.
    std::uint32_t choice(std::uint32_t bound, std::uint64_t index) const {
        return below(bound, static_cast<std::uint32_t>(mixed(random, index) >> 32));
    }
    /// Uniform on (0, 1).
    double uniform(std::uint64_t index) const {
        return (static_cast<double>(mixed(random, index) >> 11) + 0.5) * 0x1p-53;
    }
};

/// What a balancer sees of a pod's load.
struct Load {
    std::size_t requests = 0;  ///< waiting or being served
    Time released{};           ///< when the last one ended
};

}  // namespace stratsim
