#include "cli/interrupt.hpp"

#include <csignal>

namespace stratsim {

namespace {

std::atomic<bool> asked{false};
std::atomic<bool> terminated{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void ask(int signal) {
    terminated = signal == SIGTERM;
    asked = true;
}

}  // namespace

void listen_for_interrupts() {
    struct sigaction action {};
    action.sa_handler = ask;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM}) {
        struct sigaction before {};
        // Who starts a job in the background may have told it to ignore Ctrl-C.
        if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
        ::sigaction(signal, &action, nullptr);
    }
}

const std::atomic<bool>& interrupted() {
    return asked;
}

bool was_terminated() {
    return terminated;
}

}  // namespace stratsim
