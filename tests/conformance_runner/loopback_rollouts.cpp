#include "tests/conformance_runner/loopback.hpp"
#include "tests/conformance_runner/loopback_rig.hpp"

#include <array>
#include <map>
#include <optional>

// Rollouts: each is simulated often from its configuration, and what it predicts is held against
// the mean of the recorded repetitions.

namespace stratsim::conformance {

using Json = nlohmann::json;

namespace {

/// Follows one rollout as the rig's log does.
class Log {
  public:
    /// Behind a switch (`switched`) old pods have left the balancer before they end.
    Log(int pods, bool switched)
        : alive_(pods), staying_(pods), peak_staying_(pods), switched_(switched) {
        levels_.push_back({0, pods});
    }

    Witness witness() {
        return [this](Time at, const Fact& fact) {
            const double t = to_seconds(at);
            if (std::get_if<fact::Commanded>(&fact) != nullptr) return void(begun_ = true);
            if (!begun_) return;
            if (std::get_if<fact::PodAvailable>(&fact) != nullptr) new_ready = t;
            if (std::get_if<fact::SwitchHeard>(&fact) != nullptr) heard = t;
            if (const auto* news = std::get_if<fact::PodHeard>(&fact)) {
                if (!switched_ || news->state == Heard::ready) heard = t;
            }
            if (std::get_if<fact::PodCreated>(&fact) != nullptr) {
                peak_staying_ = std::max(peak_staying_, ++staying_);
                levels_.push_back({t, ++alive_});
            }
            if (std::get_if<fact::PodTerminating>(&fact) != nullptr) --staying_;
            if (std::get_if<fact::PodGone>(&fact) != nullptr) {
                gone = t;
                levels_.push_back({t, --alive_});
            }
        };
    }

    double settled() const { return std::max(heard, gone); }
    double pod_seconds() const {
        const double end = settled();
        double sum = 0;
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            const double until = i + 1 < levels_.size() ? levels_[i + 1].first : end;
            sum += (std::min(until, end) - levels_[i].first) * levels_[i].second;
        }
        return sum;
    }
    /// The most processes that were alive together for 50 ms.
    int peak_alive() const {
        int best = 0;
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            int least = levels_[i].second;
            for (std::size_t j = i; j < levels_.size(); ++j) {
                least = std::min(least, levels_[j].second);
                const double until = j + 1 < levels_.size() ? levels_[j + 1].first : 1e9;
                if (until - levels_[i].first >= 0.05) {
                    best = std::max(best, least);
                    break;
                }
            }
        }
        return best;
    }
    int peak_staying() const { return peak_staying_; }

    double new_ready = 0;
    double heard = 0;
    double gone = 0;

  private:
    std::vector<std::pair<double, int>> levels_;
    int alive_;
    int staying_;
    int peak_staying_;
    bool switched_;
    bool begun_ = false;
};

/// Runs of at least 5 failed arrivals that last 0.25 s or more, summed.
double all_fail_seconds(const std::vector<RequestRecord>& records) {
    double sum = 0;
    std::optional<double> since;
    double last = 0;
    int failures = 0;
    const auto close = [&] {
        if (since && failures >= 5 && last - *since >= 0.25) sum += last - *since;
        since.reset();
        failures = 0;
    };
    for (const RequestRecord& r : records) {
        if (r.outcome == Outcome::success) {
            close();
            continue;
        }
        last = to_seconds(r.arrival);
        if (!since) since = last;
        ++failures;
    }
    close();
    return sum;
}

/// What happened to requests in one run, or in the repetitions of a recording. (The old version's
/// answers are recorded together with those before the command.)
enum Count : std::size_t { refused, no_endpoint, killed, timed_out, other, new_version };
constexpr std::size_t counts = 6;
constexpr std::array<const char*, counts> count_names{
    "refused", "no endpoint", "killed", "timed out", "other causes", "answers of the new version"};

struct Prediction {
    std::array<Sample, counts> count;
    Sample failed, new_ready, settled, all_fail, pod_seconds, staying, alive;

    explicit Prediction(std::size_t runs) {
        for (Sample& s : count) s.values.resize(runs);
        for (Sample* s :
             {&failed, &new_ready, &settled, &all_fail, &pod_seconds, &staying, &alive}) {
            s->values.resize(runs);
        }
    }
};

void note(Prediction& p, std::size_t run, const Log& log, const Traffic& traffic) {
    const Ledger& ledger = traffic.ledger();
    const auto lost = [&](Outcome cause) {
        return static_cast<double>(ledger.failed[static_cast<std::size_t>(cause)]);
    };
    p.failed.values[run] = static_cast<double>(ledger.failures());
    p.count[refused].values[run] = lost(Outcome::refused);
    p.count[no_endpoint].values[run] = lost(Outcome::no_endpoint);
    p.count[killed].values[run] = lost(Outcome::killed);
    p.count[timed_out].values[run] = lost(Outcome::timeout);
    p.count[other].values[run] = lost(Outcome::overload) + lost(Outcome::version_error);
    p.count[new_version].values[run] = static_cast<double>(ledger.answered[1]);
    p.new_ready.values[run] = log.new_ready;
    p.settled.values[run] = log.heard;
    p.all_fail.values[run] = all_fail_seconds(traffic.records());
    p.pod_seconds.values[run] = log.pod_seconds();
    p.staying.values[run] = log.peak_staying();
    p.alive.values[run] = log.peak_alive();
}

Prediction predict(const Json& cfg) {
    const Setup base = rollout_setup(cfg);
    const Controller controller = rollout_controller(cfg);
    const Duration tail = tail_of(cfg);
    const bool switched = is_switched(cfg);
    const std::size_t runs = 240;
    Prediction p(runs);
    in_parallel(runs, [&](std::size_t i) {
        Setup setup = base;
        setup.replication = i;
        // The traffic ends so long after the log says that all has settled.
        Log first(setup.replicas, switched);
        simulate(setup, controller, first.witness());
        Log log(setup.replicas, switched);
        const Time stop = command + from_seconds(first.settled()) + tail;
        const Witness witness = log.witness();
        const auto world = simulate(setup, controller, witness, stop);
        note(p, i, log, world->traffic());
    });
    return p;
}

/// A mean over repetitions and their standard deviation, where the recording has one.
struct Measured {
    double mean = 0;
    double sd = 0;
};

Measured measured_of(const Json& value) {
    if (value.is_array()) return {value.at(0), value.at(1)};
    return {value.get<double>(), 0};
}

Measured measured_of(const Sample& repetitions) {
    return {repetitions.mean(), std::sqrt(repetitions.variance())};
}

/// The name that HAProxy's log, or the client, gave to a failure.
Count cause_named(const std::string& name) {
    if (name.starts_with("503|<NOSRV>")) return no_endpoint;
    if (name.starts_with("503|") || name == "refused") return refused;
    if (name.starts_with("502|") || name == "eof" || name == "reset") return killed;
    if (name.starts_with("timeout") || name.starts_with("504|")) return timed_out;
    return other;
}

using Counted = std::array<Measured, counts>;

/// From the summary: means only; the spread of all failures stands for that of each cause.
Counted counted_in_summary(const Json& c) {
    Counted seen{};
    const double sd = measured_of(c.at("Fail")).sd;
    const Json& causes = c.at("CausesPerRun");
    for (std::size_t i = refused; i <= other; ++i) seen[i].sd = sd;
    for (const auto& [name, n] : causes.items())
        seen[cause_named(name)].mean += measured_of(n).mean;
    if (c.contains("V2")) seen[new_version] = measured_of(c["V2"]);
    return seen;
}

/// From the raw repetitions, with the spread of each count.
Counted counted_in_repetitions(const Json& repetitions) {
    std::array<Sample, counts> each;
    for (const Json& r : repetitions) {
        std::array<double, counts> run{};
        for (const auto& [name, n] : r.at("Causes").items())
            run[cause_named(name)] += n.get<double>();
        run[new_version] = r.at("V").value("v2", 0.0);
        for (std::size_t i = 0; i < counts; ++i) each[i].values.push_back(run[i]);
    }
    Counted seen{};
    for (std::size_t i = 0; i < counts; ++i) seen[i] = measured_of(each[i]);
    return seen;
}

/// The rule's allowance for a number of requests.
double allowed(double sd, double predicted, double repetitions) {
    return 3 * std::sqrt(std::max(sd * sd, predicted) / repetitions) + 1;
}

/// In tcp mode and under iptables the client itself sees one closed connection or another.
void take_together(std::array<Measured, counts>& seen, std::array<double, counts>& predicted) {
    double variance = seen[refused].sd * seen[refused].sd;
    for (const Count cause : {killed, no_endpoint}) {
        seen[refused].mean += seen[cause].mean;
        variance = std::max(variance, seen[cause].sd * seen[cause].sd);
        predicted[refused] += predicted[cause];
        seen[cause] = {};
        predicted[cause] = 0;
    }
    seen[refused].sd = std::sqrt(variance);
}

void compare_counts(Findings& found, const Json& c, const Json* repetitions, const Prediction& p) {
    const double reps = c.at("reps");
    std::array<double, counts> predicted{};
    for (std::size_t i = 0; i < counts; ++i) predicted[i] = p.count[i].mean();
    Counted seen =
        repetitions != nullptr ? counted_in_repetitions(*repetitions) : counted_in_summary(c);
    if (sees_connections(c.at("cfg"))) take_together(seen, predicted);
    const auto hold = [&](std::size_t i) {
        found.near(count_names[i], seen[i].mean, predicted[i],
                   allowed(seen[i].sd, predicted[i], reps));
    };
    if (repetitions != nullptr || c.contains("CausesPerRun")) {
        for (std::size_t i = refused; i <= other; ++i) hold(i);
    }
    if (repetitions != nullptr || c.contains("V2")) hold(new_version);
}

/// The summary's peak is the largest of all repetitions; so is the predicted one, a whole number.
double largest_of(const Sample& runs, std::size_t repetitions) {
    Sample largest;
    for (std::size_t i = 0; i + repetitions <= runs.values.size(); i += repetitions) {
        const auto first = runs.values.begin() + static_cast<std::ptrdiff_t>(i);
        largest.values.push_back(
            *std::max_element(first, first + static_cast<std::ptrdiff_t>(repetitions)));
    }
    return std::round(largest.mean());
}

void compare_times(Findings& found, const Json& c, const Prediction& p) {
    const auto timed = [&](const char* field, const Sample& predicted, double seconds,
                           double part) {
        if (!c.contains(field)) return;
        const double wanted = predicted.mean();
        found.near(field, measured_of(c[field]).mean, wanted,
                   std::max(seconds, part * std::abs(wanted)));
    };
    timed("NewReady", p.new_ready, 0.15, 0.05);
    timed("LbSettled", p.settled, 0.15, 0.05);
    timed("AllFailS", p.all_fail, 0.15, 0.10);
    timed("PodSecRollout", p.pod_seconds, 0, 0.12);
}

void compare_peaks(Findings& found, const Json& c, const Prediction& p) {
    if (c.contains("PeakNonTerm")) {
        const double largest = std::ranges::max(p.staying.values);
        found.near("PeakNonTerm", measured_of(c["PeakNonTerm"]).mean, largest, 0);
    }
    if (c.contains("PeakAlive50ms")) {
        const auto reps = static_cast<std::size_t>(c.at("reps").get<double>());
        found.near("PeakAlive50ms", measured_of(c["PeakAlive50ms"]).mean,
                   largest_of(p.alive, std::max<std::size_t>(1, reps)), 1);
    }
}

}  // namespace

void judge_rollout(Findings& found, const Json& c, const Json* repetitions, Totals& totals) {
    const Prediction p = predict(c.at("cfg"));
    const Measured failed = measured_of(c.at("Fail"));
    totals.measured += failed.mean;
    totals.predicted += p.failed.mean();
    found.near("failed", failed.mean, p.failed.mean(),
               allowed(failed.sd, p.failed.mean(), c.at("reps")));
    compare_counts(found, c, repetitions, p);
    compare_times(found, c, p);
    compare_peaks(found, c, p);
}

}  // namespace stratsim::conformance
