#pragma once

#include "cli/options.hpp"
#include "sim/simulate.hpp"

#include <memory>
#include <optional>
#include <string>

namespace stratsim {

/// The simulated cluster at one instant, for commands that look at it as kubectl would.
struct ClusterAt {
    Scenario scenario;
    Time now{};
    Witness nobody = [](Time, const Fact&) {};
    std::unique_ptr<World> world;
};

/// Simulates the one workload of the arguments up to `at` ("42s"; empty: until all has settled).
std::unique_ptr<ClusterAt> cluster_at(const Arguments& arguments, const std::string& at,
                                      std::string_view asker);

/// An age as kubectl prints it (apimachinery, duration.HumanDuration).
std::string human_duration(Duration age);

/// How long the world stood before the rollout command.
inline constexpr Duration age_before_command = std::chrono::hours{1};

}  // namespace stratsim
