// From what the user names on the command line to the workloads to simulate.
#pragma once

#include "scenarios/settings/scenario.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stratsim {

/// What a command is asked to read.
struct InputRequest {
    std::vector<std::string> files;  ///< files, directories, "-" for standard input
    bool recursive = false;          ///< go down into directories
    std::string workload;            ///< KIND/NAME or NAME; empty: all
    Scenario base;                   ///< what the flags said; it wins over every file
    /// Two versions of the manifests: files, directories, "-", git revisions of `files`, or
    /// REVISION:PATH. Of one that is empty `files` are meant, as they stand.
    std::vector<std::string> from{};
    std::vector<std::string> to{};
};

/// Of a workload in two versions of the manifests: any release under the one and under the other.
struct Releases {
    std::optional<Scenario> before;  ///< unset: it is new
    std::optional<Scenario> after;   ///< unset: it is in the files no more
    bool differ = false;             ///< some setting of a release does
};

/// What was read; without any file the one workload is that of the flags.
struct Inputs {
    std::vector<Scenario> workloads;
    std::vector<std::string> remarks;
    bool any_file = false;
    bool is_update = false;             ///< two versions of the manifests were read
    std::vector<Releases> releases{};   ///< of an update: by workload, then those without one
    std::size_t files_that_differ = 0;  ///< of an update: in their text
};

/// Throws InputErrors with the mistakes of all files.
Inputs read_inputs(const InputRequest& request);

}  // namespace stratsim
