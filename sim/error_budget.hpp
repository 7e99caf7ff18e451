#pragma once

namespace stratsim {

/// What an objective leaves to be lost of a whole, be it the time of a period or the requests in it.
/// Source: Google, SRE book, chapter 3.
constexpr double error_budget(double objective, double whole) {
    return (1.0 - objective) * whole;
}

}  // namespace stratsim
