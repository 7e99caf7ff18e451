#include "cli/reports/page/time_layers.hpp"

#include "cli/reports/page/pod_phases.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace stratsim::html {

namespace {

constexpr std::size_t most_instants = 320;

}  // namespace

PodLayers pod_layers(const RunDetail& detail) {
    PodLayers result;
    const auto counts = pod_counts(detail, most_instants);
    struct Kind {
        PodPhase phase;
        std::size_t version;
        Paint paint;
        std::optional<Tone> edge;
    };
    const std::vector<Kind> kinds{
        {PodPhase::serving, 0, filled(Tone::old_pods, 0.4), Tone::old_pods},
        {PodPhase::serving, 1, filled(Tone::new_pods, 0.4), Tone::new_pods},
        {PodPhase::early, 0, hatched(Tone::lost, true), {}},
        {PodPhase::early, 1, hatched(Tone::lost, true), {}},
        {PodPhase::booting, 0, hatched(Tone::old_pods, true), {}},
        {PodPhase::booting, 1, hatched(Tone::new_pods, true), {}},
        {PodPhase::terminating, 0, hatched(Tone::old_pods, false), {}},
        {PodPhase::terminating, 1, hatched(Tone::new_pods, false), {}}};
    for (const PodCount& count : counts) result.at.push_back(count.at);
    result.at.push_back(to_seconds(detail.settled));
    for (const Kind& kind : kinds) {
        const auto phase = static_cast<std::size_t>(kind.phase);
        Layer layer;
        layer.name = kind.version == 0 ? "old" : "new";
        if (kind.phase != PodPhase::serving)
            layer.name += " " + std::string(pod_phase_names[phase]);
        layer.paint = kind.paint;
        layer.edge = kind.edge;
        for (const PodCount& count : counts)
            layer.values.push_back(count.count[phase][kind.version]);
        if (std::ranges::any_of(layer.values, [](double v) { return v > 0; }))
            result.layers.push_back(std::move(layer));
    }
    return result;
}

std::vector<double> instants_of(const Experiment& e, const RequestSeries& series) {
    std::vector<double> at;
    for (std::size_t i = 0; i < series.bins.size(); ++i)
        at.push_back(to_seconds(series.width * static_cast<std::int64_t>(i)));
    at.push_back(to_seconds(e.detail.settled));
    return at;
}

double a_second(const std::vector<double>& at, std::size_t i, double count) {
    const double length = at[i + 1] - at[i];
    return length > 0 ? count / length : 0;
}

std::vector<Layer> answer_layers(const RequestSeries& series, const std::vector<double>& at) {
    std::vector<Layer> layers{{"answered by old", filled(Tone::old_pods, 0.4), Tone::old_pods, {}},
                              {"answered by new", filled(Tone::new_pods, 0.4), Tone::new_pods, {}},
                              {"answered", filled(Tone::soft, 0.3), Tone::soft, {}},
                              {"lost", filled(Tone::lost), {}, {}}};
    for (std::size_t i = 0; i < series.bins.size(); ++i) {
        const RequestSeries::Bin& bin = series.bins[i];
        layers[0].values.push_back(a_second(at, i, bin.answered[0]));
        layers[1].values.push_back(a_second(at, i, bin.answered[1]));
        layers[2].values.push_back(a_second(at, i, static_cast<double>(bin.answered_by_either)));
        layers[3].values.push_back(a_second(at, i, static_cast<double>(bin.all_lost())));
    }
    std::erase_if(layers, [](const Layer& layer) {
        return std::ranges::all_of(layer.values, [](double value) { return value <= 0; });
    });
    return layers;
}

std::string count_label(double value) {
    return count_text(value, value == std::floor(value) ? 0 : 1);
}

}  // namespace stratsim::html
