#include "tests/conformance_runner/kubernetes_replay.hpp"

#include "scenarios/settings/units.hpp"
#include "sim/on.hpp"
#include "sim/simulate.hpp"
#include "strategies/strategy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <stdexcept>

namespace stratsim::conformance {

namespace {

/// Preparations are settled long before t = 0.
constexpr Duration preparation = std::chrono::hours{10};
/// The recorder issued t = 0 this far past a whole second.
constexpr Duration phase = std::chrono::milliseconds{50};

PodCount pods_of(const Json& value) {
    if (value.is_number()) return {value.get<int>(), false};
    return Text<PodCount>::parse(value.get<std::string>());
}

/// A field that may be absent or null.
template <class Value>
Value given(const Json& spec, const char* key, Value otherwise) {
    const auto at = spec.find(key);
    return at == spec.end() || at->is_null() ? otherwise : at->get<Value>();
}

PodTemplate pod_template(const Json& rev) {
    PodTemplate made;
    made.boot = Distribution::fixed(from_seconds(given(rev, "ready", 0.0)));
    for (const double ready : given(rev, "readyList", std::vector<double>{})) {
        made.boots.push_back(from_seconds(ready));
    }
    made.becomes_ready = !given(rev, "never", false);
    if (const int from = given(rev, "neverFrom", 0); from > 0) {
        made.never_ready_from = static_cast<std::uint32_t>(from - 1);
    }
    made.shutdown = Distribution::fixed(from_seconds(given(rev, "term", 0.0)));
    made.grace = std::chrono::hours{1};
    return made;
}

/// Reads the actions of one case.
class Actions {
  public:
    Actions(const Setup& setup, const std::vector<std::string>& revisions)
        : setup_(setup), revisions_(revisions) {}

    TimedMove read(const Json& a, Duration offset) {
        return {command + offset + from_seconds(given(a, "at", 0.0)), what(a)};
    }

  private:
    Move what(const Json& a) {
        const std::string kind = a.at("do");
        const int n = given(a, "n", 0);
        if (kind == "create")
            return move::Create{workload(a), made_of(a), n > 0 ? n : setup_.replicas};
        if (kind == "set") return move::Apply{.made_of = made_of(a), .workload = workload(a)};
        if (kind == "setscale") return move::Apply{made_of(a), n, workload(a)};
        if (kind == "scale") return move::Scale{n, workload(a)};
        if (kind == "pause") return move::Pause{workload(a)};
        if (kind == "resume") return move::Resume{workload(a)};
        if (kind == "partition") return move::SetPartition{n};
        if (kind == "switch") return move::Select{version(a)};
        if (kind == "deletepod") return move::Delete{chosen(a)};
        if (kind == "unready") return move::Fail{chosen(a)};
        if (kind == "ready") return move::Recover{chosen(a)};
        throw std::runtime_error("no such action: " + kind);
    }

    std::size_t version(const Json& a) const {
        const auto at = std::ranges::find(revisions_, a.at("rev").get<std::string>());
        if (at == revisions_.end())
            throw std::runtime_error("no such revision: " + a.at("rev").dump());
        return static_cast<std::size_t>(at - revisions_.begin());
    }

    PodTemplate made_of(const Json& a) const { return setup_.version(version(a)); }

    std::size_t workload(const Json& a) {
        if (!a.contains("dep")) return 0;
        return workloads_.try_emplace(a.at("dep"), workloads_.size() + 1).first->second;
    }

    move::Pods chosen(const Json& a) const {
        move::Pods which{.count = given(a, "n", 0)};
        if (a.contains("rev")) which.version = version(a);
        if (a.contains("pod")) which.ordinal = std::stoi(a.at("pod").get<std::string>().substr(1));
        return which;
    }

    const Setup& setup_;
    const std::vector<std::string>& revisions_;
    std::map<std::string, std::size_t> workloads_;
};

Setup setup_of(const Json& spec, const std::vector<std::string>& revisions) {
    Setup setup;
    setup.kind =
        spec.at("kind") == "StatefulSet" ? WorkloadKind::statefulset : WorkloadKind::deployment;
    if (spec.value("podManagement", Json()) == "Parallel")
        setup.pod_management = PodManagement::parallel;
    setup.replicas = spec.at("replicas");
    setup.min_ready = std::chrono::seconds{given(spec, "minReady", 0)};
    for (const std::string& name : revisions)
        setup.revisions.push_back(pod_template(spec.at("revs").at(name)));
    setup.rolls_out = false;
    setup.exists = !given(spec, "fresh", false);
    setup.network.falls_back = true;
    setup.visitors.rate = 1e-9;
    Actions actions(setup, revisions);
    const auto add = [&](const char* key, Duration offset) {
        if (!spec.contains(key) || spec.at(key).is_null()) return;
        for (const Json& a : spec.at(key)) setup.actions.push_back(actions.read(a, offset));
    };
    add("prep", -preparation);
    add("actions", Duration{});
    setup.partition = given(spec, "partition", 0);
    if (const auto service = given(spec, "svc", std::string("all")); service != "all") {
        const auto at = std::ranges::find(revisions, service);
        if (at == revisions.end()) throw std::runtime_error("no such revision: " + service);
        setup.selector = static_cast<std::size_t>(at - revisions.begin());
    }
    setup.on_delete = spec.at("strategy") == "OnDelete";
    if (const Json& most = spec.at("maxUnavailable"); !most.is_null())
        setup.set_max_unavailable = pods_of(most);
    setup.claims = given(spec, "pvc", false);
    setup.progress_deadline = std::chrono::seconds{given(spec, "progressDeadline", 600)};
    setup.clock_phase = phase;
    for (const std::string& gate : given(spec, "gates", std::vector<std::string>{})) {
        if (gate == "MaxUnavailableStatefulSet") setup.rules.max_unavailable_gate = true;
    }
    return setup;
}

Strategy strategy_of(const Json& spec) {
    if (spec.at("strategy") == "Recreate") return Recreate{};
    Rolling rolling;
    if (spec.at("kind") == "StatefulSet") return rolling;
    if (const Json& surge = spec.at("maxSurge"); !surge.is_null())
        rolling.max_surge = pods_of(surge);
    if (const Json& most = spec.at("maxUnavailable"); !most.is_null())
        rolling.max_unavailable = pods_of(most);
    return rolling;
}

using Told = std::vector<std::pair<Time, Fact>>;

/// The course as a recorder at the API would have seen it.
class Recorder {
  public:
    Recorder(const Json& spec, const std::vector<std::string>& revisions, const Cluster& cluster)
        : is_set_(spec.at("kind") == "StatefulSet"), revisions_(revisions), cluster_(cluster) {
        pods_.resize(3 * revisions.size());
        selector_ = cluster.setup().selector;
        sizes_.resize(cluster.setup().revisions.size());
    }

    Course record(const Told& told) {
        for (std::size_t i = 0; i < told.size(); ++i) {
            const auto& [at, fact] = told[i];
            // The simulator's zero is the command; what stood before it has no time of its own.
            now_ = at;
            begun_ |= std::holds_alternative<fact::Commanded>(fact);
            std::visit([&](const auto& f) { see(f); }, fact);
            if (at < command) continue;
            if (begun_ && counted_from_)
                course_.peak_spec = std::max(course_.peak_spec, sum(sizes_));
            const bool last = i + 1 == told.size() || told[i + 1].first > at;
            if (last) rest(at);
        }
        return std::move(course_);
    }

    void begin(int replicas) {
        if (replicas > 0) sizes_.front() = replicas;
        counted_from_ = true;
        course_.peak_spec = sum(sizes_);
    }

  private:
    template <class Other>
    void see(const Other&) {}

    void see(const fact::PodCreated& f) {
        ++column(f.pod, 0);
        endpoints_.resize(std::max(endpoints_.size(), index_of(f.pod) + 1));
        endpoints_[index_of(f.pod)] = Endpoint::unready;
        move(f.pod, true);
    }
    void see(const fact::PodReady& f) {
        ++column(f.pod, 1);
        endpoints_[index_of(f.pod)] = Endpoint::ready;
    }
    void see(const fact::PodUnready& f) {
        --column(f.pod, 1);
        endpoints_[index_of(f.pod)] = Endpoint::unready;
    }
    void see(const fact::Selected& f) { selector_ = f.version; }
    void see(const fact::PodTerminating& f) {
        --column(f.pod, 0);
        ++column(f.pod, 2);
        const bool ready = cluster_.pod(f.pod).left_ready;
        if (ready) --column(f.pod, 1);
        endpoints_[index_of(f.pod)] = ready ? Endpoint::serving : Endpoint::unready;
        move(f.pod, false);
    }
    void see(const fact::PodGone& f) {
        --column(f.pod, 2);
        endpoints_[index_of(f.pod)] = Endpoint::none;
    }
    void see(const fact::Resized& f) { sizes_[f.revision] = f.to; }
    void see(const fact::StatusChanged& f) {
        if (f.workload != 0) return;
        const WorkloadCounts& c = f.counts;
        status_ = {c.replicas, c.updated, c.ready, c.available,
                   is_set_ ? c.current : c.unavailable};
        if (now_ >= command && begun_)
            course_.min_available = std::min(course_.min_available, c.available);
        available_ = c.available;
    }
    void see(const fact::Commanded&) { course_.min_available = available_; }
    void see(const fact::ConditionChanged& f) {
        if (f.workload != 0 || !begun_ || now_ < command) return;
        course_.conditions.push_back({to_seconds(now_), std::string(name_of(f.type)),
                                      std::string(name_of(f.condition.status)),
                                      std::string(name_of(f.condition.reason))});
    }
    void see(const fact::ClaimMade& f) {
        course_.claims.push_back(
            {begun_ && now_ >= command ? to_seconds(now_) : -999.0, f.ordinal});
    }

    int& column(PodId pod, std::size_t which) {
        return pods_[3 * cluster_.pod(pod).version + which];
    }
    void move(PodId id, bool creates) {
        if (!is_set_ || !begun_ || now_ < command) return;
        const Pod& pod = cluster_.pod(id);
        course_.moves.push_back({to_seconds(now_), creates, revisions_[pod.revision], pod.ordinal});
    }
    void rest(Time at) {
        auto& states = course_.states;
        if (!states.empty() && states.back().pods == pods_) {
            states.back().status = status_;
        } else {
            states.push_back({to_seconds(at), pods_, status_});
        }
        std::vector<int> listed(3 * revisions_.size());
        for (std::size_t i = 0; i < endpoints_.size(); ++i) {
            const std::size_t version = cluster_.pod(static_cast<PodId>(i)).version;
            if (endpoints_[i] == Endpoint::none || version != selector_.value_or(version)) continue;
            ++listed[3 * version + static_cast<std::size_t>(endpoints_[i])];
        }
        if (course_.endpoints.empty() || course_.endpoints.back().pods != listed)
            course_.endpoints.push_back({to_seconds(at), listed, {}});
    }
    static int sum(const std::vector<int>& sizes) {
        int total = 0;
        for (const int size : sizes) total += size;
        return total;
    }

    /// In the order in which a recording counts them.
    enum class Endpoint { ready, serving, unready, none };

    bool is_set_;
    const std::vector<std::string>& revisions_;
    const Cluster& cluster_;
    std::vector<int> pods_;
    std::vector<int> sizes_;
    std::vector<int> status_ = std::vector<int>(5);
    int available_ = 0;
    std::vector<Endpoint> endpoints_;  ///< by pod
    std::optional<std::size_t> selector_;
    bool begun_ = false;
    bool counted_from_ = false;
    Time now_{};
    Course course_;
};

}  // namespace

std::vector<std::string> revision_names(const Json& spec) {
    std::vector<std::string> names;
    for (const Json& column : spec.at("columns")) {
        const std::string name = column;
        constexpr std::string_view total = "_total";
        if (name.ends_with(total)) names.push_back(name.substr(0, name.size() - total.size()));
    }
    return names;
}

Course replay(const Json& spec, const WriteRaces& races) {
    const auto revisions = revision_names(spec);
    Setup setup = setup_of(spec, revisions);
    setup.races = races;
    const Strategy strategy = strategy_of(spec);
    Told told;
    // The recorder looked for so long; a condition may come later.
    const Time closed = command + from_seconds(given(spec, "window", 3600.0));
    const auto world = simulate(setup, controller_of(strategy), [&](Time at, const Fact& fact) {
        if (at <= closed) told.emplace_back(at, fact);
    });
    Recorder recorder(spec, revisions, world->cluster());
    recorder.begin(setup.exists ? setup.replicas : 0);
    return recorder.record(told);
}

}  // namespace stratsim::conformance
