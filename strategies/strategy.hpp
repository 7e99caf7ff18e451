#pragma once

#include "sim/controller.hpp"
#include "strategies/blue_green.hpp"
#include "strategies/canary.hpp"
#include "strategies/recreate.hpp"
#include "strategies/rolling.hpp"

#include <tuple>
#include <variant>

namespace stratsim {

/// Every strategy there is, in the order of every table. Adding one means adding it here.
using Strategies = std::tuple<Recreate, Rolling, BlueGreen, Canary>;

namespace detail {
template <class Tuple>
struct AsVariant;
template <class... S>
struct AsVariant<std::tuple<S...>> {
    using type = std::variant<S...>;
};
}  // namespace detail

/// One of them, with its settings.
using Strategy = detail::AsVariant<Strategies>::type;

/// What every strategy must offer; a kinder error message than the compiler's.
template <class... S>
constexpr bool are_strategies(const std::tuple<S...>*) {
    return (IsStrategy<S> && ...) &&
           (std::convertible_to<decltype(S::name), std::string_view> && ...);
}
static_assert(are_strategies(static_cast<Strategies*>(nullptr)));

/// Calls `visit` with each strategy of the list, in order.
template <class Visit>
void for_each_strategy(Strategies& list, Visit&& visit) {
    std::apply([&](auto&... strategy) { (visit(strategy), ...); }, list);
}
template <class Visit>
void for_each_strategy(const Strategies& list, Visit&& visit) {
    std::apply([&](const auto&... strategy) { (visit(strategy), ...); }, list);
}

/// As the world runs it.
inline Controller controller_of(const Strategy& strategy) {
    return std::visit([](const auto& s) { return Controller(s); }, strategy);
}

inline std::string_view name_of(const Strategy& strategy) {
    return std::visit([](const auto& s) { return s.name; }, strategy);
}

}  // namespace stratsim
