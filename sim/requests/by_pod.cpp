#include "sim/requests/by_pod.hpp"

#include "sim/requests/gap.hpp"

#include <algorithm>
#include <array>

namespace stratsim {

RequestsByPod::RequestsByPod(Cluster& cluster, Journey& journey)
    : cluster_(cluster),
      journey_(journey),
      visitors_(cluster.setup().visitors),
      random_(cluster.setup().seed, cluster.setup().replication),
      open_(cluster, journey) {}

void RequestsByPod::run_until(Time until) {
    journey_.begin_stretch(until);
    if (worth_a_batch()) {
        do run_batch();
        while (worth_a_batch());
        open_.look_ahead();
    }
    open_.run_until(until);
}

/// Enough requests come before the next event; of few, sorting them by pod would be most of the
/// work.
bool RequestsByPod::worth_a_batch() const {
    constexpr double requests_a_pod = 2;
    const std::size_t pods = cluster_.pods().size();
    if (open_.next() >= journey_.halt() || journey_.exhausted()) return false;
    double coming = visitors_.rate * to_seconds(journey_.halt() - open_.next());
    if (const auto& visits = cluster_.setup().visits)
        coming = std::min(coming, static_cast<double>(*visits - journey_.came()));
    return coming >= requests_a_pod * static_cast<double>(pods);
}

/// Adds the next requests to the batch. What does not depend on the request before is worked out
/// for several at once: the processor then overlaps it.
void RequestsByPod::draw_some() {
    constexpr std::size_t some = 32;
    std::array<Block, some + 1> blocks;
    std::array<Duration, some> gaps;
    std::array<Duration, some> works;
    const bool even = visitors_.shape.constant();
    const Distribution& service = cluster_.templates().front().service_time;
    blocks[0] = open_.draws();
    for (std::size_t i = 1; i <= some; ++i)
        blocks[i] = random_.block(Concern::request, journey_.came() + i);
    for (std::size_t i = 0; even && i < some; ++i) gaps[i] = gap(blocks[i + 1], visitors_.rate);
    for (std::size_t i = 0; i < some; ++i) works[i] = service.quantile(blocks[i].uniform(3));
    const Listing& listing = cluster_.service().listing();
    const bool one_group = listing.has_one_group();
    for (std::size_t i = 0; i < some && has_next(); ++i) {
        const Block& draws = blocks[i];
        const Time now = open_.next();
        const std::uint32_t user = below(visitors_.users, draws.high(1));
        const std::uint32_t record = journey_.counted(now, user);
        PodId id = no_pod;
        if (one_group && record == 0) {
            id = listing.likely(draws.high(2));
            ++journey_.ledger().attempts;
        } else {
            PendingTry first{
                .at = now, .first = now, .user = user, .record = record, .draws = draws};
            id = journey_.noted(first, journey_.pick(first, now, 0), 0, false);
        }
        batch_.add({now, works[i], user, draws.low(1), id});
        journey_.count_one();
        const Time next = even ? now + gaps[i] : open_.next_arrival(now, blocks[i + 1]);
        open_.resume(next, blocks[i + 1]);
    }
}

void RequestsByPod::run_batch() {
    batch_.clear();
    const std::uint64_t begin = journey_.came();
    const std::size_t records = journey_.records().size();
    cluster_.service().listing().candidates(0);  // the same for all of them, unless a router draws
    while (has_next() && batch_.entries().size() < Batch::most) draw_some();

    const auto serve = [&](Batch::Entry& entry) {
        const std::size_t place = batch_.place_of(entry);
        journey_.serve_entry(&entry);
        PendingTry first{.at = entry.at, .first = entry.at, .user = entry.user};
        if (journey_.keeps_records())
            first.record = static_cast<std::uint32_t>(records + 1 + place);
        first.draws.words[1] = entry.chance;
        if (!journey_.all_same_service())
            first.draws = random_.block(Concern::request, begin + place);
        journey_.reach(entry.pod, first, 0);
    };
    const auto fetch = [this](PodId pod) {
        const auto* lines = reinterpret_cast<const char*>(&cluster_.pod(pod));
        for (std::size_t at = 0; at < Pod::touched; at += 64) __builtin_prefetch(lines + at, 1);
    };
    const auto fetch_queue = [this](PodId pod) { cluster_.pod(pod).server.fetch(); };
    batch_.by_pod(cluster_.pods().size(), serve, fetch, fetch_queue);
    journey_.serve_entry(nullptr);
    for (const Batch::Entry& entry : batch_.entries()) {
        if (entry.number != 0) cluster_.visits().show(entry.user, entry.number);
        if (entry.met_old != 0) journey_.meet(entry.user, 0);
        if (entry.met_new != 0) journey_.meet(entry.user, 1);
    }
}

}  // namespace stratsim
