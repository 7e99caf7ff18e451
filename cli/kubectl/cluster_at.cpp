#include "cli/kubectl/cluster_at.hpp"

#include "cli/workloads.hpp"
#include "scenarios/experiments/replay.hpp"

#include <fmt/format.h>

namespace stratsim {

std::unique_ptr<ClusterAt> cluster_at(const Arguments& arguments, const std::string& at,
                                      std::string_view asker) {
    Time stop = never;
    if (!at.empty()) {
        try {
            stop = command + Text<Duration>::parse(at);
        } catch (const BadValue& bad) {
            usage_error(fmt::format("--at: {}", bad.what()), bad.advice());
        }
    }
    auto view = std::make_unique<ClusterAt>();
    Arguments inputs = arguments;
    // Somebody who only looks at an instant need not say when standing still ends.
    if (stop > command && stop != never && !inputs.settings.contains("visits")) {
        inputs.settings.try_emplace("observe", at);
    }
    view->scenario = only_workload(resolve(inputs), asker);
    require_runnable(view->scenario);
    view->scenario.engine = EngineKind::request;  // somebody looks at what single requests leave
    view->world = replay(view->scenario, 0, view->nobody, {.stop = stop});
    view->now = view->world->settled();
    return view;
}

std::string human_duration(Duration age) {
    using namespace std::chrono;
    const auto s = duration_cast<seconds>(age).count();
    if (s < 0) return "0s";
    if (s < 120) return fmt::format("{}s", s);
    const auto m = s / 60;
    if (m < 10) return s % 60 == 0 ? fmt::format("{}m", m) : fmt::format("{}m{}s", m, s % 60);
    if (m < 180) return fmt::format("{}m", m);
    const auto h = m / 60;
    if (h < 8) return m % 60 == 0 ? fmt::format("{}h", h) : fmt::format("{}h{}m", h, m % 60);
    if (h < 48) return fmt::format("{}h", h);
    const auto d = h / 24;
    if (d < 8) return h % 24 == 0 ? fmt::format("{}d", d) : fmt::format("{}d{}h", d, h % 24);
    return fmt::format("{}d", d);
}

}  // namespace stratsim
