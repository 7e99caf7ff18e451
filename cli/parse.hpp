#pragma once

#include "cli/options.hpp"

namespace stratsim {

/// Understands the command line and carries it out. Throws InputErrors and WriteError.
Exit dispatch(int argc, char** argv);

}  // namespace stratsim
