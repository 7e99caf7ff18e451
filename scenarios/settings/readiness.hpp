// When a pod counts as ready, as a person writes it.
#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/setup.hpp"

namespace stratsim {

/// The readiness of a pod: with the program, with the container (no probe), or by a probe.
struct Readiness {
    ReadyWhen when = ReadyWhen::booted;
    Probe probe{};

    friend bool operator==(const Readiness&, const Readiness&) = default;
};

Readiness readiness_of(const PodTemplate& made_of);
void set_readiness(PodTemplate& made_of, const Readiness& readiness);

template <>
struct Text<Probe> {
    static Probe parse(std::string_view s);
    static std::string print(const Probe& probe);
    static std::string form();
};

template <>
struct Text<Readiness> {
    static Readiness parse(std::string_view s);
    static std::string print(const Readiness& readiness);
    static std::string form();
};

}  // namespace stratsim
