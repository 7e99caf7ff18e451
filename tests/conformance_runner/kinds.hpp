#pragma once

#include <string>

/// Each reads the cases of one folder, prints what failed, and "N passed, M failed" as its last
/// line; the exit code is 0 when nothing failed.
int theory(const std::string& dir);
int loopback(const std::string& dir);
