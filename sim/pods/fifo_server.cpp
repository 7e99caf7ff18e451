#include "sim/pods/fifo_server.hpp"

#include <algorithm>
#include <utility>

namespace stratsim {

namespace {

bool ends_later(const InFlight& a, const InFlight& b) {
    return a.end > b.end;
}

}  // namespace

void FifoServer::forget(Time now) {
    if (concurrency_ == 0) {
        while (!in_flight_.empty() && in_flight_.front().end <= now) {
            last_released_ = std::max(last_released_, in_flight_.front().end);
            std::ranges::pop_heap(in_flight_, ends_later);
            in_flight_.pop_back();
        }
        return;
    }
    std::erase_if(in_flight_, [now](const InFlight& request) { return request.end <= now; });
    std::ranges::sort(in_flight_, {}, [](const InFlight& request) {
        return std::pair{request.arrival, request.user};
    });
    reused_ = 0;
}

std::size_t FifoServer::in_system(Time now) {
    if (concurrency_ == 0) {
        forget(now);
        return in_flight_.size();
    }
    while (started_ < starts_.size() && starts_[started_] <= now) ++started_;
    const std::size_t waiting = starts_.size() - started_;
    if (waiting > 0) return static_cast<std::size_t>(concurrency_) + waiting;
    return static_cast<std::size_t>(free_.end() - std::ranges::upper_bound(free_, now));
}

bool FifoServer::full(Time now) {
    if (concurrency_ == 0 || !queue_) return false;
    if (free_.size() < static_cast<std::size_t>(concurrency_) || free_.front() <= now) return false;
    while (started_ < starts_.size() && starts_[started_] <= now) ++started_;
    return starts_.size() - started_ >= static_cast<std::size_t>(*queue_);
}

Time FifoServer::begins(Time now) const {
    if (concurrency_ == 0 || free_.size() < static_cast<std::size_t>(concurrency_)) return now;
    return std::max(now, free_.front());
}

void FifoServer::admit(const InFlight& request, Time begins) {
    if (concurrency_ == 0) {
        forget(request.arrival);
        in_flight_.push_back(request);
        std::ranges::push_heap(in_flight_, ends_later);
        return;
    }
    occupy(request.end);
    if (begins > request.arrival) {
        if (started_ == starts_.size()) {
            starts_.clear();
            started_ = 0;
        } else if (started_ >= 16 && started_ * 2 > starts_.size()) {
            starts_.erase(starts_.begin(), starts_.begin() + static_cast<std::ptrdiff_t>(started_));
            started_ = 0;
        }
        starts_.push_back(begins);
    }
    // The place of one that has ended is used again, so that little memory is touched.
    if (reused_ < in_flight_.size() && in_flight_[reused_].end <= request.arrival) {
        in_flight_[reused_++] = request;
    } else {
        in_flight_.push_back(request);
    }
    if (reused_ >= in_flight_.size()) reused_ = 0;
}

/// The worker that is free first is busy until `end`.
void FifoServer::occupy(Time end) {
    if (free_.size() < static_cast<std::size_t>(concurrency_)) {
        free_.insert(std::ranges::upper_bound(free_, end), end);
        return;
    }
    if (free_.size() > sorted_by_shifting) {
        const auto place = std::ranges::upper_bound(free_, end);
        *std::move(free_.begin() + 1, place, free_.begin()) = end;
        return;
    }
    // Where it belongs looks like chance: each place takes what it must, without a branch.
    Time* const at = free_.data();
    const std::size_t last = free_.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        const Time next = at[i + 1];
        const Time later = at[i] < end ? end : at[i];
        at[i] = next < later ? next : later;
    }
    at[last] = at[last] < end ? end : at[last];
}

Time FifoServer::released(Time now) {
    if (concurrency_ == 0) {
        forget(now);
        return last_released_;
    }
    const auto busy = std::ranges::upper_bound(free_, now);
    return busy == free_.begin() ? Time::min() : *(busy - 1);
}

Time FifoServer::last_end(Time now) {
    forget(now);
    Time last = now;
    for (const InFlight& request : in_flight_) last = std::max(last, request.end);
    return last;
}

const std::vector<InFlight>& FifoServer::in_flight(Time now) {
    forget(now);
    return in_flight_;
}

void FifoServer::clear() {
    in_flight_.clear();
    reused_ = 0;
    free_.clear();
    starts_.clear();
    started_ = 0;
}

}  // namespace stratsim
