#pragma once

#include "sim/arrivals.hpp"
#include "sim/endpoint.hpp"
#include "sim/share.hpp"
#include "sim/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace stratsim {

/// The pods that one request may be sent to: ready ones or, with none, terminating ones.
struct Candidates {
    const std::vector<const std::vector<PodId>*>& groups;
    std::size_t size = 0;
    /// Names the set: it changes when who belongs to it does.
    std::uint64_t version = 0;
    std::size_t revision = 0;  ///< that the router chose; 0 without a router

    PodId operator[](std::size_t i) const {
        for (const auto* group : groups) {
            if (i < group->size()) return (*group)[i];
            i -= group->size();
        }
        return no_pod;
    }
};

/// One consumer's view of the endpoints: what it has heard so far, never what is true.
///
/// It also keeps, lazily, the part of all requests that an even balancer would have sent to each
/// pod: the integral of 1/listed over the time it was listed, in units of the requests that come in
/// one second at the mean rate.
class Listing {
  public:
    explicit Listing(bool falls_back, Arrivals shape = {})
        : falls_back_(falls_back), shape_(std::move(shape)) {}

    /// A later state of a pod replaces an earlier one; news that come late are dropped.
    void hear(PodId pod, std::size_t revision, Heard state, Accepts accepts, Time now);
    /// The pod begins or ceases to accept requests; the consumer does not learn of it.
    void accepting_changed(PodId pod, Accepts accepts, Time now);
    /// The router's parts by revision; unset: a plain Service, all revisions alike.
    void route(std::optional<std::vector<Share>> parts, Time now);
    /// Which revisions' pods are endpoints of the plain Service; a router knows better.
    void select(std::vector<bool> revisions, Time now);
    /// Revisions that ran before all others count as old; without this only the first does.
    void stood(std::vector<bool> revisions) { stood_ = std::move(revisions); }
    /// There will be about so many pods; to grow by doubling would take more memory.
    void expect(std::size_t pods) { entries_.reserve(pods); }

    /// A pod's part of the requests beside the others'; 1 unless told.
    void weigh(PodId pod, std::uint32_t weight);
    std::uint32_t weight(PodId pod) const {
        return index_of(pod) < weights_.size() ? weights_[index_of(pod)] : 1;
    }
    bool weighted() const { return !weights_.empty(); }
    /// What it believes of a pod.
    Heard heard(PodId pod) const {
        return index_of(pod) < entries_.size() ? entries_[index_of(pod)].heard : Heard::unknown;
    }
    /// When the consumer heard that the pod is ready.
    Time heard_ready(PodId pod) const { return entries_[index_of(pod)].since; }

    /// Who may get a request, given a random number for the router's choice of a revision.
    Candidates candidates(std::uint32_t random);
    bool is_candidate(PodId pod) const;
    /// A router chooses the revision first.
    bool routed() const { return parts_.has_value(); }
    /// A uniform choice goes to likely() until the next change: all candidates stand in one group.
    bool has_one_group() const { return !parts_ && weights_.empty() && chosen_.size() == 1; }
    /// The candidate that a uniform choice among those of the last request would take; for looking
    /// ahead only, it may be wrong by now.
    PodId likely(std::uint32_t random) const {
        if (chosen_.size() != 1 || chosen_.front()->empty()) return no_pod;
        const auto& group = *chosen_.front();
        return group[(static_cast<std::uint64_t>(random) * group.size()) >> 32];
    }

    /// Over all revisions that get requests.
    EndpointCount count() const;

    /// Expected requests of the pod, in units of one second of all traffic.
    double expected_seconds(PodId pod, Time now) const;
    /// Of those, how many it does not accept.
    double refused_seconds(PodId pod, Time now) const;

    /// A revision's part of the requests now, and how much of that its pods accept.
    struct Part {
        std::size_t revision;
        double of_all;
        double accepted;   ///< of the part
        double not_yet;    ///< of the part: to pods that do not listen yet
        bool terminating;  ///< it goes to terminating pods, for want of ready ones
    };
    /// How one request splits now. What is missing to 1 has no endpoint.
    template <class See>
    void split(See&& see) const;
    /// What is missing: `see(revision, part)`; without a router there is no revision to name.
    template <class See>
    void without_endpoint(See&& see) const;

    /// From now on it can be recalled what a pod got in the last `span`.
    void remember(Duration span) { remembered_ = span; }
    /// Requests that the pod accepted in [from, to), in units of a second of all traffic.
    struct Piece {
        Time from;
        Time to;
        double amount;
    };
    /// What the pod accepted since `since`, within what is remembered, latest first; within a piece
    /// at an even rate. More than `most` changes of the rate are told as pieces that grow with
    /// their age.
    void recall(PodId pod, Time since, Time now, std::size_t most, std::vector<Piece>& pieces);

  private:
    /// The virtual time at an instant.
    struct Mark {
        Time at;
        double virtual_time;
    };
    struct Group {
        std::vector<PodId> pods;
        std::array<std::size_t, 3> by_accepts{};  ///< how many of them
        double virtual_time = 0;  ///< integral of (part of the requests / pods in the group)
        std::vector<Mark> marks;  ///< of the changes that are remembered, and some before
        std::size_t room = 64;    ///< marks, before the old ones are forgotten

        std::size_t& that(Accepts state) { return by_accepts[static_cast<std::size_t>(state)]; }
        std::size_t that(Accepts state) const {
            return by_accepts[static_cast<std::size_t>(state)];
        }
        double at(Time when) const;
        void forget_before(Time since);
    };
    /// A time in which a pod accepted requests of one group.
    struct Stay {
        Time from;
        Time to;
        std::uint32_t revision;
        bool terminating;
        std::uint32_t before;  ///< the pod's stay before it, from 1; 0: none
    };
    struct Revision {
        Group ready;
        Group terminating;
    };
    struct Entry {
        Heard heard = Heard::unknown;
        Accepts accepts = Accepts::not_yet;
        std::uint32_t revision = 0;
        std::uint32_t position = 0;
        std::uint32_t last_stay = 0;
        Time since{};
        Time joined_at{};
        double joined = 0;    ///< the group's virtual time when the pod joined it
        double expected = 0;  ///< what it gathered before
        double refused = 0;   ///< of that, what it did not accept
    };

    Entry& entry(PodId pod);
    Group* group_of(const Entry& entry);
    void join(PodId pod, Entry& entry);
    void leave(PodId pod, Entry& entry);
    /// Notes what the pod gathered until now.
    void gather(Entry& entry, Time now);
    void pieces_of(const Stay& stay, Time since, std::size_t most, std::vector<Piece>& pieces);
    void advance(Time now);
    /// What the pod has gathered in its group since it was last noted.
    double gathering(const Entry& entry, Time now) const;
    /// By how much a group's virtual time grows while `amount` requests come.
    double growth(std::size_t revision, bool terminating, double amount) const;
    /// Counts the pods anew, after a change of who gets requests.
    void recount();
    /// Whether a revision's group is in use now.
    bool in_use(std::size_t revision, bool terminating) const;
    double part(std::size_t revision) const;

    bool falls_back_;
    Arrivals shape_;
    std::optional<Duration> remembered_;
    std::vector<Stay> stays_;
    std::uint64_t version_ = 1;
    std::vector<std::uint32_t> weights_;
    std::vector<Entry> entries_;
    std::vector<Revision> revisions_;
    std::size_t ready_ = 0;        ///< pods of the revisions that get requests
    std::size_t terminating_ = 0;  ///< likewise
    std::optional<std::vector<Share>> parts_;
    std::vector<bool> selected_;  ///< by revision; empty: all
    std::vector<bool> stood_;
    Time advanced_{};
    std::vector<const std::vector<PodId>*> chosen_;  ///< reused by candidates()
};

template <class See>
void Listing::split(See&& see) const {
    const auto all = static_cast<double>(ready_ > 0 ? ready_ : terminating_);
    for (std::size_t r = 0; r < revisions_.size(); ++r) {
        for (const bool terminating : {false, true}) {
            if (!in_use(r, terminating)) continue;
            const Group& group = terminating ? revisions_[r].terminating : revisions_[r].ready;
            if (group.pods.empty()) continue;
            const auto pods = static_cast<double>(group.pods.size());
            see(Part{.revision = r,
                     .of_all = parts_ ? part(r) : pods / all,
                     .accepted = static_cast<double>(group.that(Accepts::now)) / pods,
                     .not_yet = static_cast<double>(group.that(Accepts::not_yet)) / pods,
                     .terminating = terminating});
        }
    }
}

template <class See>
void Listing::without_endpoint(See&& see) const {
    if (!parts_) {
        if (ready_ == 0 && (!falls_back_ || terminating_ == 0)) see(std::nullopt, 1.0);
        return;
    }
    for (std::size_t r = 0; r < parts_->size(); ++r) {
        if (part(r) <= 0) continue;
        const bool none =
            r >= revisions_.size() || (revisions_[r].ready.pods.empty() &&
                                       (!falls_back_ || revisions_[r].terminating.pods.empty()));
        if (none) see(std::optional(r), part(r));
    }
}

}  // namespace stratsim
