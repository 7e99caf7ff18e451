// Kubernetes objects as workloads that can be simulated.
#pragma once

#include "scenarios/manifests/objects.hpp"
#include "scenarios/manifests/surroundings.hpp"
#include "scenarios/settings/scenario.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stratsim {

/// A setting that a manifest makes; the words are those of fields(), and strategy.
struct ManifestSetting {
    std::string word;
    std::string text;
    Origin origin;
};

/// A Deployment or StatefulSet, together with what other objects say about its pods.
struct Workload {
    WorkloadKind kind = WorkloadKind::deployment;
    std::string name;
    std::string space;
    std::string from;  ///< "web.yaml:1"
    Object object;     ///< that describes it
    std::vector<ManifestSetting> settings;
    /// Where it can be mended. A key of a mapping that is there: `strategy`, `lifecycle`,
    /// `preStop`, `terminationGracePeriodSeconds`; the first key of one, where another may be
    /// added: `in spec`, `in pod`, `in container`, `in lifecycle`. Of the containers it is the one
    /// that serves; `sleep` is the preStop again if it does nothing but sleep.
    std::map<std::string, Origin, std::less<>> places;
    std::string port;  ///< that the serving container listens on, a number or a name
    std::map<std::string, std::string> labels;  ///< of its pods
    std::vector<std::string> remarks;
};

/// What a set of files describes.
struct Manifests {
    std::vector<Workload> workloads;
    std::vector<Service> services;
    std::vector<std::string> remarks;  ///< on what was passed over
};

/// Reads all objects together, as a Service or a claim may stand in another file than its pods.
Manifests read_manifests(const std::vector<Object>& objects, std::vector<Diagnostic>& mistakes);

/// Makes the scenario one of the workload; what a flag or a scenario file has set stays.
void fill_in(Scenario& scenario, const Workload& workload);

}  // namespace stratsim
