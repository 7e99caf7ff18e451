#pragma once

#include "scenarios/manifests/pairs.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// A change that the API server does not accept.
struct Refusal {
    Place at;
    std::string message;
    std::string advice;
};

/// What the API server refuses of a workload that stands before and after.
std::vector<Refusal> refusals(const WorkloadPair& pair);
/// The same of a Service.
std::vector<Refusal> refusals(const ServicePair& service);

}  // namespace stratsim
