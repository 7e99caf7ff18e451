#include "sim/requests/open.hpp"

#include "sim/requests/gap.hpp"

#include <algorithm>

namespace stratsim {

OpenRequests::OpenRequests(Cluster& cluster, Journey& journey)
    : cluster_(cluster),
      journey_(journey),
      visitors_(cluster.setup().visitors),
      random_(cluster.setup().seed, cluster.setup().replication),
      draws_(random_.block(Concern::request, 0)),
      looks_ahead_(journey.chooses_at_random() && !journey.keeps_connections()) {
    look_ahead();
    if (visitors_.rate <= 0 && visitors_.shape.replayed.empty()) return;
    next_ = next_arrival(command, draws_);
    if (!cluster.setup().visits) warm_up();
}

Time OpenRequests::next_arrival(Time from, const Block& draws) const {
    const Arrivals& shape = visitors_.shape;
    if (shape.constant()) return from + gap(draws, visitors_.rate);
    if (!shape.replayed.empty()) {
        return journey_.came() < shape.replayed.size() ? shape.replayed[journey_.came()] : never;
    }
    return shape.after(from, -natural_log(draws.uniform(0)), visitors_.rate);
}

/// The pods do not stand idle when the command comes: some seconds of traffic before t = 0 fill
/// them, counted nowhere unless the rollout cuts it.
void OpenRequests::warm_up() {
    const PodTemplate& old = cluster_.templates().front();
    const double service = old.service_time.mean_seconds() + visitors_.think.mean_seconds();
    const double workers = old.concurrency == 0 ? 1e9 : old.concurrency;
    const double rate = visitors_.rate * visitors_.shape.factor_at(command);
    if (rate <= 0) return;
    const double load = rate * service / std::max(1.0, workers * cluster_.setup().replicas);
    const double slack = std::max(0.05, 1.0 - load);
    const double length = std::clamp(20.0 * service / (slack * slack), 0.2, 30.0);
    Time at = command - cluster_.setup().warm_up.value_or(from_seconds(length));
    for (std::uint64_t i = 0;; ++i) {
        PendingTry attempt{.counted = false, .draws = random_.block(Concern::warm_up, 0, i)};
        at += gap(attempt.draws, rate);
        if (at >= command) break;
        attempt.at = attempt.first = at;
        attempt.user = below(visitors_.users, attempt.draws.high(1));
        const PodId id = journey_.pick(attempt, at, journey_.instance_of(attempt));
        if (id == no_pod) break;
        Server& server = cluster_.pod(id).server;
        if (server.full(at)) continue;
        const Duration work = old.service_time.quantile(attempt.draws.uniform(3)) +
                              (visitors_.think.is_zero() ? Duration{} : visitors_.think.first());
        InFlight request{.arrival = at, .user = attempt.user};
        if (server.shares()) {
            server.work_until(at, [](const InFlight&) {});
            server.share(request, work);
            continue;
        }
        const Time begins = server.begins(at);
        request.end = begins + work;
        server.admit(request, begins);
    }
}

void OpenRequests::run_until(Time until) {
    journey_.begin_stretch(until);
    while (next_ < journey_.halt() && !journey_.exhausted()) {
        if (journey_.next_try() != never) journey_.run_again(next_);
        journey_.request(next_, below(visitors_.users, draws_.high(1)), draws_);
        draw_next();
        next_ = next_arrival(next_, draws_);
    }
    journey_.run_again(journey_.halt());
    journey_.work_shared(journey_.halt());
}

/// With thousands of pods nearly every request finds its pod outside the cache. Draws are made by
/// index, so those of later requests can be made early, and their pods fetched meanwhile.
void OpenRequests::draw_next() {
    journey_.count_one();
    const std::uint64_t index = journey_.came();
    if (!looks_ahead_) {
        draws_ = random_.block(Concern::request, index);
        return;
    }
    draws_ = ahead_[index % ahead_.size()];
    const std::uint64_t far = index + ahead_.size() - 1;
    ahead_[far % ahead_.size()] = random_.block(Concern::request, far);
    // Written out here: gcc believes that a function of prefetches does nothing, and drops the
    // call.
    const PodId soon = cluster_.service().listing().likely(ahead_[far % ahead_.size()].high(2));
    if (soon == no_pod) return;
    const auto* lines = reinterpret_cast<const char*>(&cluster_.pod(soon));
    for (std::size_t at = 0; at < Pod::touched; at += 64) __builtin_prefetch(lines + at, 1);
    // Half way on the pod itself has come, and where its queue lies is known.
    const PodId near = cluster_.service().listing().likely(
        ahead_[(far - ahead_.size() / 2) % ahead_.size()].high(2));
    cluster_.pod(near).server.fetch();
}

void OpenRequests::look_ahead() {
    for (std::uint64_t i = 1; looks_ahead_ && i < ahead_.size(); ++i)
        ahead_[(journey_.came() + i) % ahead_.size()] =
            random_.block(Concern::request, journey_.came() + i);
}

}  // namespace stratsim
