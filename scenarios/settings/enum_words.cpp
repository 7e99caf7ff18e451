#include "scenarios/settings/units.hpp"
#include "strategies/canary.hpp"

#include <fmt/format.h>
#include <utility>
#include <vector>

// Settings that are one of a few words.

namespace stratsim {

namespace {

template <class Enum>
using Words = std::vector<std::pair<std::string_view, Enum>>;

template <class Enum>
std::string all_of(const Words<Enum>& words) {
    std::string text;
    for (const auto& [word, value] : words) text += (text.empty() ? "" : "|") + std::string(word);
    return text;
}

template <class Enum>
Enum one_of(std::string_view s, const Words<Enum>& words) {
    for (const auto& [word, value] : words) {
        if (word == trimmed(s)) return value;
    }
    throw BadValue(fmt::format("'{}' is none of {}", shortened(s), all_of(words)),
                   fmt::format("write one of {}", all_of(words)), "choice");
}

template <class Enum>
std::string word_for(Enum value, const Words<Enum>& words) {
    for (const auto& [word, candidate] : words) {
        if (candidate == value) return std::string(word);
    }
    return "?";
}

const Words<OnSigterm>& sigterm_words() {
    static const Words<OnSigterm> words{{"exit", OnSigterm::exit},
                                        {"drain", OnSigterm::drain},
                                        {"serve", OnSigterm::serve},
                                        {"ignore", OnSigterm::ignore}};
    return words;
}
const Words<WorkloadKind>& kind_words() {
    static const Words<WorkloadKind> words{{"deployment", WorkloadKind::deployment},
                                           {"statefulset", WorkloadKind::statefulset}};
    return words;
}
const Words<PodManagement>& management_words() {
    static const Words<PodManagement> words{{"OrderedReady", PodManagement::ordered_ready},
                                            {"Parallel", PodManagement::parallel}};
    return words;
}
const Words<VolumeKind>& volume_words() {
    static const Words<VolumeKind> words{{"per-pod", VolumeKind::per_pod},
                                         {"shared", VolumeKind::shared},
                                         {"shared-naive", VolumeKind::shared_naive},
                                         {"shared-rename", VolumeKind::shared_rename},
                                         {"shared-locked", VolumeKind::shared_locked},
                                         {"external", VolumeKind::external},
                                         {"ephemeral", VolumeKind::ephemeral}};
    return words;
}
const Words<BalancerKind>& balancer_words() {
    static const Words<BalancerKind> words{{"random", BalancerKind::random},
                                           {"round-robin", BalancerKind::round_robin},
                                           {"least-connections", BalancerKind::least_connections},
                                           {"sticky", BalancerKind::sticky},
                                           {"random-of-two", BalancerKind::random_of_two},
                                           {"least-request", BalancerKind::least_request},
                                           {"peak-ewma", BalancerKind::peak_ewma},
                                           {"source-hash", BalancerKind::source_hash},
                                           {"subnet-hash", BalancerKind::subnet_hash},
                                           {"ring-hash", BalancerKind::ring_hash},
                                           {"maglev", BalancerKind::maglev},
                                           {"haproxy-leastconn", BalancerKind::haproxy_least},
                                           {"haproxy-random", BalancerKind::haproxy_random_of_two}};
    return words;
}
const Words<Split>& split_words() {
    static const Words<Split> words{{"pods", Split::pods}, {"router", Split::router}};
    return words;
}

}  // namespace

#define STRATSIM_WORDS(Type, words)                    \
    Type Text<Type>::parse(std::string_view s) {       \
        return one_of(s, words());                     \
    }                                                  \
    std::string Text<Type>::print(const Type& value) { \
        return word_for(value, words());               \
    }                                                  \
    std::string Text<Type>::form() {                   \
        return all_of(words());                        \
    }                                                  \
    static_assert(true)

STRATSIM_WORDS(OnSigterm, sigterm_words);
STRATSIM_WORDS(WorkloadKind, kind_words);
STRATSIM_WORDS(PodManagement, management_words);
STRATSIM_WORDS(VolumeKind, volume_words);
STRATSIM_WORDS(BalancerKind, balancer_words);
STRATSIM_WORDS(Split, split_words);

#undef STRATSIM_WORDS

}  // namespace stratsim
