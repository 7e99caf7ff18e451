#include "sim/listing.hpp"

#include <algorithm>

namespace stratsim {

Listing::Entry& Listing::entry(PodId pod) {
    if (index_of(pod) >= entries_.size()) entries_.resize(index_of(pod) + 1);
    return entries_[index_of(pod)];
}

Listing::Group* Listing::group_of(const Entry& entry) {
    if (entry.heard == Heard::ready) return &revisions_[entry.revision].ready;
    if (entry.heard == Heard::terminating) return &revisions_[entry.revision].terminating;
    return nullptr;
}

void Listing::join(PodId pod, Entry& entry) {
    Group* group = group_of(entry);
    if (group == nullptr) return;
    entry.position = static_cast<std::uint32_t>(group->pods.size());
    entry.joined = group->virtual_time;
    group->pods.push_back(pod);
    if (entry.accepts) ++group->accepting;
}

void Listing::leave(PodId, Entry& entry) {
    Group* group = group_of(entry);
    if (group == nullptr) return;
    entry.expected += group->virtual_time - entry.joined;
    if (entry.accepts) --group->accepting;
    const PodId last = group->pods.back();
    group->pods[entry.position] = last;
    entries_[index_of(last)].position = entry.position;
    group->pods.pop_back();
}

void Listing::hear(PodId pod, std::size_t revision, Heard state, bool accepts, Time now) {
    if (revision >= revisions_.size()) revisions_.resize(revision + 1);
    Entry& at = entry(pod);
    // Only a ready pod can fall back to what it was before it was heard of.
    if (state == Heard::unknown ? at.heard != Heard::ready : state <= at.heard) return;
    advance(now);
    ++version_;
    if (state == Heard::ready) at.since = now;
    leave(pod, at);
    at.heard = state;
    at.accepts = accepts;
    at.revision = static_cast<std::uint32_t>(revision);
    if (state == Heard::terminating && !falls_back_) return void(at.heard = Heard::gone);
    join(pod, at);
}

void Listing::accepting_changed(PodId pod, bool accepts) {
    if (index_of(pod) >= entries_.size()) return;
    Entry& at = entries_[index_of(pod)];
    if (at.accepts == accepts) return;
    at.accepts = accepts;
    if (Group* group = group_of(at)) {
        if (accepts) {
            ++group->accepting;
        } else {
            --group->accepting;
        }
    }
}

void Listing::route(std::optional<std::vector<Share>> parts, Time now) {
    advance(now);
    ++version_;
    parts_ = std::move(parts);
}

void Listing::weigh(PodId pod, std::uint32_t weight) {
    if (index_of(pod) >= weights_.size()) weights_.resize(index_of(pod) + 1, 1);
    weights_[index_of(pod)] = weight;
    ++version_;
}

std::size_t Listing::ready_total() const {
    std::size_t sum = 0;
    for (const Revision& r : revisions_) sum += r.ready.pods.size();
    return sum;
}

std::size_t Listing::terminating_total() const {
    std::size_t sum = 0;
    for (const Revision& r : revisions_) sum += r.terminating.pods.size();
    return sum;
}

double Listing::part(std::size_t revision) const {
    if (!parts_) return 1.0;
    return revision < parts_->size() ? (*parts_)[revision].fraction() : 0.0;
}

bool Listing::in_use(std::size_t revision, bool terminating) const {
    if (part(revision) <= 0) return false;
    const std::size_t ready = parts_ ? revisions_[revision].ready.pods.size() : ready_total();
    return terminating ? falls_back_ && ready == 0 : ready > 0;
}

void Listing::advance(Time now) {
    const double dt = to_seconds(now - advanced_);
    advanced_ = now;
    if (dt <= 0) return;
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        for (const bool terminating : {false, true}) {
            if (!in_use(r, terminating)) continue;
            Group& group = terminating ? revisions_[r].terminating : revisions_[r].ready;
            const std::size_t pods =
                parts_ ? group.pods.size() : (terminating ? terminating_total() : ready_total());
            if (pods > 0) group.virtual_time += dt * part(r) / static_cast<double>(pods);
        }
    }
}

Candidates Listing::candidates(std::uint32_t random) {
    chosen_.clear();
    std::size_t size = 0;
    const auto take = [&](const Group& group) {
        if (group.pods.empty()) return;
        chosen_.push_back(&group.pods);
        size += group.pods.size();
    };
    if (!parts_) {
        for (const Revision& r : revisions_) take(r.ready);
        if (size == 0 && falls_back_) {
            for (const Revision& r : revisions_) take(r.terminating);
        }
        return {chosen_, size, version_, 0};
    }
    // A router picks the version first; a version without endpoints answers nobody.
    double u = (static_cast<double>(random) + 0.5) * 0x1p-32;
    std::size_t chosen = 0;
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        u -= part(r);
        if (u >= 0) continue;
        chosen = r;
        take(revisions_[r].ready);
        if (size == 0 && falls_back_) take(revisions_[r].terminating);
        break;
    }
    return {chosen_, size, version_, chosen};
}

bool Listing::is_candidate(PodId pod) const {
    if (index_of(pod) >= entries_.size()) return false;
    const Entry& at = entries_[index_of(pod)];
    if (at.heard == Heard::ready) return part(at.revision) > 0;
    return at.heard == Heard::terminating && in_use(at.revision, true);
}

Listing::Count Listing::count() const {
    Count sum;
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        for (const bool terminating : {false, true}) {
            if (!in_use(r, terminating)) continue;
            const Group& group = terminating ? revisions_[r].terminating : revisions_[r].ready;
            if (group.pods.empty()) continue;
            sum.listed += group.pods.size();
            sum.accepting += group.accepting;
            (r == 0 ? sum.old_listed : sum.new_listed) = true;
        }
    }
    return sum;
}

double Listing::expected_seconds(PodId pod, Time now) {
    if (index_of(pod) >= entries_.size()) return 0;
    advance(now);
    const Entry& at = entries_[index_of(pod)];
    const Group* group = group_of(at);
    return at.expected + (group == nullptr ? 0 : group->virtual_time - at.joined);
}

}  // namespace stratsim
