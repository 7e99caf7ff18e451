// From what the user names on the command line to the workloads to simulate.
#pragma once

#include "scenarios/scenario.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// What a command is asked to read.
struct InputRequest {
    std::vector<std::string> files;  ///< files, directories, "-" for standard input
    bool recursive = false;          ///< go down into directories
    std::string workload;            ///< KIND/NAME or NAME; empty: all
    Scenario base;                   ///< what the flags said; it wins over every file
};

/// What was read; without any file the one workload is that of the flags.
struct Inputs {
    std::vector<Scenario> workloads;
    std::vector<std::string> remarks;
    bool any_file = false;
};

/// Throws InputErrors with the mistakes of all files.
Inputs read_inputs(const InputRequest& request);

}  // namespace stratsim
