#pragma once

#include "sim/numbers/distribution.hpp"
#include "sim/setup.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Every value that a person writes, and the same value written back: what is printed can be typed.

namespace stratsim {

enum class Split;  // strategies/canary.hpp

/// A text that is not the value it should be. what() says what is wrong, advice() what to write.
class BadValue : public std::runtime_error {
  public:
    BadValue(const std::string& message, std::string advice, std::string rule)
        : std::runtime_error(message), advice_(std::move(advice)), rule_(std::move(rule)) {}
    const std::string& advice() const { return advice_; }
    const std::string& rule() const { return rule_; }

  private:
    std::string advice_;
    std::string rule_;
};

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);
/// A text in a message: not longer than 40 characters.
std::string shortened(std::string_view text);

/// No duration that somebody gives is longer: three years, far from the end of the clock.
inline constexpr double longest_seconds = 1e8;

/// How a setting is called that has no limit.
inline constexpr std::string_view unlimited = "unlimited";

/// `parse` throws BadValue; `print(parse(x))` means the same as x; `form` says what can be written.
template <class T>
struct Text;

#define STRATSIM_TEXT(Type)                    \
    template <>                                \
    struct Text<Type> {                        \
        static Type parse(std::string_view s); \
        static std::string print(const Type&); \
        static std::string form();             \
    }

STRATSIM_TEXT(Duration);
STRATSIM_TEXT(Distribution);
STRATSIM_TEXT(Rate);
STRATSIM_TEXT(Share);
STRATSIM_TEXT(PodCount);
STRATSIM_TEXT(int);
STRATSIM_TEXT(std::uint32_t);
STRATSIM_TEXT(std::uint64_t);
STRATSIM_TEXT(double);
STRATSIM_TEXT(bool);
STRATSIM_TEXT(std::string);
STRATSIM_TEXT(std::vector<Share>);
STRATSIM_TEXT(OnSigterm);
STRATSIM_TEXT(WorkloadKind);
STRATSIM_TEXT(PodManagement);
STRATSIM_TEXT(VolumeKind);
STRATSIM_TEXT(BalancerKind);
STRATSIM_TEXT(Split);

#undef STRATSIM_TEXT

/// A limit, or `unlimited`.
template <>
struct Text<std::optional<int>> {
    static std::optional<int> parse(std::string_view s) {
        if (s == unlimited) return std::nullopt;
        return Text<int>::parse(s);
    }
    static std::string print(const std::optional<int>& n) {
        return n ? Text<int>::print(*n) : std::string(unlimited);
    }
    static std::string form() { return "a whole number or unlimited"; }
};

}  // namespace stratsim
