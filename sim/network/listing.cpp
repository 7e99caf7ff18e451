#include "sim/network/listing.hpp"

#include <algorithm>
#include <utility>

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
    entry.joined_at = advanced_;
    group->pods.push_back(pod);
    ++group->that(entry.accepts);
}

void Listing::leave(PodId, Entry& entry) {
    Group* group = group_of(entry);
    if (group == nullptr) return;
    gather(entry, advanced_);
    --group->that(entry.accepts);
    const PodId last = group->pods.back();
    group->pods[entry.position] = last;
    entries_[index_of(last)].position = entry.position;
    group->pods.pop_back();
}

void Listing::gather(Entry& entry, Time now) {
    const Group* group = group_of(entry);
    if (group == nullptr) return;
    const double gathered = group->virtual_time - entry.joined;
    entry.expected += gathered;
    const bool accepted = entry.accepts == Accepts::now;
    if (!accepted) entry.refused += gathered;
    if (remembered_ && accepted && gathered > 0) {
        stays_.push_back({entry.joined_at, now, entry.revision, entry.heard == Heard::terminating,
                          entry.last_stay});
        entry.last_stay = static_cast<std::uint32_t>(stays_.size());
    }
    entry.joined = group->virtual_time;
    entry.joined_at = now;
}

void Listing::hear(PodId pod, std::size_t revision, Heard state, Accepts accepts, Time now) {
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
    if (state == Heard::terminating && !falls_back_) at.heard = Heard::gone;
    join(pod, at);
    recount();
}

void Listing::accepting_changed(PodId pod, Accepts accepts, Time now) {
    if (index_of(pod) >= entries_.size()) return;
    Entry& at = entries_[index_of(pod)];
    if (at.accepts == accepts) return;
    if (group_of(at) != nullptr) {
        advance(now);
        gather(at, now);
    }
    if (Group* group = group_of(at)) {
        --group->that(at.accepts);
        ++group->that(accepts);
    }
    at.accepts = accepts;
}

void Listing::route(std::optional<std::vector<Share>> parts, Time now) {
    advance(now);
    ++version_;
    parts_ = std::move(parts);
    recount();
}

void Listing::select(std::vector<bool> revisions, Time now) {
    advance(now);
    ++version_;
    selected_ = std::move(revisions);
    recount();
}

void Listing::weigh(PodId pod, std::uint32_t weight) {
    if (index_of(pod) >= weights_.size()) weights_.resize(index_of(pod) + 1, 1);
    weights_[index_of(pod)] = weight;
    ++version_;
}

void Listing::recount() {
    ready_ = 0;
    terminating_ = 0;
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        if (part(r) <= 0) continue;
        ready_ += revisions_[r].ready.pods.size();
        terminating_ += revisions_[r].terminating.pods.size();
    }
}

double Listing::part(std::size_t revision) const {
    if (!parts_) {
        const bool out =
            !selected_.empty() && (revision >= selected_.size() || !selected_[revision]);
        return out ? 0.0 : 1.0;
    }
    return revision < parts_->size() ? (*parts_)[revision].fraction() : 0.0;
}

bool Listing::in_use(std::size_t revision, bool terminating) const {
    if (part(revision) <= 0) return false;
    const std::size_t ready = parts_ ? revisions_[revision].ready.pods.size() : ready_;
    return terminating ? falls_back_ && ready == 0 : ready > 0;
}

double Listing::growth(std::size_t revision, bool terminating, double amount) const {
    if (!in_use(revision, terminating)) return 0;
    const Revision& home = revisions_[revision];
    const std::size_t own = (terminating ? home.terminating : home.ready).pods.size();
    const std::size_t pods = parts_ ? own : terminating ? terminating_ : ready_;
    return pods == 0 ? 0 : amount * part(revision) / static_cast<double>(pods);
}

void Listing::advance(Time now) {
    if (now <= advanced_) return;
    const Time from = std::exchange(advanced_, now);
    const double amount = shape_.amount(from, now);
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        for (const bool terminating : {false, true}) {
            const double grown = growth(r, terminating, amount);
            if (grown <= 0) continue;
            Group& group = terminating ? revisions_[r].terminating : revisions_[r].ready;
            if (remembered_ && (group.marks.empty() || group.marks.back().at < from))
                group.marks.push_back({from, group.virtual_time});
            group.virtual_time += grown;
            if (!remembered_) continue;
            group.marks.push_back({now, group.virtual_time});
            group.forget_before(now - *remembered_);
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
        const auto take_all = [&](Group Revision::*group) {
            for (std::size_t r = 0; r < revisions_.size(); ++r) {
                if (part(r) > 0) take(revisions_[r].*group);
            }
        };
        take_all(&Revision::ready);
        if (size == 0 && falls_back_) take_all(&Revision::terminating);
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

EndpointCount Listing::count() const {
    EndpointCount sum;
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        for (const bool terminating : {false, true}) {
            if (!in_use(r, terminating)) continue;
            const Group& group = terminating ? revisions_[r].terminating : revisions_[r].ready;
            if (group.pods.empty()) continue;
            sum.listed += group.pods.size();
            sum.accepting += group.that(Accepts::now);
            const bool stood = stood_.empty() ? r == 0 : r < stood_.size() && stood_[r];
            (stood ? sum.old_listed : sum.new_listed) = true;
        }
    }
    return sum;
}

double Listing::gathering(const Entry& entry, Time now) const {
    if (entry.heard != Heard::ready && entry.heard != Heard::terminating) return 0;
    const bool terminating = entry.heard == Heard::terminating;
    const Revision& home = revisions_[entry.revision];
    const Group& group = terminating ? home.terminating : home.ready;
    if (now <= advanced_) return group.virtual_time - entry.joined;
    const double amount = shape_.amount(advanced_, now);
    return group.virtual_time + growth(entry.revision, terminating, amount) - entry.joined;
}

double Listing::expected_seconds(PodId pod, Time now) const {
    if (index_of(pod) >= entries_.size()) return 0;
    const Entry& at = entries_[index_of(pod)];
    return at.expected + gathering(at, now);
}

double Listing::refused_seconds(PodId pod, Time now) const {
    if (index_of(pod) >= entries_.size()) return 0;
    const Entry& at = entries_[index_of(pod)];
    return at.refused + (at.accepts == Accepts::now ? 0 : gathering(at, now));
}

/// Between two marks it grows evenly; after the last it stands.
double Listing::Group::at(Time when) const {
    const auto after = std::ranges::upper_bound(marks, when, {}, &Mark::at);
    if (after == marks.begin()) return marks.empty() ? 0 : marks.front().virtual_time;
    const Mark& before = *std::prev(after);
    if (after == marks.end() || before.at == when) return before.virtual_time;
    const double part = to_seconds(when - before.at) / to_seconds(after->at - before.at);
    return before.virtual_time + part * (after->virtual_time - before.virtual_time);
}

/// Now and then, so that each mark is moved a few times at most.
void Listing::Group::forget_before(Time since) {
    if (marks.size() < room) return;
    const auto kept = std::ranges::upper_bound(marks, since, {}, &Mark::at);
    if (kept != marks.begin()) marks.erase(marks.begin(), std::prev(kept));
    room = std::max<std::size_t>(64, 2 * marks.size());
}

void Listing::pieces_of(const Stay& stay, Time since, std::size_t most,
                        std::vector<Piece>& pieces) {
    const Revision& home = revisions_[stay.revision];
    const Group& group = stay.terminating ? home.terminating : home.ready;
    const Time begin = std::max(stay.from, since);
    const auto first = std::ranges::upper_bound(group.marks, begin, {}, &Mark::at);
    const auto last = std::ranges::lower_bound(group.marks, stay.to, {}, &Mark::at);
    Time to = stay.to;
    double at_end = group.at(to);
    const auto add = [&](Time from, double at_begin) {
        if (from >= to) return;
        if (at_end > at_begin) pieces.push_back({from, to, at_end - at_begin});
        to = from;
        at_end = at_begin;
    };
    if (static_cast<std::size_t>(std::distance(first, last)) <= most) {
        for (auto mark = last; mark != first;) {
            --mark;
            add(mark->at, mark->virtual_time);
        }
    } else {
        for (std::size_t i = 1; i < most; ++i) {
            const double part = static_cast<double>(i) / static_cast<double>(most);
            const Time from = stay.to - from_seconds(part * part * to_seconds(stay.to - begin));
            add(from, group.at(from));
        }
    }
    add(begin, group.at(begin));
}

void Listing::recall(PodId pod, Time since, Time now, std::size_t most,
                     std::vector<Piece>& pieces) {
    if (index_of(pod) >= entries_.size()) return;
    advance(now);
    Entry& at = entries_[index_of(pod)];
    gather(at, now);
    for (std::uint32_t i = at.last_stay; i != 0 && stays_[i - 1].to > since;
         i = stays_[i - 1].before)
        pieces_of(stays_[i - 1], since, most, pieces);
}

}  // namespace stratsim
