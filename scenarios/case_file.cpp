#include "scenarios/case_file.hpp"

#include "scenarios/names.hpp"
#include "sim/contract.hpp"
#include "sim/on.hpp"
#include "sim/simulate.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stratsim {

bool PodHistory::listens_at(Time at) const {
    return listens && *listens <= at && (!deaf || at < *deaf);
}

Heard PodHistory::view(std::size_t consumer, Time at) const {
    Heard view = created < command ? Heard::ready : Heard::unknown;
    for (const News& n : news) {
        if (n.consumer == consumer && n.at <= at) view = std::max(view, n.state);
    }
    return view;
}

std::optional<Time> PodHistory::end_heard(std::size_t consumer) const {
    for (const News& n : news) {
        if (n.consumer == consumer && n.state >= Heard::terminating) return n.at;
    }
    return std::nullopt;
}

std::span<const Try> CaseFile::tries_of(std::uint32_t number) const {
    return {std::ranges::lower_bound(tries, number, {}, &Try::record),
            std::ranges::upper_bound(tries, number, {}, &Try::record)};
}

namespace {

class Recorder {
  public:
    explicit Recorder(std::size_t instances) : instances_(instances) {}

    void see(Time at, const Fact& fact) {
        std::visit(on{
                       [&](const fact::PodCreated& f) { pod(f.pod).created = at; },
                       [&](const fact::PodListens& f) { pod(f.pod).listens = at; },
                       [&](const fact::PodReady& f) { pod(f.pod).ready = at; },
                       [&](const fact::PodTerminating& f) { pod(f.pod).deleted = at; },
                       [&](const fact::PodSigterm& f) { pod(f.pod).sigterm = at; },
                       [&](const fact::PodGone& f) { pod(f.pod).gone = at; },
                       [&](const fact::PodHeard& f) {
                           pod(f.pod).news.push_back({at, f.state, f.consumer});
                       },
                       // One update of the route carries every pod that is ready.
                       [&](const fact::SwitchHeard&) {
                           for (PodHistory& p : pods) {
                               if (!p.ready || p.deleted) continue;
                               for (std::size_t i = 0; i < instances_; ++i)
                                   p.news.push_back({at, Heard::ready, i});
                           }
                       },
                       otherwise,
                   },
                   fact);
    }

    std::vector<PodHistory> pods;

  private:
    PodHistory& pod(PodId id) {
        if (index_of(id) >= pods.size()) pods.resize(index_of(id) + 1);
        return pods[index_of(id)];
    }

    std::size_t instances_;
};

}  // namespace

CaseFile open_case(const Scenario& scenario, std::uint64_t run) {
    Setup setup = setup_of(scenario, run);
    setup.keep_records = true;
    setup.engine = Engine::request;
    const auto strategy = strategy_of(scenario);
    const Decide decider = [&](const Observed& seen) {
        return strategy ? decide(*strategy, seen) : as_observed(seen);
    };
    Recorder recorder(static_cast<std::size_t>(setup.network.instances));
    const Witness tell = [&](Time at, const Fact& fact) { recorder.see(at, fact); };
    const auto world = simulate(setup, decider, tell);
    CaseFile file{.pods = std::move(recorder.pods),
                  .records = world->traffic.records(),
                  .tries = world->traffic.tries(),
                  .settled = world->settled};
    const auto& pods = world->cluster.pods();
    for (std::size_t i = 0; i < pods.size(); ++i) {
        PodHistory& history = file.pods[i];
        history.name = pod_name(scenario, pods[i]);
        history.revision = pods[i].revision;
        history.created = pods[i].created;
        if (pods[i].created < command) history.listens = pods[i].created;
        if (pods[i].deaf_since != never && !pods[i].listens) history.deaf = pods[i].deaf_since;
    }
    std::ranges::stable_sort(file.tries, {}, &Try::record);
    return file;
}

std::string_view name_of(Mechanism mechanism) {
    constexpr std::array<std::string_view, mechanisms> names{
        "still-listed", "fallback",     "ready-before-listening", "nobody-ready", "not-heard",
        "exited",       "out-of-grace", "closed-connection",      "queued",       "slow",
        "held",         "queue-full",   "version-error"};
    return names[static_cast<std::size_t>(mechanism)];
}

namespace {

Mechanism why_refused(const PodHistory& pod, const CauseChain& chain) {
    if (pod.deaf && *pod.deaf <= chain.at && pod.deleted) {
        return chain.view >= Heard::terminating ? Mechanism::fallback : Mechanism::stale;
    }
    return Mechanism::early;  // it does not listen yet
}

Mechanism why_nowhere(const CaseFile& file, Time at) {
    const bool somebody = std::ranges::any_of(file.pods, [&](const PodHistory& pod) {
        return pod.ready && *pod.ready <= at && pod.listens_at(at) &&
               (!pod.deleted || at < *pod.deleted);
    });
    return somebody ? Mechanism::not_heard : Mechanism::nobody_ready;
}

Mechanism why_killed(const Scenario& s, const Try& last) {
    if (last.raced) return Mechanism::closed_connection;
    return s.old_version.on_sigterm == OnSigterm::exit ? Mechanism::exited
                                                       : Mechanism::out_of_grace;
}

Mechanism why_late(const RequestRecord& record, std::span<const Try> tries) {
    const auto nowhere = static_cast<std::uint32_t>(no_pod);
    if (!tries.empty() && tries.front().pod == nowhere) return Mechanism::held;
    return record.begins - record.arrival > record.end - record.begins ? Mechanism::queued
                                                                       : Mechanism::slow;
}

}  // namespace

CauseChain cause_of(const Scenario& scenario, const CaseFile& file, std::uint32_t number) {
    const RequestRecord& record = file.records[number - 1];
    const std::span<const Try> tries = file.tries_of(number);
    const Try last = tries.empty() ? Try{.at = record.arrival} : tries.back();
    CauseChain chain{.outcome = record.outcome, .at = last.at, .tries = tries.size()};
    if (last.pod < file.pods.size()) {
        const PodHistory& pod = file.pods[last.pod];
        chain.pod = last.pod;
        chain.view = pod.view(last.instance, last.at);
        if (pod.deaf && *pod.deaf <= last.at) chain.wrong_since = pod.deaf;
        chain.heard = pod.end_heard(last.instance);
    }
    switch (record.outcome) {
        case Outcome::refused:
            expects(chain.pod.has_value(), "a pod refuses");
            chain.mechanism = why_refused(file.pods[*chain.pod], chain);
            break;
        case Outcome::no_endpoint:
            chain.mechanism = why_nowhere(file, last.at);
            break;
        case Outcome::killed:
            chain.mechanism = why_killed(scenario, last);
            break;
        case Outcome::timeout: {  // in a pod, or between two tries of one that refuses
            const bool refused = chain.pod && !file.pods[*chain.pod].listens_at(last.at);
            chain.mechanism =
                refused ? why_refused(file.pods[*chain.pod], chain) : why_late(record, tries);
            break;
        }
        case Outcome::overload:
            chain.mechanism = Mechanism::full;
            break;
        case Outcome::version_error:
        case Outcome::success:
            chain.mechanism = Mechanism::version_error;
            break;
    }
    return chain;
}

}  // namespace stratsim
