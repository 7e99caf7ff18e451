#include "sim/pods/sharing_server.hpp"

#include <utility>

namespace stratsim {

double SharingServer::rate_of(std::size_t requests) const {
    if (processors_ == 0) return 1.0;
    return std::min(1.0, processors_ / static_cast<double>(requests));
}

bool SharingServer::full() const {
    if (processors_ == 0 || !queue_) return false;
    return in_flight_.size() >=
           static_cast<std::size_t>(processors_) + static_cast<std::size_t>(*queue_);
}

void SharingServer::share(const InFlight& request, Duration work) {
    const std::size_t place = in_flight_.size();
    if (place == places_.size()) {
        const auto next = static_cast<std::uint32_t>(place);
        places_.push_back({next, next});
    }
    needs_.push_back({served_ + to_seconds(work), places_[place].name});
    std::ranges::push_heap(needs_, later);
    in_flight_.push_back(request);
}

InFlight SharingServer::take() {
    std::ranges::pop_heap(needs_, later);
    const std::uint32_t name = needs_.back().name;
    needs_.pop_back();
    const std::uint32_t place = places_[name].place;
    const auto last = static_cast<std::uint32_t>(in_flight_.size() - 1);
    const InFlight taken = in_flight_[place];
    in_flight_[place] = in_flight_[last];
    in_flight_.pop_back();
    std::swap(places_[place].name, places_[last].name);
    places_[places_[place].name].place = place;
    places_[name].place = last;
    return taken;
}

Time SharingServer::last_end(Time now) const {
    // The processors finish one request after the other.
    Time at = worked_;
    double had = served_;
    std::vector<Need> left = needs_;
    std::ranges::sort(left, {}, &Need::until);
    for (std::size_t i = 0; i < left.size(); ++i) {
        at += from_seconds((left[i].until - had) / rate_of(left.size() - i));
        had = left[i].until;
    }
    return std::max(now, at);
}

void SharingServer::clear() {
    in_flight_.clear();
    needs_.clear();
}

}  // namespace stratsim
