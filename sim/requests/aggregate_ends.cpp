#include "sim/numbers/counts.hpp"
#include "sim/numbers/distribution.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/requests/aggregate.hpp"

#include <algorithm>
#include <numeric>

// What is in flight when a pod ends, or waits for its last answer.

namespace stratsim {

namespace {

constexpr std::size_t most_changes = 32;  ///< of a pod's rate, within the horizon
/// A mean so small that leaving it out changes nothing that anybody could see.
constexpr double nothing_to_see = 1e-9;
/// Where so few requests last so long, those that nobody had to look for stay in the means.
constexpr double rare_tail = 1e-6;

/// How many requests of each piece are in flight at an instant, in the mean. Pieces lie beside each
/// other, so most ends are known from the piece before.
std::vector<double> in_flight_of(const Distribution& service,
                                 const std::vector<Listing::Piece>& pieces, Time at) {
    std::vector<double> means;
    means.reserve(pieces.size());
    Time known_at = never;
    double known = 0;
    for (const Listing::Piece& piece : pieces) {
        const double to =
            piece.to == known_at ? known : service.mean_below(to_seconds(at - piece.to));
        known = service.mean_below(to_seconds(at - piece.from));
        known_at = piece.from;
        const double length = to_seconds(piece.to - piece.from);
        means.push_back(length > 0 ? piece.amount * std::max(0.0, known - to) / length : 0);
    }
    return means;
}

}  // namespace

Aggregate::Known& Aggregate::known(PodId pod) {
    if (index_of(pod) >= known_.size()) known_.resize(cluster_.pods().size());
    return known_[index_of(pod)];
}

/// Pieces that lie in one bin, and on one side of what has been drawn.
void Aggregate::cut_at_bins(std::vector<Listing::Piece>& pieces) const {
    std::vector<Listing::Piece> cut;
    for (const Listing::Piece& piece : pieces) {
        const double rate = piece.amount / to_seconds(piece.to - piece.from);
        Time from = piece.from;
        const auto first = static_cast<std::ptrdiff_t>(cut.size());
        while (from < piece.to) {
            Time to = piece.to;
            if (from < command) {
                to = std::min(to, command);
            } else {
                to = std::min(to, command + (from.time_since_epoch() / width_ + 1) * width_);
                if (from < revealed_) to = std::min(to, revealed_);
            }
            cut.push_back({from, to, rate * to_seconds(to - from)});
            from = to;
        }
        std::reverse(cut.begin() + first, cut.end());  // latest first, as the pieces are
    }
    pieces = std::move(cut);
}

/// Of a pod that takes no more: what is in flight at `at_least`, and of that at `kill`. Unset where
/// hardly anything can be.
std::optional<Aggregate::Flight> Aggregate::in_flight(PodId id, Time at_least, Time kill) {
    const Pod& pod = cluster_.pod(id);
    const Distribution& service = cluster_.pod_template(pod).service_time;
    const Time now = cluster_.now();
    const Time since = now - horizon_;
    Flight flight;
    for (std::size_t i = 0; i < cluster_.service().instances(); ++i)
        cluster_.service().listing(i).recall(id, since, now, most_changes, flight.pieces);
    if (pod.created < command && since < command) {  // what filled the pods before the command
        const Setup& setup = cluster_.setup();
        const double amount = to_seconds(command - since) *
                              setup.visitors.shape.factor_at(command) *
                              static_cast<double>(cluster_.service().instances()) / setup.replicas;
        flight.pieces.push_back({since, command, amount});
    }
    double sum = 0;
    Time latest = since;
    for (Listing::Piece& piece : flight.pieces) {
        piece.amount *= rate_;
        sum += piece.amount;
        latest = std::max(latest, piece.to);
    }
    if (sum * service.part_above(to_seconds(at_least - latest)) < nothing_to_see)
        return std::nullopt;
    cut_at_bins(flight.pieces);
    flight.later = in_flight_of(service, flight.pieces, kill);
    flight.between = kill == at_least ? std::vector<double>(flight.pieces.size())
                                      : in_flight_of(service, flight.pieces, at_least);
    for (std::size_t i = 0; i < flight.pieces.size(); ++i) {
        if (kill != at_least)
            flight.between[i] = std::max(0.0, flight.between[i] - flight.later[i]);
        flight.sum_later += flight.later[i];
        flight.sum_between += flight.between[i];
    }
    return flight;
}

std::vector<std::uint64_t> Aggregate::distribute(PodId pod, std::uint64_t n,
                                                 const std::vector<double>& weights,
                                                 std::uint64_t which) {
    std::vector<std::uint64_t> parts(weights.size());
    multinomial(
        n, weights,
        [&](std::size_t i) { return draws(Concern::in_flight, index_of(pod), which + 16 * i); },
        [&](std::size_t i, std::uint64_t part) { parts[i] = part; });
    return parts;
}

/// An upper limit of what can be in flight: all that the pod ever accepted, if it came just now.
double Aggregate::most_in_flight(PodId id, double tail) const {
    const Pod& pod = cluster_.pod(id);
    double accepted = 0;
    for (std::size_t i = 0; i < cluster_.service().instances(); ++i) {
        const Listing& listing = cluster_.service().listing(i);
        accepted += listing.expected_seconds(id, cluster_.now()) -
                    listing.refused_seconds(id, cluster_.now());
    }
    const Setup& setup = cluster_.setup();
    if (pod.created < command) {
        accepted += to_seconds(horizon_) * setup.visitors.shape.factor_at(command) *
                    static_cast<double>(cluster_.service().instances()) / setup.replicas;
    }
    return rate_ * accepted * tail;
}

/// The last of `survive` requests is over when their greatest end is: each ends by x with
/// probability 1 - (in flight at x) / (in flight at first), so one uniform number decides.
///
/// Nearly always nothing is in flight any more. Then the limit above is so small that no candidate
/// is drawn from it, and nothing else needs to be found out; a candidate is a request with the
/// probability that the true mean has of the limit.
Time Aggregate::last_end(PodId id, Time at_least, Time kill_at) {
    known(id).ended = true;
    if (at_least >= kill_at) at_least = kill_at;
    const Distribution& service = cluster_.pod_template(cluster_.pod(id)).service_time;
    const double tail = service.part_above(to_seconds(at_least - cluster_.now()));
    const double most = most_in_flight(id, tail);
    std::optional<std::uint64_t> candidates;
    if (tail < rare_tail) {
        candidates = poisson(most, draws(Concern::in_flight, index_of(id), 1));
        if (*candidates == 0) return at_least;
    }
    const auto flight = in_flight(id, at_least, kill_at);
    if (!flight) return at_least;
    const double mean = flight->sum_later + flight->sum_between;
    const Block block = draws(Concern::in_flight, index_of(id), 0);
    const std::uint64_t all =
        candidates ? binomial(*candidates, mean / most, block) : poisson(mean, block);
    const std::uint64_t killed =
        binomial(all, flight->sum_later / mean, draws(Concern::in_flight, index_of(id), 6));
    const std::uint64_t survive = all - killed;
    note(id, *flight, killed, survive);
    if (killed > 0) return kill_at;
    if (survive == 0) return at_least;
    const double u = draws(Concern::in_flight, index_of(id), 2).uniform(0);
    const double within =
        exponential(natural_log(u) / static_cast<double>(survive)) * flight->sum_between;
    const double wanted = mean - within;
    Time low = at_least;
    Time high = kill_at;
    while (high - low > Duration{1}) {
        const Time middle = low + (high - low) / 2;
        const auto left = in_flight_of(service, flight->pieces, middle);
        (std::accumulate(left.begin(), left.end(), 0.0) > wanted ? low : high) = middle;
    }
    return high;
}

/// What is known now of the pod's requests leaves the means of what is still to be drawn.
void Aggregate::note(PodId id, const Flight& flight, std::uint64_t killed, std::uint64_t survive) {
    const auto dead = distribute(id, killed, flight.later, 3);
    const auto alive = distribute(id, survive, flight.between, 4);
    known(id).killed += killed;
    for (std::size_t i = 0; i < flight.pieces.size(); ++i) {
        note_piece(id, flight.pieces[i].from, flight.later[i], flight.between[i], dead[i],
                   alive[i]);
    }
}

void Aggregate::note_piece(PodId id, Time at, double mean_later, double mean_between,
                           std::uint64_t killed, std::uint64_t survive) {
    Pod& pod = cluster_.pod(id);
    const std::size_t revision = pod.revision;
    const std::size_t version = side_of(revision);
    if (at < command) return kill(id, command, killed);  // the others are counted nowhere
    const std::size_t all = kind(revision, Fate::answered);
    if (at < revealed_) {  // they are among those drawn already: taken from the good answers
        known(id).mean += mean_later;
        const std::uint64_t moved = std::min(killed, counted_[all]);
        counted_[all] -= moved;
        served_[revision] -= moved;
        ledger_.succeeded -= moved;
        ledger_.total -= moved;
        ledger_.attempts -= moved;
        ledger_.answered[version] -= moved;
        ledger_.by_version[version].sent -= moved;
        ledger_.by_version[version].take(Outcome::success, moved);
        ledger_.bins.take(at, moved);
        cluster_.answered(revision, -static_cast<std::int64_t>(moved), 0);
        return kill(id, at, moved);
    }
    known(id).mean += mean_later + mean_between;
    const double errors = cluster_.pod_template(pod).errors.fraction();
    double* means = means_at(at);
    const auto take = [&](std::size_t which, double mean) {
        means[which] = std::max(0.0, means[which] - mean);
    };
    take(all, (mean_later + mean_between) * (1 - errors));
    take(kind(revision, Fate::error), (mean_later + mean_between) * errors);
    kill(id, at, killed);
    const std::uint64_t bad =
        binomial(survive, errors,
                 draws(Concern::in_flight, index_of(id),
                       5 + 16 * static_cast<std::uint64_t>(at.time_since_epoch().count())));
    const auto answer = [&](std::size_t which, Outcome outcome, std::uint64_t n) {
        if (n == 0) return;
        count(at, which, n);
        counted_[which] -= n;  // this pod's
        pod.tally.sent += n;
        pod.tally.add(outcome, n);
        if (outcome == Outcome::success) pod.visits += n;
    };
    answer(all, Outcome::success, survive - bad);
    answer(kind(revision, Fate::error), Outcome::version_error, bad);
}

void Aggregate::kill(PodId id, Time arrival, std::uint64_t n) {
    if (n == 0) return;
    Pod& pod = cluster_.pod(id);
    ledger_.total += n;
    ledger_.attempts += n;
    ledger_.bins.add(arrival, n, n);
    ledger_.lose(Outcome::killed, cluster_.why_killed(pod), n);
    if (cluster_.going_back() && cluster_.setup().rolls_out) ledger_.failed_in_rollback += n;
    for (Tally* tally : {&pod.tally, &ledger_.by_version[side_of(pod.revision)]}) {
        tally->sent += n;
        tally->add(Outcome::killed, n);
    }
}

std::size_t Aggregate::cut(PodId id) {
    Known& pod = known(id);
    if (!pod.ended) {
        pod.ended = true;
        const Time now = cluster_.now();
        if (const auto flight = in_flight(id, now, now)) {
            note(id, *flight,
                 poisson(flight->sum_later, draws(Concern::in_flight, index_of(id), 0)), 0);
        }
    }
    return known(id).killed;
}

}  // namespace stratsim
