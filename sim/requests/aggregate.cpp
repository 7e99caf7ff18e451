#include "sim/requests/aggregate.hpp"

#include "sim/numbers/counts.hpp"
#include "sim/numbers/distribution.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/requests/coupling.hpp"

#include <algorithm>
#include <numeric>

namespace stratsim {

namespace {

constexpr std::size_t answered = 0;
constexpr std::size_t error = 1;
constexpr std::size_t refused = 2;

constexpr std::size_t most_bins = 1U << 16;     ///< then they get wider
constexpr std::size_t most_pending = 1U << 12;  ///< then the older ones are drawn
constexpr std::size_t most_changes = 32;        ///< of a pod's rate, within the horizon
/// A mean so small that leaving it out changes nothing that anybody could see.
constexpr double nothing_to_see = 1e-9;
/// Where so few requests last so long, those that nobody had to look for stay in the means.
constexpr double rare_tail = 1e-6;
/// Requests rarer than this may outlast the client's timeout and count as answered.
constexpr double rare = 1e-9;

std::size_t side_of(const Cluster& cluster, std::size_t version) {
    return cluster.stood(version) ? 0 : 1;
}

/// After so long all but a billionth of a mean service time is over.
Duration horizon_of(const Distribution& service) {
    const double mean = service.mean_seconds();
    double seconds = mean;
    while (mean - service.mean_below(seconds) > 1e-9 * mean) seconds *= 1.25;
    return from_seconds(seconds);
}

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

/// Part of the probes with which a ready pod has failed as often in a row as makes it unready.
double failed_in_a_row(const PodTemplate& made_of) {
    const Probe& probe = *made_of.readiness;
    const double late =
        made_of.probe_time.value_or(made_of.service_time).part_above(to_seconds(probe.timeout));
    double part = 1;
    for (int i = 0; i < probe.failure_threshold; ++i) part *= late;
    return part;
}

}  // namespace

std::optional<std::string> needs_single_requests(const Setup& setup) {
    const Network& network = setup.network;
    const Visitors& visitors = setup.visitors;
    if (!visitors.shape.replayed.empty()) return "requests at given instants";
    if (setup.visits) return "a fixed number of visits";
    if (setup.keep_records) return "records of single requests";
    if (auto reason = couples_requests(setup)) return reason;
    if (network.holds) return "requests that wait for an endpoint";
    if (network.instances > 1 && network.layer == Layer::l4)
        return "several balancers, each with its own users";
    if (setup.volume == VolumeKind::shared || setup.volume == VolumeKind::shared_naive ||
        setup.volume == VolumeKind::shared_rename || setup.volume == VolumeKind::shared_locked)
        return "a counter that all pods share";
    for (const PodTemplate& made_of : setup.revisions) {
        if (made_of.concurrency > 0) return "pods that serve so many requests at once";
        if (made_of.cold_factor != 1 || !made_of.slower.empty())
            return "pods that are slower than others";
        if (made_of.error_time && made_of.errors != nothing)
            return "errors that take a time of their own";
        if (made_of.ready_when == ReadyWhen::probed && made_of.readiness &&
            failed_in_a_row(made_of) > rare)
            return "probes that outlast their time-out";
        if (made_of.service_time.part_above(to_seconds(visitors.timeout)) > rare)
            return "requests that outlast the client's timeout";
    }
    return std::nullopt;
}

Aggregate::Aggregate(Cluster& cluster, Ledger& ledger)
    : cluster_(cluster),
      ledger_(ledger),
      random_(cluster.setup().seed, cluster.setup().replication),
      rate_(cluster.setup().visitors.rate / static_cast<double>(cluster.service().instances())),
      kinds_(3 * cluster.templates().size() + 1),
      width_(ledger.bins.width()),
      rates_(kinds_),
      rarer_(2 * cluster.templates().size() + 1),
      rarer_rates_(rarer_),
      counted_(kinds_),
      served_(cluster.templates().size()) {
    for (const PodTemplate& made_of : cluster.templates()) {
        looked_at_ |= made_of.errors > nothing;
        horizon_ = std::max(horizon_, horizon_of(made_of.service_time));
    }
    for (std::size_t i = 0; i < cluster.service().instances(); ++i)
        cluster.service().listing(i).remember(horizon_);
    known_.reserve(cluster.pods().capacity());
    cluster.end_by(
        [this](PodId pod, Time at_least, Time kill) { return last_end(pod, at_least, kill); });
}

double* Aggregate::means_at(Time at) {
    const std::int64_t number = at.time_since_epoch() / width_;
    if (means_.empty()) first_bin_ = number;
    const auto bin = static_cast<std::size_t>(number - first_bin_);
    if ((bin + 1) * kinds_ > means_.size()) {
        means_.resize((bin + 1) * kinds_);
        rarer_means_.resize((bin + 1) * rarer_);
    }
    return means_.data() + bin * kinds_;
}

void Aggregate::set_rates() {
    std::ranges::fill(rates_, 0.0);
    std::ranges::fill(rarer_rates_, 0.0);
    double listed = 0;
    for (std::size_t i = 0; i < cluster_.service().instances(); ++i) {
        cluster_.service().listing(i).split([&](const Listing::Part& p) {
            const double errors = cluster_.templates()[p.revision].errors.fraction();
            rates_[kind(p.revision, answered)] += p.of_all * p.accepted * (1 - errors);
            rates_[kind(p.revision, error)] += p.of_all * p.accepted * errors;
            rates_[kind(p.revision, refused)] += p.of_all * (1 - p.accepted);
            listed += p.of_all;
            // To pods that do not listen yet, and to terminating ones that do not listen any more,
            // for want of ready ones.
            rarer_rates_[2 * p.revision] += p.of_all * p.not_yet;
            if (p.terminating) {
                rarer_rates_[2 * p.revision + 1] +=
                    p.of_all * std::max(0.0, 1 - p.accepted - p.not_yet);
            }
        });
    }
    const double lost = static_cast<double>(cluster_.service().instances()) - listed;
    rates_.back() = lost > 1e-12 ? lost : 0;
    // While a pod is ready that nobody has heard of.
    for (std::size_t i = 0; i < cluster_.service().instances() && rates_.back() > 0; ++i) {
        cluster_.service().listing(i).without_endpoint(
            [&](std::optional<std::size_t> version, double part) {
                if (cluster_.service().any_endpoint(version, cluster_.sides()))
                    rarer_rates_.back() += part;
            });
    }
    any_rarer_ = std::ranges::any_of(rarer_rates_, [](double rate) { return rate > 0; });
}

void Aggregate::run_until(Time until) {
    if (until <= at_) return;
    const bool back = cluster_.going_back() && cluster_.setup().rolls_out;
    if (back != going_back_) {
        flush(means_.size() / kinds_);
        going_back_ = back;
    }
    while (static_cast<std::size_t>(until.time_since_epoch() / width_) >= most_bins) {
        flush(means_.size() / kinds_);
        width_ *= 2;
    }
    set_rates();
    const Arrivals& shape = cluster_.setup().visitors.shape;
    while (at_ < until) {
        const Time end = std::min(until, command + (at_.time_since_epoch() / width_ + 1) * width_);
        const double amount = rate_ * shape.amount(at_, end);
        double* means = means_at(at_);
        for (std::size_t k = 0; k < kinds_; ++k) means[k] += amount * rates_[k];
        if (any_rarer_) {
            double* rarer = rarer_means_.data() +
                            static_cast<std::size_t>(means - means_.data()) / kinds_ * rarer_;
            for (std::size_t c = 0; c < rarer_; ++c) rarer[c] += amount * rarer_rates_[c];
        }
        at_ = end;
    }
    const std::size_t bins = means_.size() / kinds_;
    if (bins <= most_pending) return;
    const auto needed = static_cast<std::size_t>(horizon_ / width_) + 2;
    if (needed < bins / 2) flush(bins - needed);
}

void Aggregate::reveal() {
    if (looked_at_) flush(means_.size() / kinds_);
}

/// Draws the numbers of the first bins that are not drawn yet.
void Aggregate::flush(std::size_t bins) {
    if (bins == 0) return;
    ++flushes_;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const std::int64_t number = first_bin_ + static_cast<std::int64_t>(bin);
        for (std::size_t k = 0; k < kinds_; ++k) {
            const double mean = means_[bin * kinds_ + k];
            if (mean <= 0) continue;
            const std::uint64_t entity = static_cast<std::uint64_t>(number) * kinds_ + k;
            const std::uint64_t n = poisson(mean, draws(Concern::aggregate_bin, entity, flushes_));
            if (n == 0) continue;
            count(command + number * width_, k, n);
            name_causes(bin, k, n);
        }
    }
    revealed_ = std::min(at_, command + (first_bin_ + static_cast<std::int64_t>(bins)) * width_);
    first_bin_ += static_cast<std::int64_t>(bins);
    means_.erase(means_.begin(), means_.begin() + static_cast<std::ptrdiff_t>(bins * kinds_));
    rarer_means_.erase(rarer_means_.begin(),
                       rarer_means_.begin() + static_cast<std::ptrdiff_t>(bins * rarer_));
}

/// Given how many were refused, or had no endpoint, each has its cause by the parts of the means.
void Aggregate::name_causes(std::size_t bin, std::size_t kind, std::uint64_t n) {
    const double all = means_[bin * kinds_ + kind];
    const double* rarer = rarer_means_.data() + bin * rarer_;
    const auto lose = [&](Cause cause, std::uint64_t count) {
        ledger_.lose(outcome_of(cause), cause, count);
    };
    const auto part_of = [&](std::uint64_t of, double mean, double whole, std::uint64_t which) {
        if (mean <= 0 || of == 0) return std::uint64_t{0};
        if (mean >= whole * (1 - 1e-9)) return of;
        const auto number = static_cast<std::uint64_t>(first_bin_) + bin;
        return binomial(of, mean / whole,
                        draws(Concern::aggregate_cause, number * kinds_ + kind, which));
    };
    if (kind + 1 == kinds_) {
        const std::uint64_t not_heard = part_of(n, rarer[rarer_ - 1], all, 0);
        lose(Cause::not_heard, not_heard);
        lose(Cause::nobody_ready, n - not_heard);
    } else if (kind % 3 == refused) {
        const double early = rarer[2 * (kind / 3)];
        const std::uint64_t not_yet = part_of(n, early, all, 0);
        const std::uint64_t fallen =
            part_of(n - not_yet, rarer[2 * (kind / 3) + 1], all - early, 1);
        lose(Cause::ready_before_listening, not_yet);
        lose(Cause::fallback, fallen);
        lose(Cause::still_listed, n - not_yet - fallen);
    }
}

void Aggregate::count(Time at, std::size_t kind, std::uint64_t n) {
    const std::size_t revision = kind / 3;
    const std::size_t what = kind % 3;
    const bool has_pod = kind + 1 < kinds_;
    counted_[kind] += n;
    ledger_.total += n;
    ledger_.attempts += n;
    const bool good = has_pod && what == answered;
    ledger_.bins.add(at, n, good ? 0 : n);
    const Outcome outcome = !has_pod          ? Outcome::no_endpoint
                            : what == refused ? Outcome::refused
                            : what == error   ? Outcome::version_error
                                              : Outcome::success;
    if (good) {
        ledger_.succeeded += n;
        served_[revision] += n;
    } else {
        if (outcome == Outcome::version_error) ledger_.lose(outcome, Cause::version_error, n);
        if (going_back_) ledger_.failed_in_rollback += n;
    }
    if (!has_pod) return;
    const std::size_t version = side_of(cluster_, revision);
    ledger_.by_version[version].sent += n;
    ledger_.by_version[version].add(outcome, n);
    if (what == refused) return;
    const auto answers = static_cast<std::int64_t>(n);
    ledger_.answered[version] += n;
    cluster_.answered(revision, answers, what == error ? answers : 0);
    if (what == error && version > 0) ledger_.errors_new += n;
}

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
    double left = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::size_t last = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] > 0) last = i;
    }
    for (std::size_t i = 0; i < weights.size() && n > 0; ++i) {
        if (weights[i] <= 0) continue;
        parts[i] = i == last ? n
                             : binomial(n, weights[i] / left,
                                        draws(Concern::in_flight, index_of(pod), which + 16 * i));
        n -= parts[i];
        left -= weights[i];
    }
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
    const std::size_t version = side_of(cluster_, revision);
    if (at < command) return kill(id, command, killed);  // the others are counted nowhere
    const std::size_t all = kind(revision, answered);
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
    take(kind(revision, error), (mean_later + mean_between) * errors);
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
    answer(kind(revision, error), Outcome::version_error, bad);
}

void Aggregate::kill(PodId id, Time arrival, std::uint64_t n) {
    if (n == 0) return;
    Pod& pod = cluster_.pod(id);
    ledger_.total += n;
    ledger_.attempts += n;
    ledger_.bins.add(arrival, n, n);
    ledger_.lose(Outcome::killed, cluster_.why_killed(pod), n);
    if (cluster_.going_back() && cluster_.setup().rolls_out) ledger_.failed_in_rollback += n;
    for (Tally* tally : {&pod.tally, &ledger_.by_version[side_of(cluster_, pod.revision)]}) {
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

void Aggregate::finish() {
    flush(means_.size() / kinds_);
    for (std::size_t r = 0; r < cluster_.templates().size(); ++r) {
        share_out(r);
        if (cluster_.setup().draw_latencies) draw_latencies(r);
    }
}

/// Given how many requests there were, each pod's part of them is multinomial: one binomial number
/// a pod, of what the pods before it left.
void Aggregate::share_out(std::size_t revision) {
    auto& pods = cluster_.pods();
    std::vector<double> accepted(pods.size());
    std::vector<double> not_accepted(pods.size());
    for (std::size_t i = 0; i < pods.size(); ++i) {
        if (pods[i].revision != revision) continue;
        const auto id = static_cast<PodId>(i);
        for (std::size_t l = 0; l < cluster_.service().instances(); ++l) {
            const Listing& listing = cluster_.service().listing(l);
            const double lost = listing.refused_seconds(id, at_);
            not_accepted[i] += rate_ * lost;
            accepted[i] += rate_ * (listing.expected_seconds(id, at_) - lost);
        }
        if (i < known_.size()) accepted[i] = std::max(0.0, accepted[i] - known_[i].mean);
    }
    const auto give = [&](std::size_t what, const std::vector<double>& weights, Outcome outcome) {
        std::uint64_t n = counted_[kind(revision, what)];
        if (n == 0) return;
        double left = std::accumulate(weights.begin(), weights.end(), 0.0);
        std::size_t last = weights.size();
        while (last > 0 && weights[last - 1] <= 0) --last;
        for (std::size_t i = 0; i < last && n > 0; ++i) {
            if (weights[i] <= 0) continue;
            const std::uint64_t part =
                i + 1 == last
                    ? n
                    : binomial(n, weights[i] / left, draws(Concern::aggregate_pod, i, what));
            pods[i].tally.sent += part;
            pods[i].tally.add(outcome, part);
            if (outcome == Outcome::success) pods[i].visits += part;
            n -= part;
            left -= weights[i];
        }
    };
    give(answered, accepted, Outcome::success);
    give(error, accepted, Outcome::version_error);
    give(refused, not_accepted, Outcome::refused);
}

/// Without a limit of concurrency a latency is a service time.
void Aggregate::draw_latencies(std::size_t revision) {
    std::uint64_t n = served_[revision];
    if (n == 0) return;
    const Distribution& service = cluster_.templates()[revision].service_time;
    LatencyHistogram& histogram = ledger_.latency[side_of(cluster_, revision)];
    const auto above = [&](std::size_t i) {  // a half: whole nanoseconds
        return service.part_above((LatencyHistogram::lowest_of(i) - 0.5) * 1e-9);
    };
    std::size_t low = 0;
    std::size_t high = LatencyHistogram::size();
    while (high - low > 1) {  // the last class that all are above
        const std::size_t middle = low + (high - low) / 2;
        (above(middle) >= 1.0 ? low : high) = middle;
    }
    double left = 1.0;
    for (std::size_t i = low; n > 0; ++i) {
        const bool last = i + 1 == LatencyHistogram::size();
        const double next = last ? 0.0 : above(i + 1);
        const std::uint64_t here =
            next <= 0
                ? n
                : binomial(n, 1 - next / left, draws(Concern::aggregate_latency, revision, i));
        histogram.add_to_class(i, here);
        n -= here;
        left = next;
    }
}

}  // namespace stratsim
