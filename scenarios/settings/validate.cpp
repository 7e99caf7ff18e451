#include "scenarios/settings/validate.hpp"

#include "scenarios/settings/fields.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace stratsim {

namespace {

constexpr int most_pods = 100'000;
constexpr std::uint32_t most_users = 100'000'000;
constexpr std::uint64_t most_runs_given = 1'000'000;

/// Collects what does not fit together.
class Complaints {
  public:
    /// A value that is too small or too large.
    void range(std::string_view word, std::string message, std::string advice) {
        add(word, std::move(message), std::move(advice), "range");
    }
    /// Settings that exclude each other.
    void contradiction(std::string_view word, std::string message, std::string advice) {
        add(word, std::move(message), std::move(advice), "contradiction");
    }
    void add(std::string_view word, std::string message, std::string advice, std::string rule) {
        list.push_back({std::string(word), std::move(message), std::move(advice), std::move(rule)});
    }

    std::vector<Complaint> list;
};

/// Of the workload, its users and how often it is simulated.
void complain_of_sizes(const Scenario& s, Complaints& complaints) {
    const bool from_manifest =
        s.given("pods") && s.origins.find("pods")->second.kind == SourceKind::manifest;
    if (s.pods < (from_manifest ? 0 : 1)) {
        complaints.range("pods", fmt::format("pods must be 1 or more, is {}", s.pods),
                         "how many pods the workload has; 4 if absent");
    }
    if (s.pods > most_pods) {
        complaints.range("pods", fmt::format("pods must be at most {}, is {}", most_pods, s.pods),
                         "write a number that a cluster can hold");
    }
    if (s.users < 1 || s.users > most_users) {
        complaints.range("users", fmt::format("users must be 1 to {}, is {}", most_users, s.users),
                         "how many people send the requests; 1000 if absent");
    }
    if (s.runs < 1 || s.runs > most_runs_given) {
        complaints.range("runs",
                         fmt::format("runs must be 1 to {}, is {}", most_runs_given, s.runs),
                         "how many rollouts are simulated; 100 if absent");
    }
    if (s.old_version.concurrency < 0 || s.old_version.concurrency > 1'000'000) {
        complaints.range(
            "concurrency",
            fmt::format("concurrency must be 0 to 1000000, is {}", s.old_version.concurrency),
            "requests that a pod serves at once; 0: no limit");
    }
    if (s.old_version.queue && *s.old_version.queue < 0) {
        complaints.range("queue",
                         fmt::format("queue must be 0 or more, is {}", *s.old_version.queue),
                         "requests that may wait in a pod, or unlimited");
    }
}

/// Of how many requests come, and how long a client waits.
void complain_of_load(const Scenario& s, Complaints& complaints) {
    if (s.load && s.given("rate")) {
        complaints.contradiction("load", "rate and load both say how many requests come",
                                 "write one of the two");
    }
    if (s.load && s.old_version.concurrency == 0) {
        complaints.contradiction("load", "load needs a limit to be a part of, and concurrency is 0",
                                 "write a rate instead");
    }
    const double rate = requests_per_second(s);
    if (!(rate > 0) || rate > 1e8) {
        complaints.range(s.load ? "load" : "rate", "the rate must be above 0 and at most 100M/s",
                         "how many requests come; 100/s if absent");
    }
    if (s.client_timeout <= Duration::zero()) {
        complaints.range("client-timeout", "client-timeout must be above 0",
                         "how long a client waits; 15s if absent");
    }
}

/// Of when a run is over that rolls out nothing.
void complain_of_end(const Scenario& s, Complaints& complaints) {
    if (s.strategy == "none" && !s.visits && s.observe == Duration::zero()) {
        complaints.add("observe", "to stand still has no end of its own",
                       "write --visits 1000 or --observe 10m", "missing");
    }
    if (s.visits && s.strategy != "none") {
        complaints.contradiction("visits", "a number of visits ends only the strategy none",
                                 "write --observe, or the strategy none");
    }
    if (s.visits && *s.visits > 1'000'000'000) {
        complaints.range("visits", "visits must be at most 1000000000", "write fewer");
    }
}

/// Of what the controllers are told.
void complain_of_controllers(const Scenario& s, Complaints& complaints) {
    if (s.partition < 0) {
        complaints.range("partition",
                         fmt::format("partition must be 0 or more, is {}", s.partition),
                         "the first ordinal that is updated; 0 if absent");
    }
    if (s.progress_deadline < std::chrono::seconds{1}) {
        complaints.range("progress-deadline", "progress-deadline must be 1s or more",
                         "Kubernetes counts whole seconds; 10m if absent");
    }
    if (s.paused && s.kind != WorkloadKind::deployment) {
        complaints.contradiction("paused", "only a Deployment can be paused", "leave paused out");
    }
    if (s.actions && s.strategy != "none") {
        try {
            const Cast cast = cast_of(s);
            actions_of(*s.actions, cast, std::vector<PodTemplate>(cast.revisions.size()));
        } catch (const BadValue& bad) {
            complaints.add("actions", bad.what(), bad.advice(), bad.rule());
        }
    }
    if (s.actions && s.strategy == "none") {
        complaints.contradiction("actions", "actions need controllers, and nothing rolls out",
                                 "choose a strategy other than none");
    }
}

/// What does not fit together on the way of a request.
void complain_of_requests(const Scenario& s, Complaints& complaints) {
    const bool shaped = s.shape.kind != TrafficShape::Kind::constant;
    if (s.replay && shaped) {
        complaints.contradiction("replay", "replay and shape both say how the rate changes",
                                 "write one of the two");
    }
    if (s.pause && (s.given("rate") || s.load || s.replay || shaped)) {
        complaints.contradiction(
            "pause", "users who wait for their answers make the rate themselves",
            "leave out rate, load, shape and replay, and say how many users there are");
    }
    const Layer layer = s.layer.value_or(preset_of(s.network).network.layer);
    const bool sharing = s.old_version.discipline == Discipline::sharing;
    const bool keeps = s.connections.kind != Connections::per_request && layer == Layer::l4;
    if (sharing && (s.pause || keeps)) {
        complaints.contradiction(
            "discipline",
            "with processor-sharing an answer's time is not known ahead, as users who "
            "wait or keep connections need it",
            "write --discipline first-come, or leave out pause and connections");
    }
    if (sharing && s.old_version.concurrency == 0) {
        complaints.contradiction("concurrency", "processors that are shared have a number",
                                 "write --concurrency 2");
    }
    if (s.instances < 1 || s.instances > 200) {
        complaints.range("instances", fmt::format("instances must be 1 to 200, is {}", s.instances),
                         "how many balancers there are; 1 if absent");
    }
    if (s.retries && (*s.retries < 0 || *s.retries > 100)) {
        complaints.range("retries", fmt::format("retries must be 0 to 100, is {}", *s.retries),
                         "how many more pods a failed request is offered to");
    }
    if (s.weights && s.weights->list.size() > static_cast<std::size_t>(std::max(0, s.pods))) {
        complaints.range(
            "weights",
            fmt::format("there are {} weights for {} pods", s.weights->list.size(), s.pods),
            "write one for each pod at most");
    }
    if (s.affinity == Affinity::cookie && layer == Layer::l4) {
        complaints.contradiction("affinity", "a cookie needs a balancer that reads requests (l7)",
                                 "write --affinity client-ip, or a network such as ingress-nginx");
    }
    if (s.affinity != Affinity::none && s.given("balancer")) {
        complaints.contradiction("affinity", "affinity and balancer both say who gets a request",
                                 "write one of the two");
    }
    if (s.affinity_timeout <= Duration::zero()) {
        complaints.range("affinity-timeout", "affinity-timeout must be above 0",
                         "how long an address is remembered; 3h if absent");
    }
}

/// Of the strategy, and of how a pod ends.
void complain_of_rollout(const Scenario& s, Complaints& complaints) {
    const auto& rolling = std::get<Rolling>(s.strategies);
    const bool statefulset = s.kind == WorkloadKind::statefulset;
    if (rolling.max_surge.value == 0 && rolling.max_unavailable.value == 0 &&
        uses(s, "max-surge") && !statefulset) {
        complaints.contradiction("max-surge",
                                 "max-surge 0 and max-unavailable 0 leave no room to move",
                                 "write --max-surge 1");
    }
    if (rolling.max_surge.relative && rolling.max_surge.value > 100'000'000) {
        complaints.range("max-surge", "max-surge must be at most 10000%",
                         "write a percentage of the pods");
    }
    if (rolling.max_unavailable.relative && rolling.max_unavailable.value > 1'000'000) {
        complaints.range("max-unavailable", "max-unavailable must be at most 100%",
                         "write a percentage of the pods");
    }
    const auto& canary = std::get<Canary>(s.strategies);
    if (canary.analysis_interval <= Duration::zero()) {
        complaints.range("analysis-interval", "analysis-interval must be above 0",
                         "how often errors are looked at");
    }
    if (s.old_version.on_sigterm == OnSigterm::exit && s.given("shutdown") &&
        !s.old_version.shutdown.is_zero() &&
        s.origins.find("shutdown")->second.kind != SourceKind::manifest) {
        complaints.contradiction("shutdown", "a program that exits at SIGTERM has no shutdown time",
                                 "leave shutdown out");
    }
}

/// Of an engine that is not exact here.
void complain_of_engine(const Scenario& s, Complaints& complaints) {
    const auto refuse_engine = [&](std::string_view how, const std::optional<std::string>& reason) {
        if (!reason) return;
        complaints.contradiction("engine",
                                 fmt::format("{}, which is not exact with {}", how, *reason),
                                 "write --engine request, or leave it out");
    };
    if (s.engine == EngineKind::aggregate) {
        refuse_engine("the aggregate engine counts requests without following them",
                      needs_single_requests(s));
    } else if (s.engine == EngineKind::pods) {
        refuse_engine("the engine of pods serves each by itself", couples_pods(s));
    }
}

}  // namespace

std::vector<Complaint> validate(const Scenario& s) {
    Complaints complaints;
    complain_of_sizes(s, complaints);
    complain_of_load(s, complaints);
    complain_of_end(s, complaints);
    complain_of_controllers(s, complaints);
    complain_of_requests(s, complaints);
    complain_of_rollout(s, complaints);
    if (complaints.list.empty()) complain_of_engine(s, complaints);
    return std::move(complaints.list);
}

}  // namespace stratsim
