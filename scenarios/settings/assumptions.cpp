#include "scenarios/settings/assumptions.hpp"

#include "scenarios/settings/fields.hpp"

#include <string>

namespace stratsim {

std::vector<Assumption> assumptions(const Scenario& s) {
    std::vector<Assumption> list;
    for (const Field& field : fields()) {
        if (s.given(field.word)) continue;
        if (field.word == "rate" && (s.load || s.pause || s.replay)) continue;
        if (s.strategy == "none" && field.section != "traffic") continue;  // no pod starts or ends
        const bool strategic = uses(s, field.word) && field.source.starts_with("assumed");
        if (!field.moves && !strategic) continue;
        if (field.word == "shutdown" && s.old_version.on_sigterm == OnSigterm::exit) continue;
        list.push_back({field.word, field.get(s), field.source});
    }
    const NetworkPreset& preset = preset_of(s.network);
    if (!preset.not_measured.empty()) {
        list.push_back({"network", std::string(preset.name), std::string(preset.not_measured)});
    }
    return list;
}

}  // namespace stratsim
