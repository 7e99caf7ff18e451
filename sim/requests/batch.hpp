#pragma once

#include "sim/endpoint.hpp"
#include "sim/ledger.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <vector>

namespace stratsim {

/// Requests of one stretch of time that is free of events, to be served pod after pod: with
/// thousands of pods each comes into the cache once for many of its requests. What a user meets is
/// told afterwards, in order of arrival.
class Batch {
  public:
    struct Entry {
        Time at{};
        Duration work{};  ///< by the service time of the revision of t = 0
        std::uint32_t user = 0;
        std::uint32_t chance = 0;  ///< the draw that decides whether the version errs
        PodId pod = no_pod;
        std::uint32_t number : 30 = 0;  ///< the visit number that it showed; 0: none
        std::uint32_t met_old : 1 = 0;  ///< the old version answered
        std::uint32_t met_new : 1 = 0;
    };

    /// So many, and what they touch, fit into the caches of most processors.
    static constexpr std::size_t most = 1U << 16;

    const std::vector<Entry>& entries() const { return entries_; }
    void add(const Entry& entry) { entries_.push_back(entry); }
    void clear() { entries_.clear(); }
    /// How many entries were added before it.
    std::size_t place_of(const Entry& entry) const {
        return static_cast<std::size_t>(&entry - entries_.data());
    }

    /// Tells `serve` each entry with a pod: pod after pod, and each pod's in order of arrival.
    /// `fetch` and, later, `fetch_queue` are told of a pod some time before its first entry.
    template <class Serve, class Fetch, class FetchQueue>
    void by_pod(std::size_t pods, Serve&& serve, Fetch&& fetch, FetchQueue&& fetch_queue);

  private:
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> ends_;   ///< by pod: where its entries end in `order_`
    std::vector<std::uint32_t> order_;  ///< places in `entries_`
};

template <class Serve, class Fetch, class FetchQueue>
void Batch::by_pod(std::size_t pods, Serve&& serve, Fetch&& fetch, FetchQueue&& fetch_queue) {
    constexpr std::size_t ahead = 8;
    ends_.assign(pods + 1, 0);
    for (const Entry& entry : entries_) {
        if (entry.pod != no_pod) ++ends_[index_of(entry.pod) + 1];
    }
    for (std::size_t i = 1; i <= pods; ++i) ends_[i] += ends_[i - 1];
    const std::size_t sent = ends_[pods];
    order_.resize(sent);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const PodId pod = entries_[i].pod;
        if (pod != no_pod) order_[ends_[index_of(pod)]++] = static_cast<std::uint32_t>(i);
    }
    const auto pod_at = [&](std::size_t i) { return entries_[order_[i]].pod; };
    for (std::size_t i = 0; i < sent; ++i) {
        if (i + 3 * ahead < sent) __builtin_prefetch(&entries_[order_[i + 3 * ahead]], 1);
        if (i + 2 * ahead < sent && pod_at(i + 2 * ahead) != pod_at(i + 2 * ahead - 1))
            fetch(pod_at(i + 2 * ahead));
        if (i + ahead < sent && pod_at(i + ahead) != pod_at(i + ahead - 1))
            fetch_queue(pod_at(i + ahead));
        serve(entries_[order_[i]]);
    }
}

}  // namespace stratsim
