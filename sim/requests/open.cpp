#include "sim/numbers/elementary.hpp"
#include "sim/requests/traffic.hpp"

#include <algorithm>

// Requests that nobody waits for: they come whatever becomes of those before them.

namespace stratsim {

Duration Traffic::gap(const Block& draws, double rate) {
    return from_seconds(-natural_log(draws.uniform(0)) / rate);
}

Time Traffic::next_arrival(Time from, const Block& draws) const {
    const Arrivals& shape = visitors_spec_.shape;
    if (shape.constant()) return from + gap(draws, visitors_spec_.rate);
    if (!shape.replayed.empty()) {
        return index_ < shape.replayed.size() ? shape.replayed[index_] : never;
    }
    return shape.after(from, -natural_log(draws.uniform(0)), visitors_spec_.rate);
}

/// The pods do not stand idle when the command comes: some seconds of traffic before t = 0 fill
/// them, counted nowhere unless the rollout cuts it.
void Traffic::warm_up() {
    const PodTemplate& old = cluster_.templates().front();
    const double service = old.service_time.mean_seconds() + visitors_spec_.think.mean_seconds();
    const double workers = old.concurrency == 0 ? 1e9 : old.concurrency;
    const double rate = visitors_spec_.rate * visitors_spec_.shape.factor_at(command);
    if (rate <= 0) return;
    const double load = rate * service / std::max(1.0, workers * cluster_.setup().replicas);
    const double slack = std::max(0.05, 1.0 - load);
    const double length = std::clamp(20.0 * service / (slack * slack), 0.2, 30.0);
    Time at = command - cluster_.setup().warm_up.value_or(from_seconds(length));
    for (std::uint64_t i = 0;; ++i) {
        Attempt attempt{.counted = false, .draws = random_.block(Concern::warm_up, 0, i)};
        at += gap(attempt.draws, rate);
        if (at >= command) break;
        attempt.at = attempt.first = at;
        attempt.user = below(visitors_spec_.users, attempt.draws.high(1));
        const PodId id = pick(attempt, at, instance_of(attempt));
        if (id == no_pod) break;
        Server& server = cluster_.pod(id).server;
        if (server.full(at)) continue;
        const Duration work =
            old.service_time.quantile(attempt.draws.uniform(3)) +
            (visitors_spec_.think.is_zero() ? Duration{} : visitors_spec_.think.first());
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

void Traffic::run_open() {
    if (worth_a_batch()) {
        do run_batch();
        while (worth_a_batch());
        look_ahead();
    }
    while (next_ < halt_ && !exhausted()) {
        if (!again_.empty()) run_again(next_);
        request(next_, below(visitors_spec_.users, draws_.high(1)), draws_);
        draw_next();
        next_ = next_arrival(next_, draws_);
    }
}

/// With thousands of pods nearly every request finds its pod outside the cache. Draws are made by
/// index, so those of later requests can be made early, and their pods fetched meanwhile.
void Traffic::draw_next() {
    ++index_;
    if (!looks_ahead_) {
        draws_ = random_.block(Concern::request, index_);
        return;
    }
    draws_ = ahead_[index_ % ahead_.size()];
    const std::uint64_t far = index_ + ahead_.size() - 1;
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

void Traffic::look_ahead() {
    for (std::uint64_t i = 1; looks_ahead_ && i < ahead_.size(); ++i)
        ahead_[(index_ + i) % ahead_.size()] = random_.block(Concern::request, index_ + i);
}

/// Enough requests come before the next event; of few, sorting them by pod would be most of the
/// work.
bool Traffic::worth_a_batch() const {
    constexpr double requests_a_pod = 2;
    const std::size_t pods = cluster_.pods().size();
    if (!batches_ || next_ >= halt_ || exhausted()) return false;
    double coming = visitors_spec_.rate * to_seconds(halt_ - next_);
    if (const auto& visits = cluster_.setup().visits)
        coming = std::min(coming, static_cast<double>(*visits - index_));
    return coming >= requests_a_pod * static_cast<double>(pods);
}

/// Adds the next requests to the batch. What does not depend on the request before is worked out
/// for several at once: the processor then overlaps it.
void Traffic::draw_some() {
    constexpr std::size_t some = 32;
    std::array<Block, some + 1> blocks;
    std::array<Duration, some> gaps;
    std::array<Duration, some> works;
    const bool even = visitors_spec_.shape.constant();
    const Distribution& service = cluster_.templates().front().service_time;
    blocks[0] = draws_;
    for (std::size_t i = 1; i <= some; ++i) blocks[i] = random_.block(Concern::request, index_ + i);
    for (std::size_t i = 0; even && i < some; ++i)
        gaps[i] = gap(blocks[i + 1], visitors_spec_.rate);
    for (std::size_t i = 0; i < some; ++i) works[i] = service.quantile(blocks[i].uniform(3));
    const Listing& listing = cluster_.service().listing();
    const bool one_group = listing.has_one_group();
    for (std::size_t i = 0; i < some && next_ < halt_ && !exhausted(); ++i) {
        const Block& draws = blocks[i];
        ++ledger_.total;
        ledger_.bins.request(next_);
        const std::uint32_t user = below(visitors_spec_.users, draws.high(1));
        std::uint32_t record = 0;
        if (records_kept_) {
            records_.push_back({.arrival = next_, .begins = next_, .end = next_, .user = user});
            record = static_cast<std::uint32_t>(records_.size());
        }
        PodId id = no_pod;
        if (one_group && record == 0) {
            id = listing.likely(draws.high(2));
            ++ledger_.attempts;
        } else {
            Attempt first{
                .at = next_, .first = next_, .user = user, .record = record, .draws = draws};
            id = noted(first, pick(first, next_, 0), 0, false);
        }
        batch_.add({next_, works[i], user, draws.low(1), id});
        ++index_;
        next_ = even ? next_ + gaps[i] : next_arrival(next_, blocks[i + 1]);
        draws_ = blocks[i + 1];
    }
}

void Traffic::run_batch() {
    batch_.clear();
    const std::uint64_t begin = index_;
    const std::size_t records = records_.size();
    cluster_.service().listing().candidates(0);  // the same for all of them, unless a router draws
    while (next_ < halt_ && !exhausted() && batch_.entries().size() < Batch::most) draw_some();

    const auto serve = [&](Batch::Entry& entry) {
        const std::size_t place = batch_.place_of(entry);
        entry_ = &entry;
        Attempt first{.at = entry.at, .first = entry.at, .user = entry.user};
        if (records_kept_) first.record = static_cast<std::uint32_t>(records + 1 + place);
        first.draws.words[1] = entry.chance;
        if (!all_same_service_) first.draws = random_.block(Concern::request, begin + place);
        reach(entry.pod, first, 0);
    };
    const auto fetch = [this](PodId pod) {
        const auto* lines = reinterpret_cast<const char*>(&cluster_.pod(pod));
        for (std::size_t at = 0; at < Pod::touched; at += 64) __builtin_prefetch(lines + at, 1);
    };
    const auto fetch_queue = [this](PodId pod) { cluster_.pod(pod).server.fetch(); };
    batch_.by_pod(cluster_.pods().size(), serve, fetch, fetch_queue);
    entry_ = nullptr;
    for (const Batch::Entry& entry : batch_.entries()) {
        if (entry.number != 0) cluster_.visits().show(entry.user, entry.number);
        if (entry.met_old != 0) meet(entry.user, 0);
        if (entry.met_new != 0) meet(entry.user, 1);
    }
}

}  // namespace stratsim
