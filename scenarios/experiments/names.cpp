#include "scenarios/experiments/names.hpp"

#include "sim/numbers/random.hpp"

#include <fmt/format.h>
#include <string_view>

namespace stratsim {

namespace {

/// Kubernetes' alphabet for suffixes: no vowels, so no words (apimachinery, util/rand).
constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";

std::string suffix(std::uint64_t a, std::uint64_t b, int length) {
    const Block block = philox({a, b, 0x6e616d65, 0}, {0, 0});
    std::string text;
    std::uint64_t word = block.words[0];
    for (int i = 0; i < length; ++i) {
        text += letters[word % letters.size()];
        word /= letters.size();
    }
    return text;
}

std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
}

/// The workload that a revision belongs to.
std::string owner_of(const Scenario& scenario, std::size_t revision) {
    if (revision < 2 || (scenario.companions.empty() && !scenario.actions)) return scenario.name;
    const Cast cast = cast_of(scenario);
    if (revision >= cast.revisions.size()) return scenario.name;
    return cast.workloads[cast.revisions[revision].workload];
}

}  // namespace

std::string replica_set_name(const Scenario& scenario, std::size_t revision) {
    const std::string name = owner_of(scenario, revision);
    return fmt::format("{}-{}", name, suffix(hash_of(name), revision, 10));
}

std::string service_name(const Scenario& scenario) {
    return scenario.service.empty() ? scenario.name : scenario.service;
}

std::string slice_name(const Scenario& scenario) {
    const std::string name = service_name(scenario);
    return fmt::format("{}-{}", name, suffix(hash_of(name) + 2, 0, 5));
}

namespace {

template <class SomePod>
std::string name_of(const Scenario& scenario, const SomePod& pod) {
    if (pod.ordinal >= 0) {
        return pod.set == 0 ? fmt::format("{}-{}", scenario.name, pod.ordinal)
                            : fmt::format("{}-green-{}", scenario.name, pod.ordinal);
    }
    const std::uint64_t entity = (static_cast<std::uint64_t>(pod.revision) << 32) | pod.index;
    return fmt::format("{}-{}", replica_set_name(scenario, pod.revision),
                       suffix(hash_of(scenario.name) + 1, entity, 5));
}

}  // namespace

std::string pod_name(const Scenario& scenario, const Pod& pod) {
    return name_of(scenario, pod);
}

std::string pod_name(const Scenario& scenario, const PodLife& pod) {
    return name_of(scenario, pod);
}

}  // namespace stratsim
