#pragma once

#include "sim/simulate.hpp"
#include "strategies/strategy.hpp"

#include <nlohmann/json.hpp>
#include <string>

// The machine on which the loopback recordings were made, as a simulator sees it: one set of
// overheads for every case, and a setup from a case's configuration alone. What a configuration
// says that is not known here is an error, never left out.

namespace stratsim::conformance {

/// A rollout: the fields of a case's "cfg".
Setup rollout_setup(const nlohmann::json& cfg);
/// Who decides in it: the project's strategies, and the rig's own canary.
Controller rollout_controller(const nlohmann::json& cfg);
/// Whether the old version leaves the balancer by a switch, before its pods end.
bool is_switched(const nlohmann::json& cfg);
/// How long the traffic goes on after all has settled.
Duration tail_of(const nlohmann::json& cfg);

/// Visits without a rollout: the fields of an "A*" record's "Cfg".
Setup visits_setup(const nlohmann::json& cfg);

/// Milliseconds.
Duration ms(double value);

/// A client that sees a balancer's or a server's closed connection itself, not an answer of 50x.
bool sees_connections(const nlohmann::json& cfg);

}  // namespace stratsim::conformance
