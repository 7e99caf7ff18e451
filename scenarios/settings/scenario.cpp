#include "scenarios/settings/scenario.hpp"

#include "scenarios/settings/composite.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The defaults are assumptions, and every report says so; docs/model.md has the source of each.
Scenario::Scenario() {
    old_version.boot = Distribution::lognormal(seconds{8}, seconds{40});
    old_version.service_time = Distribution::lognormal(milliseconds{14}, milliseconds{100});
    old_version.shutdown = Distribution::fixed(seconds{1});
    propagation = Distribution::lognormal(seconds{1}, seconds{10});
}

namespace {

/// The preset, with what the scenario says otherwise.
Network network_of(const Scenario& s) {
    const NetworkPreset& preset = preset_of(s.network);
    Network network = preset.network;
    if (!preset.own_delays || s.given("propagation")) {
        network.propagation = s.propagation;
        network.removal.reset();
    }
    if (s.removal) network.removal = s.removal;
    if (s.balancer) network.balancer = *s.balancer;
    if (s.layer) network.layer = *s.layer;
    network.instances = s.instances;
    if (s.retries) network.retries = *s.retries;
    if (s.retry_on) {
        network.retries_killed = s.retry_on->killed;
        network.retries_errors = s.retry_on->errors;
    }
    if (!s.redispatch) network.redispatch = Redispatch::nowhere;
    network.holds = s.wait_for_endpoint;
    if (s.affinity == Affinity::client_ip) network.affinity = s.affinity_timeout;
    if (s.affinity == Affinity::cookie) network.balancer = BalancerKind::sticky;
    network.slow_start = s.slow_start.length;
    network.slow_start_from = s.slow_start.from.value_or(network.slow_start_from);
    network.slow_start_aggression = s.slow_start.aggression;
    network.eject_after = s.ejection.after;
    network.ejected_for = s.ejection.length;
    network.eject_at_most = s.ejection.at_most;
    network.panic_below = s.ejection.panic;
    if (s.weights) network.weights = s.weights->list;
    network.lists_unready = s.publish_not_ready;
    return network;
}

Visitors visitors_of(const Scenario& s) {
    Visitors visitors{.rate = requests_per_second(s),
                      .shape = s.replay ? arrivals_of(*s.replay) : arrivals_of(s.shape),
                      .users = s.users,
                      .connections = s.connections.kind,
                      .pool = s.connections.size,
                      .idle_timeout = s.connections.idle,
                      .requests_per_connection = s.connections.requests,
                      .addresses = s.addresses,
                      .timeout = s.client_timeout,
                      .think = s.think};
    if (s.pause) {
        visitors.closed = true;
        visitors.pause = *s.pause;
    }
    return visitors;
}

}  // namespace

NetworkKind Text<NetworkKind>::parse(std::string_view s) {
    for (const NetworkPreset& preset : network_presets()) {
        if (s == preset.name) return preset.kind;
    }
    throw BadValue(fmt::format("'{}' is none of {}", s.substr(0, 40), form()),
                   "write one of " + form(), "choice");
}
std::string Text<NetworkKind>::print(const NetworkKind& kind) {
    return std::string(preset_of(kind).name);
}
std::string Text<NetworkKind>::form() {
    std::string names;
    for (const NetworkPreset& preset : network_presets()) {
        if (!names.empty()) names += '|';
        names += preset.name;
    }
    return names;
}

NewVersion Text<NewVersion>::parse(std::string_view text) {
    NewVersion version;
    for (const std::string_view setting : split_settings(text)) {
        const auto equals = setting.find('=');
        const std::string_view key = setting.substr(0, equals);
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view{} : setting.substr(equals + 1);
        if (key == "boot") {
            version.boot = Text<Distribution>::parse(value);
        } else if (key == "service-time") {
            version.service_time = Text<Distribution>::parse(value);
        } else if (key == "errors") {
            version.errors = Text<Share>::parse(value);
        } else if (key == "ready" && (value == "never" || value == "true" || value == "yes")) {
            version.never_ready = value == "never";
        } else {
            throw BadValue(
                fmt::format("'{}' says nothing about the new version", setting.substr(0, 40)),
                "write boot=20s, service-time=40ms, errors=5% or ready=never", "new-version");
        }
    }
    return version;
}

std::string Text<NewVersion>::print(const NewVersion& version) {
    std::string text;
    const auto add = [&](const std::string& setting) {
        text += (text.empty() ? "" : ",") + setting;
    };
    if (version.boot) add("boot=" + Text<Distribution>::print(*version.boot));
    if (version.service_time)
        add("service-time=" + Text<Distribution>::print(*version.service_time));
    if (version.errors > nothing) add("errors=" + Text<Share>::print(version.errors));
    if (version.never_ready) add("ready=never");
    return text;
}

std::string Text<NewVersion>::form() {
    return "errors=5%,boot=20s,service-time=40ms,ready=never";
}

double requests_per_second(const Scenario& s) {
    const double busy = s.old_version.service_time.mean_seconds() + s.think.mean_seconds();
    if (s.pause) return s.users / std::max(1e-6, busy + s.pause->mean_seconds());
    if (!s.load && s.replay && !s.given("rate")) return s.replay->mean;
    if (!s.load) return s.rate.per_second;
    return s.load->fraction() * (s.update ? s.update->pods : s.pods) * s.old_version.concurrency /
           busy;
}

namespace {

/// A workload's name without its kind.
std::string bare_name(const std::string& name) {
    const auto slash = name.find('/');
    return slash == std::string::npos ? name : name.substr(slash + 1);
}

/// Companions as the engine numbers them: first those that stand.
std::vector<const Companion*> by_number(const Scenario& s) {
    std::vector<const Companion*> others;
    for (const bool stands : {true, false}) {
        for (const Companion& other : s.companions) {
            if (other.exists == stands) others.push_back(&other);
        }
    }
    return others;
}

}  // namespace

Cast cast_of(const Scenario& s) {
    Cast cast;
    cast.workloads.push_back(s.name);
    cast.revisions = {{"old", 0}, {"new", 0}};
    std::map<const Companion*, std::size_t> number;
    for (const Companion* other : by_number(s)) {
        number[other] = cast.workloads.size();
        cast.workloads.push_back(bare_name(other->name));
    }
    for (const Companion& other : s.companions) {
        cast.revisions.push_back({bare_name(other.name), number[&other]});
        if (other.next) cast.revisions.push_back({bare_name(other.name) + ":new", number[&other]});
    }
    for (const LaterVersion& version : s.later) {
        cast.files.push_back(
            {version.file, version.same_as.value_or(cast.revisions.size()), version.pods});
        if (!version.same_as) cast.revisions.push_back({version.file, 0});
    }
    if (!s.actions) return cast;
    for (const Deed& deed : s.actions->list) {
        if (deed.verb != "create") continue;
        cast.revisions.push_back({deed.names.front(), cast.workloads.size()});
        cast.workloads.push_back(deed.names.front());
    }
    return cast;
}

int fleet_of(const Scenario& s) {
    int pods = s.pods;
    for (const Companion& other : s.companions) pods += other.pods_after;
    return pods;
}

namespace {

/// A template that somebody creates one more workload from, by its name in an action.
PodTemplate template_called(const std::string& name, const Setup& setup, const Cast& cast) {
    const auto revision = cast.revision(name);
    if (revision && *revision < setup.revisions.size()) return setup.revisions[*revision];
    return setup.revisions[1];
}

/// A selector that matches nobody loses all requests for good; so much of that is shown.
constexpr Duration selector_watched = std::chrono::minutes{1};

/// Gives a template the next number.
std::size_t add_version(Setup& setup, const Scenario& s, PodTemplate made_of) {
    made_of.version = setup.revisions.size();
    // The assumed limit is dropped where none can be kept; one that is given is a contradiction.
    if (s.engine == EngineKind::aggregate && !s.given("concurrency")) made_of.concurrency = 0;
    setup.revisions.push_back(std::move(made_of));
    return setup.revisions.size() - 1;
}

/// The companions, what becomes of them, and what the Service selects.
void add_surroundings(Setup& setup, const Scenario& s) {
    std::vector<TimedMove> writes;  // of the same apply
    const auto write = [&](Move what) { writes.push_back({command, std::move(what)}); };
    const std::vector<const Companion*> others = by_number(s);
    std::map<const Companion*, std::size_t> version_of;
    for (const Companion& other : s.companions) {
        version_of[&other] = add_version(setup, s, other.standing);
        if (other.next) add_version(setup, s, *other.next);
    }
    for (std::size_t i = 0; i < others.size(); ++i) {
        const Companion& other = *others[i];
        const std::size_t version = version_of[&other];
        const std::size_t workload = i + 1;
        if (!other.exists) {
            write(move::Create{workload, setup.revisions[version], other.pods_after});
            continue;
        }
        setup.others.push_back({setup.revisions[version], other.pods});
        if (other.next) {
            write(move::Apply{setup.revisions[version + 1], other.pods_after, workload});
        } else if (other.pods_after != other.pods) {
            write(move::Scale{other.pods_after, workload});
        }
    }
    if (s.selection) {
        setup.selected = s.selection->before;
        std::vector<std::size_t> after;
        for (std::size_t r = 0; r < s.selection->after.size(); ++r) {
            if (s.selection->after[r]) after.push_back(r);
        }
        if (s.selection->after != s.selection->before) {
            write(move::Expose{after});
            setup.observe = std::max(setup.observe, selector_watched);
        }
    }
    const Cast cast = cast_of(s);
    for (const LaterVersion& version : s.later) {
        if (!version.same_as) add_version(setup, s, version.pods_made_of);
    }
    if (s.actions) {
        for (const Deed& deed : s.actions->list) {
            if (deed.verb == "create")
                add_version(setup, s, template_called(deed.names.back(), setup, cast));
        }
        setup.actions = actions_of(*s.actions, cast, setup.revisions);
    }
    if (setup.selected) setup.selected->resize(setup.revisions.size(), true);
    setup.actions.insert(setup.actions.begin(), writes.begin(), writes.end());
    std::ranges::stable_sort(setup.actions, {}, &TimedMove::at);
}

}  // namespace

Setup setup_of(const Scenario& s, std::uint64_t replication) {
    PodTemplate fresh = s.old_version;
    if (s.new_version.boot) fresh.boot = *s.new_version.boot;
    if (s.new_version.service_time) fresh.service_time = *s.new_version.service_time;
    fresh.errors = s.new_version.errors;
    fresh.becomes_ready = !s.new_version.never_ready;
    const Rolling& rolling = std::get<Rolling>(s.strategies);
    PodTemplate old = s.update ? s.update->standing : s.old_version;
    Setup setup{.kind = s.kind,
                .pod_management = s.pod_management,
                .replicas = s.update ? s.update->pods : s.pods,
                .min_ready = s.min_ready,
                .rolls_out = s.strategy != "none",
                .new_template = !s.update || s.update->new_template,
                .undo_after = s.undo_after,
                .needs_second_set = s.strategy == BlueGreen::name,
                .paused = s.paused,
                .partition = s.partition,
                .on_delete = s.on_delete,
                .set_max_unavailable =
                    s.given("max-unavailable") ? rolling.max_unavailable : PodCount{1, false},
                .progress_deadline = s.progress_deadline,
                .rules = s.kubernetes.rules,
                .network = network_of(s),
                .visitors = visitors_of(s),
                .volume = s.volume,
                .observe = s.observe,
                .visits = s.visits,
                .engine = engine_of(s.engine),
                .seed = s.seed.number,
                .replication = s.seed.first_run + replication};
    if (s.update && s.update->pods != s.pods) setup.new_replicas = s.pods;
    add_version(setup, s, std::move(old));
    add_version(setup, s, std::move(fresh));
    add_surroundings(setup, s);
    if (s.feature_gate) setup.rules.max_unavailable_gate = s.feature_gate->on;
    return setup;
}

std::optional<Strategy> strategy_of(const Scenario& s) {
    std::optional<Strategy> chosen;
    for_each_strategy(s.strategies, [&](const auto& strategy) {
        if (strategy.name == s.strategy) chosen = strategy;
    });
    return chosen;
}

Controller control_of(const Scenario& s) {
    const auto strategy = strategy_of(s);
    if (!strategy) return Controller(as_observed);
    return {controller_of(*strategy), Controller(std::get<Rolling>(s.strategies))};
}

std::vector<std::string> strategy_names() {
    std::vector<std::string> names;
    for_each_strategy(Strategies{},
                      [&](const auto& strategy) { names.emplace_back(strategy.name); });
    return names;
}

std::vector<std::string> strategy_choices() {
    std::vector<std::string> names = strategy_names();
    names.emplace_back("none");
    return names;
}

}  // namespace stratsim
