#include "scenarios/experiments/remedies.hpp"

#include "scenarios/settings/fields.hpp"
#include "strategies/fenceposts.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim {

using std::chrono::seconds;

namespace {

Place place_of(const Scenario& s, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        const auto origin = s.origins.find(word);
        if (origin == s.origins.end() || origin->second.kind != SourceKind::manifest) continue;
        return {origin->second.file, origin->second.line, origin->second.column};
    }
    return {};
}

Place mended_at(const Scenario& s, std::string_view word) {
    const auto origin = s.places.find(word);
    if (origin == s.places.end()) return {};
    return {origin->second.file, origin->second.line, origin->second.column};
}

/// Instead of the entry that is there, or else into the mapping that it belongs to.
Edit write(const Scenario& s, std::string_view key, std::string_view inside, std::string yaml) {
    if (s.places.contains(key)) return {Edit::How::replace, mended_at(s, key), std::move(yaml)};
    return {Edit::How::add, mended_at(s, inside), std::move(yaml)};
}

/// A hook that does something else must go on doing it, after the sleep.
Edit sleep_edit(const Scenario& s, int length) {
    const std::string hook = fmt::format("preStop: {{sleep: {{seconds: {}}}}}", length);
    if (s.places.contains("preStop") && !s.places.contains("sleep")) {
        return {Edit::How::by_hand, mended_at(s, "preStop"),
                fmt::format("preStop: sleep {}s first, then what it does now", length)};
    }
    if (s.places.contains("in lifecycle")) return write(s, "sleep", "in lifecycle", hook);
    return write(s, "lifecycle", "in container", fmt::format("lifecycle: {{{}}}", hook));
}

/// Whoever recreates pods that share a volume may have to: two pods at once would both write.
bool must_recreate(const Scenario& s) {
    return s.strategy == Recreate::name && s.volume == VolumeKind::shared;
}

void apply(Scenario& s, const Change& change) {
    for (const auto& [word, value] : change.settings) {
        if (word == "strategy") {
            s.strategy = value;
        } else {
            find_field(word)->set(s, value);
        }
    }
}

/// Every pod goes only when a new one is available.
Change keep_all(const Scenario& s) {
    Change change{.about = "strategy",
                  .settings = {{"max-surge", "25%"}, {"max-unavailable", "0"}},
                  .edits = {write(s, "strategy", "in spec",
                                  "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, "
                                  "maxUnavailable: 0}}")}};
    if (s.strategy == Recreate::name)
        change.settings.insert(change.settings.begin(), {"strategy", std::string(Rolling::name)});
    return change;
}

bool has_room_below(const Scenario& s) {
    const auto& rolling = std::get<Rolling>(s.strategies);
    return resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, s.pods).unavailable > 0;
}

Change longer_grace(const Scenario& s) {
    const auto grace = 2 * std::chrono::ceil<seconds>(s.old_version.grace).count();
    return {.settings = {{"grace", fmt::format("{}s", grace)}},
            .edits = {write(s, "terminationGracePeriodSeconds", "in pod",
                            fmt::format("terminationGracePeriodSeconds: {}", grace))}};
}

Change later_available(const Scenario& s) {
    return {.settings = {{"min-ready", "10s"}},
            .edits = {{Edit::How::add, place_of(s, {"min-ready", "kind"}), "minReadySeconds: 10"}}};
}

Change more_pods(const Scenario& s) {
    const int pods = s.pods + std::max(1, s.pods / 2);
    return {.settings = {{"pods", fmt::format("{}", pods)}},
            .edits = {{Edit::How::add, place_of(s, {"pods", "kind"}),
                       fmt::format("replicas: {}", pods)}}};
}

}  // namespace

Change pre_stop(const Scenario& s, int length) {
    Change change{.about = "sleep"};
    change.settings.emplace_back("pre-stop", fmt::format("{}s", length));
    change.edits.push_back(sleep_edit(s, length));
    const Duration end = s.old_version.shutdown.quantile(0.99);
    const Duration needed = seconds{length} + end + seconds{5};
    if (s.old_version.grace >= seconds{length} + end) return change;
    const auto grace = std::chrono::ceil<seconds>(needed).count();
    change.settings.emplace_back("grace", fmt::format("{}s", grace));
    change.edits.push_back(write(s, "terminationGracePeriodSeconds", "in pod",
                                 fmt::format("terminationGracePeriodSeconds: {}", grace)));
    return change;
}

Changes longer_sleeps(const Scenario& s) {
    Changes list;
    for (const int length : {2, 5, 10, 15, 20, 30, 60}) {
        if (seconds{length} > s.old_version.pre_stop) list.push_back(pre_stop(s, length));
    }
    return list;
}

Changes other_changes(const Scenario& s) {
    Changes list;
    const bool deployment = s.kind == WorkloadKind::deployment;
    if (deployment && s.strategy == Recreate::name && !must_recreate(s)) {
        list.push_back(
            {.about = "strategy",
             .settings = {{"strategy", std::string(Rolling::name)}},
             .edits = {write(s, "strategy", "in spec", "strategy: {type: RollingUpdate}")}});
    }
    if (s.old_version.ready_when == ReadyWhen::started) {
        const std::string port = s.port.empty() ? "PORT" : s.port;
        list.push_back(
            {.about = "probe",
             .settings = {{"readiness", "period=5s"}},
             .edits = {{Edit::How::add, mended_at(s, "in container"),
                        fmt::format("readinessProbe: {{tcpSocket: {{port: {}}}, periodSeconds: 5}}",
                                    port)}}});
    }
    if (deployment && has_room_below(s) && !must_recreate(s) &&
        (s.strategy == Rolling::name || s.strategy == Recreate::name)) {
        list.push_back(keep_all(s));
    }
    return list;
}

Changes answers_to(const Scenario& s, const std::vector<Cause>& lost_by) {
    const auto any_of = [&](std::initializer_list<Cause> wanted) {
        return std::ranges::any_of(
            wanted, [&](Cause m) { return std::ranges::find(lost_by, m) != lost_by.end(); });
    };
    using enum Cause;
    Changes list = other_changes(s);
    if (any_of({exited, closed_connection}) && s.old_version.on_sigterm == OnSigterm::exit) {
        list.push_back({.settings = {{"on-sigterm", "drain"}},
                        .edits = {},
                        .in_words = "finish requests at SIGTERM (drain), in the program"});
    }
    if (any_of({closed_connection}) && s.connections.kind == Connections::keep_alive) {
        list.push_back({.settings = {{"connections", "http2"}},
                        .edits = {},
                        .in_words = "HTTP/2 between clients and pods"});
    }
    const Network& network = preset_of(s.network).network;
    const Layer layer = s.layer.value_or(network.layer);
    if (layer == Layer::l7 && s.retries.value_or(network.retries) == 0 &&
        any_of({still_listed, fallback, ready_before_listening, exited, out_of_grace})) {
        list.push_back({.settings = {{"retries", "2"}, {"retry-on", "refused,killed"}},
                        .edits = {},
                        .in_words = "2 retries on other pods, at the balancer"});
    }
    if (any_of({queued, queue_full, slow})) list.push_back(more_pods(s));
    if (s.strategy != "none") {  // what people try first, whether it helps or not
        list.push_back(later_available(s));
        list.push_back(longer_grace(s));
    }
    return list;
}

Scenario with(const Scenario& s, const Changes& changes) {
    Scenario changed = s;
    for (const Change& change : changes) apply(changed, change);
    changed.expectations.clear();
    return changed;
}

}  // namespace stratsim
