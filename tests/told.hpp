#pragma once

#include "sim/on.hpp"
#include "sim/world.hpp"

#include <bit>
#include <memory>
#include <string>
#include <type_traits>

namespace stratsim {

/// The bytes of values, one after the other.
class Bytes {
  public:
    template <class T>
    void add(const T& value) {
        if constexpr (std::is_same_v<T, double>) {
            add(std::bit_cast<std::uint64_t>(value));
        } else if constexpr (std::is_same_v<T, Time>) {
            add(value.time_since_epoch().count());
        } else if constexpr (std::is_enum_v<T>) {
            add(static_cast<std::int64_t>(value));
        } else {
            static_assert(std::is_integral_v<T>);
            text_ += std::to_string(value) + ' ';
        }
    }
    template <class T, class... More>
    void add(const T& value, const More&... more) {
        add(value);
        (add(more), ...);
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

inline void add_fact(Bytes& bytes, const Fact& fact) {
    bytes.add(fact.index());
    const auto pod = [&](const auto& f) { bytes.add(static_cast<std::uint32_t>(f.pod)); };
    std::visit(on{[&](const fact::Resized& f) { bytes.add(f.revision, f.from, f.to); },
                  [&](const fact::PodCreated& f) { pod(f); },
                  [&](const fact::PodListens& f) { pod(f); },
                  [&](const fact::PodReady& f) { pod(f); },
                  [&](const fact::PodAvailable& f) { pod(f); },
                  [&](const fact::PodUnready& f) { pod(f), bytes.add(f.was_available); },
                  [&](const fact::PodTerminating& f) { pod(f), bytes.add(f.was_available); },
                  [&](const fact::PodSigterm& f) { pod(f); },
                  [&](const fact::PodGone& f) { pod(f), bytes.add(f.killed); },
                  [&](const fact::PodHeard& f) { pod(f), bytes.add(f.state, f.consumer); },
                  [&](const fact::ServiceChanged& f) {
                      bytes.add(f.count.listed, f.count.accepting, f.count.old_listed,
                                f.count.new_listed);
                  },
                  [&](const fact::StepReached& f) { bytes.add(f.index, f.asked, f.delivered); },
                  [&](const fact::StepEnded& f) { bytes.add(f.index); },
                  [&](const fact::RollbackBegun& f) { bytes.add(f.by_person); },
                  [&](const fact::RolloutEnded& f) { bytes.add(f.outcome); },
                  [&](const fact::StatusChanged& f) {
                      bytes.add(f.workload, f.counts.replicas, f.counts.updated, f.counts.ready,
                                f.counts.available, f.counts.unavailable, f.counts.current);
                  },
                  [&](const fact::ConditionChanged& f) {
                      bytes.add(f.workload, f.type, f.condition.status, f.condition.reason,
                                f.condition.updated, f.condition.changed);
                  },
                  [&](const fact::ClaimMade& f) { bytes.add(f.set, f.ordinal); },
                  [&](const fact::Selected& f) { bytes.add(f.version.value_or(~0ULL)); },
                  [](const auto&) {}},
               fact);
}

/// Every fact of a world in order, and what is left of it: pods, requests, records, users.
template <class Make>
std::string world_told(const Make& make) {
    Bytes bytes;
    const Witness witness = [&](Time at, const Fact& fact) {
        bytes.add(at);
        add_fact(bytes, fact);
    };
    const std::unique_ptr<World> world = make(witness);
    bytes.add(world->outcome(), world->ended(), world->settled());
    for (const Pod& pod : world->cluster().pods()) {
        bytes.add(pod.revision, pod.version, pod.index, pod.phase, pod.created, pod.dies_at,
                  pod.visits, pod.tally.sent);
        for (const std::uint64_t n : pod.tally.by_outcome) bytes.add(n);
    }
    const Ledger& ledger = world->traffic().ledger();
    bytes.add(ledger.total, ledger.succeeded, ledger.attempts);
    for (const std::uint64_t n : ledger.lost) bytes.add(n);
    for (const auto& bin : ledger.bins.bins()) bytes.add(bin.requests, bin.lost);
    for (const RequestRecord& r : world->traffic().records())
        bytes.add(r.arrival, r.begins, r.end, r.user, r.pod, r.outcome, r.cause, r.attempts);
    for (const Visitor& v : world->traffic().visitors())
        bytes.add(v.saw_old, v.saw_new, v.last_was_new, v.hurt);
    return bytes.text();
}

}  // namespace stratsim
