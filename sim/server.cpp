#include "sim/server.hpp"

#include <algorithm>

namespace stratsim {

namespace {

bool ends_later(const InFlight& a, const InFlight& b) {
    return a.end > b.end;
}

}  // namespace

Server::Server(int concurrency, std::optional<int> queue)
    : concurrency_(concurrency), queue_(queue) {}

void Server::forget(Time now) {
    while (!in_flight_.empty() && in_flight_.front().end <= now) {
        std::ranges::pop_heap(in_flight_, ends_later);
        in_flight_.pop_back();
    }
}

std::size_t Server::in_system(Time now) {
    forget(now);
    return in_flight_.size();
}

bool Server::full(Time now) {
    if (concurrency_ == 0 || !queue_) return false;
    return in_system(now) >=
           static_cast<std::size_t>(concurrency_) + static_cast<std::size_t>(*queue_);
}

Time Server::begins(Time now) {
    if (concurrency_ == 0 || free_.size() < static_cast<std::size_t>(concurrency_)) return now;
    return std::max(now, free_.front());
}

void Server::admit(const InFlight& request) {
    if (concurrency_ > 0) {
        if (free_.size() < static_cast<std::size_t>(concurrency_)) {
            free_.push_back(request.end);
        } else {
            std::ranges::pop_heap(free_, std::greater<>{});
            free_.back() = request.end;
        }
        std::ranges::push_heap(free_, std::greater<>{});
    }
    forget(request.arrival);
    in_flight_.push_back(request);
    std::ranges::push_heap(in_flight_, ends_later);
}

Time Server::last_end(Time now) {
    forget(now);
    Time last = now;
    for (const InFlight& request : in_flight_) last = std::max(last, request.end);
    return last;
}

const std::vector<InFlight>& Server::in_flight(Time now) {
    forget(now);
    return in_flight_;
}

void Server::clear() {
    in_flight_.clear();
    free_.clear();
}

}  // namespace stratsim
