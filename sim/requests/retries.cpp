#include "sim/requests/journey.hpp"

#include <algorithm>

// Requests that are sent once more.

namespace stratsim {

namespace {

/// Between tries of the same pod. Source: HAProxy, "retries".
constexpr Duration turn_around = std::chrono::seconds{1};

}  // namespace

/// Where a request goes that has failed elsewhere.
PodId Journey::another(const PendingTry& attempt, std::size_t instance) {
    Listing& listing = cluster_.service().listing(instance);
    const bool kept = network_.redispatch == Redispatch::nowhere;
    if (attempt.stays && (kept || listing.is_candidate(attempt.tried.back())))
        return attempt.tried.back();
    const Candidates candidates = listing.candidates(attempt.draws.low(2));
    if (candidates.size == 0) return no_pod;
    const Pick pick{candidates,
                    listing,
                    mixed(attempt.draws.words[2], 1000 + attempt.number),
                    attempt.user,
                    address_of(attempt.user),
                    attempt.at};
    return instances_[instance].redispatch(pick, attempt.tried,
                                           [&](PodId pod) { return load_of(pod, attempt.at); });
}

void Journey::run_again(Time until) {
    while (!again_.empty() && again_.front().at < std::min(until, halt_)) retry();
}

void Journey::retry() {
    std::ranges::pop_heap(again_, comes_later);
    PendingTry next = std::move(again_.back());
    again_.pop_back();
    attempt(next, no_pod);
}

bool Journey::may_retry(std::uint32_t tried) const {
    return tried < static_cast<std::uint32_t>(network_.retries);
}

/// Whether its client had left while the balancer held it, before a pod refused it.
bool Journey::too_late(const PendingTry& attempt, PodId id) {
    const Time gives_up = attempt.first + visitors_spec_.timeout;
    if (!attempt.held || attempt.at <= gives_up) return false;
    fail(attempt, id, Outcome::timeout, Cause::held, gives_up);
    return true;
}

/// It is offered elsewhere or, a moment later, to the same pod, unless the client has left by then.
void Journey::refused(PendingTry& attempt, PodId by, std::size_t instance) {
    instances_[instance].sees(by, attempt.at, true);
    if (too_late(attempt, by)) return;
    const int left = network_.retries - static_cast<int>(attempt.number);
    if (left <= 0)
        return fail(attempt, by, Outcome::refused, why_refused(by, instance), attempt.at);
    attempt.stays = instances_[instance].stays(left);
    const Time next = attempt.at + (attempt.stays ? turn_around : network_.refusal_lag);
    const Time gives_up = attempt.first + visitors_spec_.timeout;
    if (next > gives_up)
        return fail(attempt, by, Outcome::timeout, why_refused(by, instance), gives_up);
    attempt.at = next;
    attempt.tried.push_back(by);
    attempt.requests = 0;
    ++attempt.number;
    queue_again(attempt);
}

void Journey::queue_again(PendingTry attempt) {
    again_.push_back(std::move(attempt));
    std::ranges::push_heap(again_, comes_later);
}

void Journey::try_again(const InFlight& request, PodId failed, Time at) {
    const auto sent = static_cast<std::uint64_t>(request.arrival.time_since_epoch().count());
    queue_again({.at = at,
                 .first = request.arrival,
                 .user = request.user,
                 .number = request.tried + 1U,
                 .tried = {failed},
                 .record = request.record,
                 .counted = request.counted,
                 .draws = random_.block(Concern::retry, sent, request.tried)});
}

}  // namespace stratsim
