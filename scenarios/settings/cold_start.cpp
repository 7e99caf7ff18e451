#include "scenarios/settings/cold_start.hpp"

#include "scenarios/settings/composite.hpp"

#include <fmt/format.h>

namespace stratsim {

ColdStart cold_start_of(const PodTemplate& made_of) {
    return {made_of.cold_factor, made_of.warms_over, made_of.warms_over_requests};
}

void set_cold_start(PodTemplate& made_of, const ColdStart& cold) {
    made_of.cold_factor = cold.factor;
    made_of.warms_over = cold.age;
    made_of.warms_over_requests = cold.requests;
}

ColdStart Text<ColdStart>::parse(std::string_view text) {
    if (text == "none") return {};
    ColdStart cold;
    read_parts(text,
               {{"factor", [&](auto s) { cold.factor = Text<double>::parse(s); }},
                {"age", [&](auto s) { cold.age = Text<Duration>::parse(s); }},
                {"requests", [&](auto s) { cold.requests = Text<double>::parse(s); }}},
               form());
    if (cold.factor < 1 || cold.factor > 1000) {
        throw BadValue("the factor of a cold start must be 1 to 1000", "write factor=5", "range");
    }
    if ((cold.age > Duration::zero()) == (cold.requests > 0)) {
        throw BadValue("a cold start fades with the pod's age or with its requests",
                       "write factor=5,age=30s or factor=5,requests=200", "setting");
    }
    return cold;
}

std::string Text<ColdStart>::print(const ColdStart& cold) {
    if (cold == ColdStart{}) return "none";
    return fmt::format("factor={},", cold.factor) +
           (cold.age > Duration::zero() ? "age=" + Text<Duration>::print(cold.age)
                                        : fmt::format("requests={}", cold.requests));
}

std::string Text<ColdStart>::form() {
    return "none, factor=5,age=30s or factor=5,requests=200";
}

}  // namespace stratsim
