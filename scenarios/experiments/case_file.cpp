#include "scenarios/experiments/case_file.hpp"

#include "scenarios/experiments/experiment.hpp"
#include "scenarios/experiments/names.hpp"
#include "scenarios/experiments/replay.hpp"
#include "sim/on.hpp"

#include <algorithm>
#include <utility>

namespace stratsim {

bool PodHistory::listens_at(Time at) const {
    return listens && *listens <= at && (!deaf || at < *deaf);
}

std::optional<Time> PodHistory::early_until() const {
    return PodLife{.listens = listens, .listed = listed, .deleted = deleted}.early_until();
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
    Recorder recorder(static_cast<std::size_t>(scenario.instances));
    const Witness tell = [&](Time at, const Fact& fact) { recorder.see(at, fact); };
    const auto world = replay(scenario, run, tell, {.records = true});
    CaseFile file{.pods = std::move(recorder.pods),
                  .records = world->traffic().records(),
                  .tries = world->traffic().tries(),
                  .settled = world->settled()};
    const auto& pods = world->cluster().pods();
    for (std::size_t i = 0; i < pods.size(); ++i) {
        PodHistory& history = file.pods[i];
        history.name = pod_name(scenario, pods[i]);
        history.revision = pods[i].revision;
        history.created = pods[i].created;
        history.listed = pods[i].listed_at;
        if (pods[i].created < command) history.listens = pods[i].created;
        if (pods[i].deaf_since != never && !pods[i].listens) history.deaf = pods[i].deaf_since;
    }
    std::ranges::stable_sort(file.tries, {}, &Try::record);
    return file;
}

CauseChain chain_of(const CaseFile& file, std::uint32_t number) {
    const RequestRecord& record = file.records[number - 1];
    const std::span<const Try> tries = file.tries_of(number);
    const Try last = tries.empty() ? Try{.at = record.arrival} : tries.back();
    // One that found no pod was no try.
    const auto sent =
        std::ranges::count_if(tries, [&](const Try& one) { return one.pod < file.pods.size(); });
    CauseChain chain{.cause = record.cause,
                     .outcome = record.outcome,
                     .at = last.at,
                     .tries = static_cast<std::size_t>(sent)};
    if (last.pod < file.pods.size()) {
        const PodHistory& pod = file.pods[last.pod];
        chain.pod = last.pod;
        chain.view = pod.view(last.instance, last.at);
        if (pod.deaf && *pod.deaf <= last.at) chain.wrong_since = pod.deaf;
        chain.heard = pod.end_heard(last.instance);
    }
    return chain;
}

}  // namespace stratsim
