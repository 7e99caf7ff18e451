// How clients hold connections and how balancers treat pods that fail, as a person writes it.
#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/setup.hpp"

#include <optional>
#include <vector>

namespace stratsim {

/// How users hold connections.
struct ConnectionHabit {
    Connections kind = Connections::per_request;
    int size = 1;                ///< keep-alive: idle connections that a user keeps
    Duration idle{};             ///< the pod closes what was idle for so long; zero: never
    std::uint32_t requests = 0;  ///< that one connection carries at most; 0: no limit

    friend bool operator==(const ConnectionHabit&, const ConnectionHabit&) = default;
};

/// Which failures a balancer answers by sending the request to another pod.
struct RetryCauses {
    bool killed = false;
    bool errors = false;

    friend bool operator==(const RetryCauses&, const RetryCauses&) = default;
};

/// A pod that fails so often in a row is passed over for a while.
struct Ejection {
    int after = 0;  ///< 0: never
    Duration length = std::chrono::seconds{30};
    Share at_most{100'000};  ///< of the listed pods, but always one
    Share panic{500'000};    ///< with fewer listed pods left than this, all are used

    friend bool operator==(const Ejection&, const Ejection&) = default;
};

/// A new pod's part of the requests grows.
struct SlowStart {
    Duration length{};          ///< zero: it has its full part at once
    std::optional<Share> from;  ///< unset: the network's own
    double aggression = 1;      ///< 1: evenly; more: faster at first

    friend bool operator==(const SlowStart&, const SlowStart&) = default;
};

/// Who comes back to the same pod.
enum class Affinity { none, client_ip, cookie };

/// The weights of the pods of t = 0, in their order.
struct Weights {
    std::vector<std::uint32_t> list;

    friend bool operator==(const Weights&, const Weights&) = default;
};

#define STRATSIM_TEXT(Type)                    \
    template <>                                \
    struct Text<Type> {                        \
        static Type parse(std::string_view s); \
        static std::string print(const Type&); \
        static std::string form();             \
    }

STRATSIM_TEXT(ConnectionHabit);
STRATSIM_TEXT(RetryCauses);
STRATSIM_TEXT(Ejection);
STRATSIM_TEXT(SlowStart);
STRATSIM_TEXT(Affinity);
STRATSIM_TEXT(Weights);
STRATSIM_TEXT(Discipline);
STRATSIM_TEXT(Addresses);
STRATSIM_TEXT(Layer);

#undef STRATSIM_TEXT

}  // namespace stratsim
