#pragma once

#include "sim/time.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace stratsim {

/// What is due, in order of time; of things due at one instant, those that took fewer reactions to
/// come about (their rank) come first, and of those the one noted first. Those that were added
/// ahead come before all of their instant.
///
/// A 4-ary implicit heap: half the depth of a binary one, and four children share a cache line.
template <class Event>
class Agenda {
  public:
    /// There is no place ahead beyond this.
    static constexpr std::uint32_t places_ahead = 64;

    bool empty() const { return heap_.empty(); }
    std::size_t size() const { return heap_.size(); }

    /// The instant of the earliest entry; `never` when there is none.
    Time next() const { return heap_.empty() ? never : heap_.front().at; }

    /// The rank of the earliest entry; there must be one.
    std::uint32_t next_rank() const { return heap_.front().rank; }

    void add(Time at, Event event, std::uint32_t rank = 0) {
        push({at, rank, sequence_++, std::move(event)});
    }

    /// Before all else of its instant; the lower `place`, the earlier. One entry a place.
    void add_ahead(Time at, Event event, std::uint32_t place) {
        push({at, 0, place, std::move(event)});
    }

    /// Takes the earliest entry out; there must be one.
    Event take() {
        Event event = std::move(heap_.front().event);
        Entry last = std::move(heap_.back());
        heap_.pop_back();
        if (!heap_.empty()) sink(std::move(last));
        return event;
    }

  private:
    struct Entry {
        Time at;
        std::uint32_t rank;
        std::uint64_t sequence;
        Event event;
    };

    void push(Entry entry) {
        heap_.push_back(std::move(entry));
        std::size_t child = heap_.size() - 1;
        while (child > 0) {
            const std::size_t parent = (child - 1) / 4;
            if (!before(heap_[child], heap_[parent])) break;
            std::swap(heap_[child], heap_[parent]);
            child = parent;
        }
    }

    static bool before(const Entry& a, const Entry& b) {
        if (a.at != b.at) return a.at < b.at;
        return a.rank != b.rank ? a.rank < b.rank : a.sequence < b.sequence;
    }

    void sink(Entry entry) {
        std::size_t parent = 0;
        for (;;) {
            const std::size_t first = parent * 4 + 1;
            if (first >= heap_.size()) break;
            const std::size_t end = first + 4 < heap_.size() ? first + 4 : heap_.size();
            std::size_t least = first;
            for (std::size_t child = first + 1; child < end; ++child) {
                if (before(heap_[child], heap_[least])) least = child;
            }
            if (!before(heap_[least], entry)) break;
            heap_[parent] = std::move(heap_[least]);
            parent = least;
        }
        heap_[parent] = std::move(entry);
    }

    std::vector<Entry> heap_;
    std::uint64_t sequence_ = places_ahead;
};

}  // namespace stratsim
