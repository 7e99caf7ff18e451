#pragma once

#include "sim/endpoint.hpp"
#include "sim/setup.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

enum class StoreId : std::uint32_t {};

/// The counters behind the pods, and what each visitor was shown of them.
class Visits {
  public:
    Visits(VolumeKind kind, std::uint32_t users) : kind_(kind), users_(users) {}

    /// There will be about so many pods.
    void expect(std::size_t pods) { stores_.reserve(pods); }

    /// A counter for a new pod: the shared one, that of its ordinal, or a fresh one.
    StoreId open(std::optional<std::uint64_t> claim);
    /// The pod is gone: its counter survives only if something else holds it.
    void close(StoreId store);

    /// Counts a visit at once and returns the number that it is to show.
    std::uint32_t count(StoreId store, std::size_t version);
    /// A user sees a number.
    void show(std::uint32_t user, std::uint32_t number);
    /// The visit's pod died before it answered.
    void take_back(StoreId store, std::uint32_t number);

    /// A visit that reads now or later and writes `think` after it has read.
    struct ReadThinkWrite {
        Time read;
        Duration think;
        PodId pod;
        StoreId store;
        std::uint32_t user;
        std::uint32_t version;
    };
    void begin(const ReadThinkWrite& visit);
    /// Carries out all reads and writes due until `now`, in order. A pod that is gone
    /// (`died(pod)` earlier than the instant) reads and writes no more; `counted(pod)` is told
    /// of each write.
    template <class Died, class Counted>
    void settle(Time now, Died&& died, Counted&& counted) {
        while (!pending_.empty() && pending_.front().at <= now) {
            const Pending due = take();
            if (died(due.visit.pod) < due.at) continue;
            if (read_or_write(due)) counted(due.visit.pod);
        }
    }
    /// Whether a visit reads now and writes later, without keeping others from it.
    bool unlocked() const {
        return kind_ == VolumeKind::shared || kind_ == VolumeKind::shared_naive ||
               kind_ == VolumeKind::shared_rename;
    }
    /// Whether a pod's visits are counted where no other pod counts.
    bool apart() const { return kind_ == VolumeKind::per_pod || kind_ == VolumeKind::ephemeral; }
    bool unsettled() const { return !pending_.empty(); }

    /// A lock on the shared file: when a visit that asks at `from` gets it, and holds it for
    /// `think`.
    Time lock(Time from, Duration think);

    VolumeKind kind() const { return kind_; }
    std::uint64_t total() const { return total_; }
    /// Numbers that at least one visitor was shown.
    std::uint64_t distinct() const { return distinct_; }
    std::uint64_t backward_reads() const { return backward_; }
    std::uint64_t old_writes_after_new() const { return old_after_new_; }
    std::uint64_t new_writes() const { return new_writes_; }
    /// Sum of all counters as they stand or stood when they were lost.
    std::uint64_t stored() const;
    std::uint64_t value(StoreId store) const {
        return stores_[static_cast<std::size_t>(store)].value;
    }
    /// Part of the stores of t = 0 that still exist.
    double surviving_share() const;
    void mark_initial();

  private:
    struct Store {
        std::uint32_t value = 0;
        std::uint32_t holders = 0;
        bool kept = false;  ///< outlives its pods
        bool initial = false;
        bool lost = false;
        bool new_wrote = false;
        Time empty_until = Time::min();  ///< written naively: truncated, its text not yet there
    };
    struct Pending {
        Time at;
        std::uint64_t sequence;
        ReadThinkWrite visit;
        std::uint32_t number;  ///< 0: it has still to read
    };

    Pending take();
    void add(Pending pending);
    bool read_or_write(const Pending& due);
    void written(Store& store, std::size_t version);

    VolumeKind kind_;
    std::uint32_t users_;
    std::vector<Store> stores_;
    std::vector<std::pair<std::uint64_t, StoreId>> claims_;
    std::vector<std::uint32_t> shown_;        ///< by number: how many visitors saw it
    std::vector<std::uint32_t> last_number_;  ///< by user
    std::vector<Pending> pending_;            ///< a heap, earliest first
    std::uint64_t sequence_ = 0;
    Time lock_free_ = Time::min();
    std::uint64_t total_ = 0;
    std::uint64_t distinct_ = 0;
    std::uint64_t backward_ = 0;
    std::uint64_t old_after_new_ = 0;
    std::uint64_t new_writes_ = 0;
};

}  // namespace stratsim
