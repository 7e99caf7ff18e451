#pragma once

#include <atomic>

namespace stratsim {

/// From now on Ctrl-C and SIGTERM ask for an end; the second time they end the program.
void listen_for_interrupts();

/// Turns true when an end was asked for.
const std::atomic<bool>& interrupted();

/// Whether it was SIGTERM that asked: whoever runs the program wants it to come again.
bool was_terminated();

}  // namespace stratsim
