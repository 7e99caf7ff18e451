// A fresh pod works slower, as a person writes it.
#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/setup.hpp"

namespace stratsim {

/// So many times slower at first; the excess fades with the pod's age or with its requests.
struct ColdStart {
    double factor = 1;
    Duration age{};
    double requests = 0;

    friend bool operator==(const ColdStart&, const ColdStart&) = default;
};

ColdStart cold_start_of(const PodTemplate& made_of);
void set_cold_start(PodTemplate& made_of, const ColdStart& cold);

template <>
struct Text<ColdStart> {
    static ColdStart parse(std::string_view s);
    static std::string print(const ColdStart& cold);
    static std::string form();
};

}  // namespace stratsim
