// What becomes of a request, and why: the one enumeration of causes. The engine says which it is
// when it happens; every report takes its number and its sentence from here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stratsim {

/// What became of a request, as its client sees it. The order is that of every report.
enum class Outcome : std::uint8_t {
    refused,        ///< the pod it was sent to does not listen
    no_endpoint,    ///< the balancer has nowhere to send it
    killed,         ///< its pod ended while it was in flight
    timeout,        ///< the client gave up waiting
    overload,       ///< the pod's queue was full
    version_error,  ///< answered, but with an error of the version
    success,
};
inline constexpr std::size_t outcomes = 6;  ///< without success
inline constexpr std::array<std::string_view, outcomes> outcome_names{
    "refused", "no-endpoint", "killed", "timeout", "overload", "version-error"};

/// Why a request was lost.
enum class Cause : std::uint8_t {
    still_listed,  ///< its pod had stopped listening and was still listed
    fallback,      ///< no ready pod was listed; the terminating one did not listen any more
    ready_before_listening,  ///< its pod was listed before it listened
    nobody_ready,            ///< nowhere to go, as no pod of the Service was ready
    not_heard,               ///< pods were ready, and the balancer had not heard of them
    exited,                  ///< in flight when the program exited
    out_of_grace,            ///< in flight when the grace period ended
    closed_connection,       ///< its idle connection was closed by the pod just then
    queued,                  ///< the client gave up while it waited
    slow,                    ///< the client gave up while it was served
    held,                    ///< the client gave up while the balancer had no endpoint for it
    queue_full,              ///< its pod's queue was full
    version_error,           ///< answered, but with an error of the version
    none,                    ///< it was answered well
};
inline constexpr std::size_t causes = 13;  ///< without none
inline constexpr std::array<std::string_view, causes> cause_names{
    "still-listed", "fallback",     "ready-before-listening", "nobody-ready", "not-heard",
    "exited",       "out-of-grace", "closed-connection",      "queued",       "slow",
    "held",         "queue-full",   "version-error"};

/// `still-listed`, as JSON calls it.
constexpr std::string_view name_of(Cause cause) {
    return cause_names[static_cast<std::size_t>(cause)];
}

/// What a client sees of a cause. One whose request is refused again and again may also give up
/// meanwhile: then it sees a timeout.
constexpr Outcome outcome_of(Cause cause) {
    switch (cause) {
        case Cause::still_listed:
        case Cause::fallback:
        case Cause::ready_before_listening:
            return Outcome::refused;
        case Cause::nobody_ready:
        case Cause::not_heard:
            return Outcome::no_endpoint;
        case Cause::exited:
        case Cause::out_of_grace:
        case Cause::closed_connection:
            return Outcome::killed;
        case Cause::queued:
        case Cause::slow:
        case Cause::held:
            return Outcome::timeout;
        case Cause::queue_full:
            return Outcome::overload;
        case Cause::version_error:
            return Outcome::version_error;
        case Cause::none:
            return Outcome::success;
    }
    return Outcome::success;
}

}  // namespace stratsim
