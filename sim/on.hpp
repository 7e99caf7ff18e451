#pragma once

namespace stratsim {

/// A set of lambdas as one visitor: `std::visit(on{[](A) {...}, [](B) {...}}, variant)`.
template <class... Handlers>
struct on : Handlers... {
    using Handlers::operator()...;
};
template <class... Handlers>
on(Handlers...) -> on<Handlers...>;

/// For folds that look at few of a variant's alternatives.
inline constexpr auto otherwise = [](const auto&) {};

}  // namespace stratsim
