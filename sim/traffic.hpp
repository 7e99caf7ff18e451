#pragma once

#include "sim/balancer.hpp"
#include "sim/cluster.hpp"
#include "sim/ledger.hpp"
#include "sim/random.hpp"

#include <cstdint>
#include <vector>

namespace stratsim {

/// What a visitor has met so far.
struct Visitor {
    bool saw_old = false;
    bool saw_new = false;
    bool last_was_new = false;
    bool hurt = false;
};

/// The requests: between two changes of the cluster they advance by themselves, in order of
/// arrival, without an event for any of them. A request's fate is known when it arrives; a pod that
/// ends early takes back what it had promised.
class Traffic {
  public:
    explicit Traffic(Cluster& cluster);

    /// All requests that arrive before `until`.
    void run_until(Time until);
    /// The pod's process ends now: its requests in flight die. Returns how many.
    std::size_t cut(PodId pod);
    /// Carries out what is still to be written; after the last request.
    void finish();

    const Ledger& ledger() const { return ledger_; }
    const std::vector<Visitor>& visitors() const { return visitors_; }
    std::uint64_t version_flips() const { return version_flips_; }
    /// The exact number of requests that was asked for has come.
    bool exhausted() const;
    /// When the last answer was or will be given.
    Time last_answer() const { return last_answer_; }

  private:
    void warm_up();
    void request(Time now, const Block& draws);
    void side_traffic(Time until);
    void accept(PodId id, Time now, std::uint32_t user, const Block& draws);
    void lose(Outcome cause, Time arrival, std::uint32_t user);
    void meet(std::uint32_t user, std::size_t version);
    PodId pick(std::uint32_t user, const Block& draws, Time now);

    Cluster& cluster_;
    const Visitors& visitors_spec_;
    Randomness random_;
    Balancer balancer_;
    Ledger ledger_;
    std::vector<Visitor> visitors_;
    std::uint64_t index_ = 0;
    Block draws_;  ///< of the next request
    Time next_ = never;
    Time next_side_ = never;
    Time side_until_{};
    std::uint64_t side_index_ = 0;
    std::uint64_t version_flips_ = 0;
    Time last_answer_{};
};

}  // namespace stratsim
