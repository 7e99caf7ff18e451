#include "sim/pods/visits.hpp"

#include <algorithm>

namespace stratsim {

namespace {

/// Between the truncation of a file and the arrival of its new text. Measured on ext4: of 515
/// reads a second 27 in 100 found the file empty.
constexpr Duration truncated = std::chrono::microseconds{600};

bool later(const auto& a, const auto& b) {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
}

}  // namespace

StoreId Visits::open(std::optional<std::uint64_t> claim) {
    const bool one_for_all =
        unlocked() || kind_ == VolumeKind::shared_locked || kind_ == VolumeKind::external;
    if (one_for_all) claim = 0;
    if (kind_ == VolumeKind::ephemeral) claim.reset();
    if (claim) {
        const auto known =
            std::ranges::find(claims_, *claim, &decltype(claims_)::value_type::first);
        if (known != claims_.end()) {
            ++stores_[static_cast<std::size_t>(known->second)].holders;
            return known->second;
        }
    }
    const auto id = static_cast<StoreId>(stores_.size());
    stores_.push_back({.value = 0, .holders = 1, .kept = claim.has_value()});
    if (claim) claims_.emplace_back(*claim, id);
    return id;
}

void Visits::close(StoreId id) {
    Store& store = stores_[static_cast<std::size_t>(id)];
    if (--store.holders == 0 && !store.kept) store.lost = true;
}

void Visits::mark_initial() {
    for (Store& store : stores_) store.initial = true;
}

double Visits::surviving_share() const {
    const auto initial = std::ranges::count(stores_, true, &Store::initial);
    if (initial == 0) return 1.0;
    const auto left =
        std::ranges::count_if(stores_, [](const Store& s) { return s.initial && !s.lost; });
    return static_cast<double>(left) / static_cast<double>(initial);
}

std::uint64_t Visits::stored() const {
    std::uint64_t sum = 0;
    for (const Store& store : stores_) sum += store.value;
    return sum;
}

void Visits::show(std::uint32_t user, std::uint32_t number) {
    if (number >= shown_.size())
        shown_.resize(std::max<std::size_t>(number + 1, shown_.size() * 2));
    if (shown_[number]++ == 0) ++distinct_;
    if (last_number_.empty()) last_number_.resize(users_);
    std::uint32_t& last = last_number_[user];
    if (number < last) ++backward_;
    last = number;
}

void Visits::written(Store& store, std::size_t version) {
    ++total_;
    if (version > 0) {
        store.new_wrote = true;
        ++new_writes_;
    } else if (store.new_wrote) {
        ++old_after_new_;
    }
}

std::uint32_t Visits::count(StoreId id, std::size_t version) {
    Store& store = stores_[static_cast<std::size_t>(id)];
    written(store, version);
    return ++store.value;
}

void Visits::take_back(StoreId id, std::uint32_t number) {
    --stores_[static_cast<std::size_t>(id)].value;
    --total_;
    if (--shown_[number] == 0) --distinct_;
}

Time Visits::lock(Time from, Duration think) {
    const Time got = std::max(from, lock_free_);
    lock_free_ = got + think;
    return got;
}

void Visits::add(Pending pending) {
    pending_.push_back(pending);
    std::ranges::push_heap(pending_, later<Pending, Pending>);
}

Visits::Pending Visits::take() {
    std::ranges::pop_heap(pending_, later<Pending, Pending>);
    const Pending due = pending_.back();
    pending_.pop_back();
    return due;
}

void Visits::begin(const ReadThinkWrite& visit) {
    add({visit.read, sequence_++, visit, 0});
}

bool Visits::read_or_write(const Pending& due) {
    Store& store = stores_[static_cast<std::size_t>(due.visit.store)];
    if (due.number == 0) {
        const std::uint32_t read = due.at < store.empty_until ? 0 : store.value;
        add({due.at + due.visit.think, sequence_++, due.visit, read + 1});
        return false;
    }
    store.value = due.number;
    if (kind_ == VolumeKind::shared_naive) store.empty_until = due.at + truncated;
    written(store, due.visit.version);
    show(due.visit.user, due.number);
    return true;
}

}  // namespace stratsim
