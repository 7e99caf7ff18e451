#pragma once

#include "sim/decision.hpp"
#include "sim/move.hpp"

#include <concepts>
#include <vector>

namespace stratsim {

/// What an actor may look at.
struct Seen {
    Time now{};
    bool going_back = false;  ///< the version of before is coming back already
};

/// Whatever writes to the cluster beside a strategy: it sees what is, and answers with moves, which
/// are carried out in their order.
template <class A>
concept Actor = requires(const A actor, const Seen& seen, const typename A::Memory& memory) {
    { actor.act(seen, memory) } -> std::same_as<Decision<std::vector<Move>, typename A::Memory>>;
    requires std::equality_comparable<typename A::Memory>;
};

}  // namespace stratsim
