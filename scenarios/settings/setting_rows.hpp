#pragma once

#include "scenarios/settings/fields.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// What a row of the table of settings is made of.

namespace stratsim {

/// Follows member pointers from a scenario to a value of it.
template <auto First, auto... Rest>
auto& at(auto& object) {
    if constexpr (sizeof...(Rest) == 0) {
        return object.*First;
    } else {
        return at<Rest...>(object.*First);
    }
}

/// What all rows have in common, for a value of this type.
template <class Value>
Field described(std::string_view word, std::string_view help, std::string_view source,
                std::string_view note) {
    Field field;
    field.word = word;
    field.help = help;
    field.source = source;
    field.note = note;
    field.form = Text<Value>::form();
    return field;
}

/// A setting with a default: where it lies, its word, what it is, where the default comes from, and
/// what else a manual says of that.
template <auto... Path>
Field row(std::string_view word, std::string_view help, std::string_view source,
          std::string_view note = {}) {
    using Value = std::remove_cvref_t<decltype(at<Path...>(std::declval<Scenario&>()))>;
    Field field = described<Value>(word, help, source, note);
    field.set = [](Scenario& s, std::string_view t) { at<Path...>(s) = Text<Value>::parse(t); };
    field.get = [](const Scenario& s) { return Text<Value>::print(at<Path...>(s)); };
    return field;
}

/// A setting that is unset unless somebody gives it; `note` says what holds then.
template <auto... Path>
Field unset(std::string_view word, std::string_view help, std::string_view note) {
    using Value =
        typename std::remove_cvref_t<decltype(at<Path...>(std::declval<Scenario&>()))>::value_type;
    Field field = described<Value>(word, help, "", note);
    field.set = [](Scenario& s, std::string_view t) { at<Path...>(s) = Text<Value>::parse(t); };
    field.get = [](const Scenario& s) {
        const auto& value = at<Path...>(s);
        return value ? Text<Value>::print(*value) : std::string();
    };
    field.has_default = false;
    return field;
}

/// A setting that is made of several values of the pods' template: `get` and `set` convert it.
template <auto get, auto set>
Field view(std::string_view word, std::string_view help, std::string_view source,
           std::string_view note) {
    using Value = decltype(get(std::declval<const PodTemplate&>()));
    Field field = described<Value>(word, help, source, note);
    field.set = [](Scenario& s, std::string_view t) { set(s.old_version, Text<Value>::parse(t)); };
    field.get = [](const Scenario& s) { return Text<Value>::print(get(s.old_version)); };
    return field;
}

/// An assumption worth naming when it is not given.
inline Field moves(Field field) {
    field.moves = true;
    return field;
}

/// A path, in a scenario file relative to that file.
inline Field path(Field field) {
    field.is_path = true;
    return field;
}

/// Nothing is assumed where it is not given.
inline Field given(Field field) {
    field.has_default = false;
    return field;
}

}  // namespace stratsim
