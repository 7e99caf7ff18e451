#include "sim/requests/aggregate.hpp"

#include "sim/numbers/counts.hpp"
#include "sim/numbers/distribution.hpp"
#include "sim/numbers/elementary.hpp"
#include "sim/requests/coupling.hpp"

#include <algorithm>
#include <numeric>

// Requests that choose their pod by chance, and whose fate hangs on nothing but that pod's state,
// are not followed but counted. The splitting theorem makes that exact: thin a Poisson stream by
// independent choices, and each of the parts is a Poisson stream of its own, independent of the
// others. The choices here are the pod, what it makes of the request, and the tenth of a second.
//
// Between two changes of the cluster all rates stand still. So advancing means adding rate x time
// to a table of means: a row for each bin of time, a column for each kind of end (version x
// answered, error, refused; and one for no endpoint). A rollout of any size costs a few additions a
// change.
//
// Numbers are drawn from the means as late as they may be, because what has been drawn can not be
// drawn again otherwise:
//
//   - when controllers look at errors, what has come so far (reveal);
//   - when a pod ends, what is in flight in it: a request that came at t is still there after x
//   with
//     the probability that its service takes longer, so their number is Poisson as well, with the
//     integral of rate x tail for a mean (aggregate_ends.cpp). Its mean leaves the table;
//   - at the end, everything else. Only then is each pod given its part (aggregate_shares.cpp): the
//     numbers are known, and given them the parts are multinomial.
//
// Each number has a key of its own, so none depends on the order in which others were drawn.

namespace stratsim {

namespace {

constexpr std::size_t most_bins = 1U << 16;     ///< then they get wider
constexpr std::size_t most_pending = 1U << 12;  ///< then the older ones are drawn
/// Requests rarer than this may outlast the client's timeout and count as answered.
constexpr double rare = 1e-9;

/// After so long all but a billionth of a mean service time is over.
Duration horizon_of(const Distribution& service) {
    const double mean = service.mean_seconds();
    double seconds = mean;
    while (mean - service.mean_below(seconds) > 1e-9 * mean) seconds *= 1.25;
    return from_seconds(seconds);
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
            rates_[kind(p.revision, Fate::answered)] += p.of_all * p.accepted * (1 - errors);
            rates_[kind(p.revision, Fate::error)] += p.of_all * p.accepted * errors;
            rates_[kind(p.revision, Fate::refused)] += p.of_all * (1 - p.accepted);
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
    if (!has_pod(kind)) {
        const std::uint64_t not_heard = part_of(n, rarer[rarer_ - 1], all, 0);
        lose(Cause::not_heard, not_heard);
        lose(Cause::nobody_ready, n - not_heard);
    } else if (fate_of(kind) == Fate::refused) {
        const double early = rarer[2 * version_of(kind)];
        const std::uint64_t not_yet = part_of(n, early, all, 0);
        const std::uint64_t fallen =
            part_of(n - not_yet, rarer[2 * version_of(kind) + 1], all - early, 1);
        lose(Cause::ready_before_listening, not_yet);
        lose(Cause::fallback, fallen);
        lose(Cause::still_listed, n - not_yet - fallen);
    }
}

void Aggregate::count(Time at, std::size_t kind, std::uint64_t n) {
    const std::size_t version = version_of(kind);
    const Fate fate = fate_of(kind);
    counted_[kind] += n;
    ledger_.total += n;
    ledger_.attempts += n;
    const bool good = has_pod(kind) && fate == Fate::answered;
    ledger_.bins.add(at, n, good ? 0 : n);
    const Outcome outcome = !has_pod(kind)          ? Outcome::no_endpoint
                            : fate == Fate::refused ? Outcome::refused
                            : fate == Fate::error   ? Outcome::version_error
                                                    : Outcome::success;
    if (good) {
        ledger_.succeeded += n;
        served_[version] += n;
    } else {
        if (outcome == Outcome::version_error) ledger_.lose(outcome, Cause::version_error, n);
        if (going_back_) ledger_.failed_in_rollback += n;
    }
    if (!has_pod(kind)) return;
    const std::size_t side = side_of(version);
    ledger_.by_version[side].sent += n;
    ledger_.by_version[side].add(outcome, n);
    if (fate == Fate::refused) return;
    const auto answers = static_cast<std::int64_t>(n);
    ledger_.answered[side] += n;
    cluster_.answered(version, answers, fate == Fate::error ? answers : 0);
    if (fate == Fate::error && side > 0) ledger_.errors_new += n;
}

}  // namespace stratsim
