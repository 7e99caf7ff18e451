#pragma once

#include "sim/balancers/balancer.hpp"

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace stratsim {

/// One of the balancers that stand side by side: how it chooses, and what it has seen of the pods.
/// Copies share the users' cookies.
class BalancerInstance {
  public:
    explicit BalancerInstance(const Network& network)
        : network_(&network),
          balancer_(make_balancer(network)),
          picky_(network.slow_start > Duration::zero() || network.eject_after > 0) {}

    /// The pod for a new request. `load` tells a pod's Load.
    template <class LoadOf>
    PodId pick(const Pick& pick, LoadOf&& load) {
        const PodId id = choose(balancer_, pick, load);
        return picky_ ? passing_over(id, pick) : id;
    }

    /// The pod for a further try of a request that was at `tried`, latest last; one of these again
    /// only where there is no other. `pick.random` is another number for each try.
    template <class LoadOf>
    PodId redispatch(const Pick& pick, const std::vector<PodId>& tried, LoadOf&& load);

    /// The next try waits, and goes to the same pod: the choice is bound to that pod, and it is not
    /// the last try. Source: HAProxy 2.6, src/backend.c, back_handle_st_cer.
    bool stays(int tries_left) const;

    /// It sees at `at`, now or later, how a request ends.
    void sees(PodId pod, Time at, bool failed);
    /// The pod's process ends now: the answers that it still owed are failures.
    void loses(PodId pod, Time now);
    /// An answer to come, for balancers that learn from latencies.
    void will_answer(PodId pod, Time end, Duration latency) {
        if (auto* ewma = std::get_if<PeakEwmaBalancer>(&balancer_))
            ewma->will_answer(pod, end, latency);
    }

    bool chooses_at_random() const { return std::holds_alternative<RandomBalancer>(balancer_); }

  private:
    /// How a request will end, as far as that is known.
    struct Result {
        Time at;
        std::uint64_t order;
        PodId pod;
        bool failed;
    };
    static bool later(const Result& a, const Result& b) {
        return std::pair(a.at, a.order) > std::pair(b.at, b.order);
    }

    bool is_tried(PodId pod, const std::vector<PodId>& tried) const;
    bool bound_to_user() const;
    PodId any_untried(const Pick& pick, const std::vector<PodId>& tried) const;
    PodId passing_over(PodId id, const Pick& pick);
    double part_taken(PodId pod, const Pick& pick) const;
    void learn(Time now);
    void note(const Result& result);
    bool panics(const Pick& pick);

    const Network* network_;
    Balancer balancer_;
    bool picky_;                  ///< slow start or ejection
    std::vector<Result> coming_;  ///< a heap, earliest first
    std::uint64_t results_ = 0;
    std::size_t listed_ = 0;        ///< at the last pick
    ByPod<std::int32_t> failures_;  ///< in a row
    ByPod<Time> back_at_;           ///< passed over until then
    std::vector<Time> ejected_;     ///< until when, of those that are passed over
};

template <class LoadOf>
PodId BalancerInstance::redispatch(const Pick& pick, const std::vector<PodId>& tried,
                                   LoadOf&& load) {
    constexpr std::uint64_t most_draws = 16;
    if (bound_to_user()) return any_untried(pick, tried);
    // A balancer that looks at loads never takes the fullest.
    const auto shunned = [&](PodId pod) {
        Load seen = load(pod);
        if (is_tried(pod, tried)) seen.requests += std::size_t{1} << 30U;
        return seen;
    };
    Pick again = pick;
    if (!tried.empty()) again.avoided = tried.back();
    for (std::uint64_t draw = 0; draw < most_draws; ++draw) {
        again.random = mixed(pick.random, draw);
        PodId id = choose(balancer_, again, shunned);
        if (is_tried(id, tried)) continue;
        if (picky_) id = passing_over(id, again);
        if (!is_tried(id, tried)) return id;
    }
    return any_untried(pick, tried);
}

}  // namespace stratsim
