#pragma once

#include "sim/endpoint.hpp"
#include "sim/share.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace stratsim {

/// So many changes of a Service's endpoints are known.
enum class LogVersion : std::uint32_t {};

/// Who gets requests is decided anew: by a router, or by the Service's selector.
struct ServiceRoute {
    std::vector<Share> parts{};                      ///< by version; empty: all alike
    std::optional<std::vector<bool>> selected = {};  ///< by version; unset: a router's parts

    /// A version that was made later is in neither.
    bool takes(std::size_t version) const {
        if (selected) return version < selected->size() && (*selected)[version];
        return parts.empty() || (version < parts.size() && parts[version] != nothing);
    }
};

/// One change of the endpoints as the API wrote it: a pod's new state, or a new route.
struct EndpointChange {
    Time written{};
    std::uint32_t subject = 0;  ///< the pod, or the place among the routes
    Heard state = Heard::unknown;
    bool is_route = false;

    PodId pod() const { return PodId{subject}; }
};

/// What the API wrote about the endpoints of one Service, in order.
class EndpointLog {
  public:
    LogVersion append(Time written, PodId pod, Heard state) {
        changes_.push_back({written, static_cast<std::uint32_t>(pod), state, false});
        return newest();
    }
    LogVersion append(Time written, ServiceRoute route) {
        changes_.push_back(
            {written, static_cast<std::uint32_t>(routes_.size()), Heard::unknown, true});
        routes_.push_back(std::move(route));
        return newest();
    }
    LogVersion newest() const { return static_cast<LogVersion>(changes_.size()); }
    /// The changes that whoever knows `version` knows of; the last of them made it.
    std::span<const EndpointChange> upto(LogVersion version) const {
        return {changes_.data(), static_cast<std::size_t>(version)};
    }
    const std::vector<ServiceRoute>& routes() const { return routes_; }

  private:
    std::vector<EndpointChange> changes_;
    std::vector<ServiceRoute> routes_;
};

}  // namespace stratsim
