#include "sim/balancers/balancer_instance.hpp"

#include "sim/numbers/elementary.hpp"

#include <algorithm>

namespace stratsim {

namespace {

/// A candidate that is not `shunned`, all alike; no_pod: there is none.
template <class Shunned>
PodId any_but(const Pick& pick, std::uint64_t draw, Shunned&& shunned) {
    std::uint32_t left = 0;
    for (std::uint32_t i = 0; i < pick.size(); ++i) left += shunned(pick.candidates[i]) ? 0 : 1;
    if (left == 0) return no_pod;
    std::uint32_t skipped = pick.choice(left, draw);
    for (std::uint32_t i = 0;; ++i) {
        const PodId pod = pick.candidates[i];
        if (!shunned(pod) && skipped-- == 0) return pod;
    }
}

}  // namespace

bool BalancerInstance::is_tried(PodId pod, const std::vector<PodId>& tried) const {
    if (tried.empty()) return false;
    if (network_->redispatch == Redispatch::but_last) return tried.back() == pod;
    return std::ranges::find(tried, pod) != tried.end();
}

/// Asked again, the balancer would answer the same.
bool BalancerInstance::bound_to_user() const {
    return std::holds_alternative<StickyBalancer>(balancer_) ||
           std::holds_alternative<SourceHashBalancer>(balancer_) ||
           std::holds_alternative<SubnetHashBalancer>(balancer_) ||
           std::holds_alternative<RingHashBalancer>(balancer_) ||
           std::holds_alternative<MaglevBalancer>(balancer_);
}

bool BalancerInstance::stays(int tries_left) const {
    if (network_->redispatch == Redispatch::nowhere) return true;
    return network_->redispatch == Redispatch::but_last && bound_to_user() && tries_left > 1;
}

PodId BalancerInstance::any_untried(const Pick& pick, const std::vector<PodId>& tried) const {
    const PodId other = any_but(pick, 300, [&](PodId pod) { return is_tried(pod, tried); });
    return other != no_pod ? other : pick.candidates[pick.choice(pick.size(), 301)];
}

/// The part of its requests that a pod gets: it grows while the pod is young. Sources: Envoy,
/// "Slow start mode" (max(least, (age / window)^(1 / aggression))); HAProxy, "slowstart" (linear,
/// from 1 to 100 %).
double BalancerInstance::part_taken(PodId pod, const Pick& pick) const {
    if (network_->slow_start == Duration::zero()) return 1;
    const Time since = pick.listing.heard_ready(pod);
    if (since <= command) return 1;
    const double age = to_seconds(pick.now - since) / to_seconds(network_->slow_start);
    if (age >= 1) return 1;
    const double grown =
        age <= 0 ? 0 : exponential(natural_log(age) / network_->slow_start_aggression);
    return std::max(network_->slow_start_from.fraction(), grown);
}

/// Ejection turns all requests of a pod away, slow start a part of them; who is turned away goes to
/// any other pod, and if there is none that would take it, where it was sent first. For a choice by
/// chance the parts are in proportion to the weights.
PodId BalancerInstance::passing_over(PodId id, const Pick& pick) {
    constexpr std::uint64_t most_draws = 64;
    learn(pick.now);
    listed_ = pick.size();
    const bool heeds_ejection = !ejected_.empty() && !panics(pick);
    const auto ejected = [&](PodId pod) { return heeds_ejection && back_at_[pod] > pick.now; };
    PodId chosen = id;
    for (std::uint64_t i = 0; chosen != no_pod && i < most_draws; ++i) {
        if (!ejected(chosen)) {
            const double part = part_taken(chosen, pick);
            if (part >= 1 || pick.uniform(100 + i) < part) return chosen;
        }
        chosen = any_but(pick, 200 + i, ejected);
    }
    return id;
}

/// With too few pods left that are not ejected, all are used again. Source: Envoy, "Panic
/// threshold".
bool BalancerInstance::panics(const Pick& pick) {
    if (network_->panic_below == nothing || ejected_.empty()) return false;
    std::erase_if(ejected_, [&](Time until) { return until <= pick.now; });
    const auto all = static_cast<double>(pick.size());
    return all - static_cast<double>(ejected_.size()) < all * network_->panic_below.fraction();
}

void BalancerInstance::sees(PodId pod, Time at, bool failed) {
    if (network_->eject_after == 0) return;
    coming_.push_back({at, results_++, pod, failed});
    std::ranges::push_heap(coming_, later);
}

void BalancerInstance::loses(PodId pod, Time now) {
    if (network_->eject_after == 0) return;
    for (Result& result : coming_) {
        if (result.pod != pod || result.at <= now) continue;
        result.at = now;
        result.failed = true;
    }
    std::ranges::make_heap(coming_, later);
}

void BalancerInstance::learn(Time now) {
    while (!coming_.empty() && coming_.front().at <= now) {
        std::ranges::pop_heap(coming_, later);
        const Result result = coming_.back();
        coming_.pop_back();
        note(result);
    }
}

void BalancerInstance::note(const Result& result) {
    std::int32_t& failures = failures_[result.pod];
    failures = result.failed ? failures + 1 : 0;
    if (failures < network_->eject_after) return;
    failures = 0;
    std::erase_if(ejected_, [&](Time until) { return until <= result.at; });
    const auto most =
        static_cast<std::size_t>(static_cast<double>(listed_) * network_->eject_at_most.fraction());
    if (ejected_.size() >= std::max<std::size_t>(1, most)) return;
    back_at_[result.pod] = result.at + network_->ejected_for;
    ejected_.push_back(back_at_[result.pod]);
}

}  // namespace stratsim
