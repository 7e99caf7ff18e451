#pragma once

#include "sim/endpoint.hpp"
#include "sim/ledger.hpp"
#include "sim/pods/server.hpp"
#include "sim/pods/visits.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <optional>

namespace stratsim {

/// The stages of a pod's life, in order.
enum class Phase : std::uint8_t { starting, ready, terminating, gone };

/// A pod: what the kubelet knows of it, and the server inside it.
struct alignas(64) Pod {
    // Every request touches these, so they come first, in few lines of the cache.
    std::uint32_t revision = 0;  ///< whose replica set it is of
    std::uint32_t version = 0;   ///< the template, which two Deployments may share
    std::uint64_t visits = 0;
    StoreId store{};
    std::uint32_t index = 0;  ///< how many of its revision were made before it
    bool is_new = false;      ///< of a version that did not run at t = 0
    bool listens = false;     ///< takes connections
    bool available = false;
    bool was_ready = false;
    bool failed = false;      ///< an action made it fail; it is not ready until one lets it recover
    bool left_ready = false;  ///< it was ready when it was deleted, and its kubelet still says so
    bool left_available = false;
    bool endpoint = false;  ///< the API lists it as one that may get requests
    Phase phase = Phase::starting;
    Tally tally;
    Server server;
    static constexpr std::size_t touched = 256;  ///< bytes, by a request

    int set = 0;
    int ordinal = -1;        ///< in its StatefulSet; -1: none
    std::uint32_t rank = 0;  ///< controllers' reactions that led to its last change
    Time created{};
    std::optional<Time> ready_at{};
    std::optional<Time> listed_at{};  ///< when it became an endpoint, the last time
    std::optional<Time> deleted_at{};
    Time dies_at = never;     ///< when it was gone
    Time deaf_since = never;  ///< when it closed its listener and its idle connections

    Accepts accepts() const {
        return listens ? Accepts::now : deaf_since == never ? Accepts::not_yet : Accepts::no_longer;
    }
};

}  // namespace stratsim
