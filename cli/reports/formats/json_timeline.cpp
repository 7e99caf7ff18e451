#include "cli/reports/formats/json_timeline.hpp"

#include "scenarios/experiments/names.hpp"

#include <string_view>
#include <utility>
#include <variant>

namespace stratsim::json {

namespace {

std::string_view word_of(Heard heard) {
    switch (heard) {
        case Heard::unknown:
            return "unknown";
        case Heard::ready:
            return "ready";
        case Heard::terminating:
            return "terminating";
        case Heard::gone:
            return "gone";
    }
    return "";
}

/// Writes a fact under its name.
class EventWriter {
  public:
    explicit EventWriter(const Experiment& e) : e_(e) {}

    void operator()(const fact::Commanded&) { named("commanded"); }
    void operator()(const fact::Resized& f) {
        named("resized").update({{"version", version(f.revision)}, {"from", f.from}, {"to", f.to}});
    }
    void operator()(const fact::PodCreated& f) { about("pod-created", f.pod); }
    void operator()(const fact::PodListens& f) { about("pod-listens", f.pod); }
    void operator()(const fact::PodReady& f) { about("pod-ready", f.pod); }
    void operator()(const fact::PodAvailable& f) { about("pod-available", f.pod); }
    void operator()(const fact::PodTerminating& f) {
        about("pod-terminating", f.pod)["was_available"] = f.was_available;
    }
    void operator()(const fact::PodSigterm& f) { about("pod-sigterm", f.pod); }
    void operator()(const fact::PodGone& f) { about("pod-gone", f.pod)["killed"] = f.killed; }
    void operator()(const fact::PodHeard& f) {
        about("pod-heard", f.pod)["state"] = word_of(f.state);
    }
    void operator()(const fact::ServiceChanged& f) {
        named("service-changed")
            .update({{"listed", f.count.listed},
                     {"accepting", f.count.accepting},
                     {"old_listed", f.count.old_listed},
                     {"new_listed", f.count.new_listed}});
    }
    void operator()(const fact::StepReached& f) {
        named("step-reached")
            .update({{"step", f.index},
                     {"asked", number(f.asked)},
                     {"delivered", number(f.delivered)}});
    }
    void operator()(const fact::StepEnded& f) { named("step-ended")["step"] = f.index; }
    void operator()(const fact::Switched&) { named("switched"); }
    void operator()(const fact::SwitchHeard&) { named("switch-heard"); }
    void operator()(const fact::RollbackBegun& f) {
        named("rollback-begun")["by"] = f.by_person ? "person" : "strategy";
    }
    void operator()(const fact::RolloutEnded& f) {
        named("rollout-ended")["outcome"] = name_of(f.outcome);
    }
    void operator()(const fact::PodUnready& f) {
        about("pod-unready", f.pod)["was_available"] = f.was_available;
    }
    void operator()(const fact::StatusChanged& f) {
        named("status").update({{"replicas", f.counts.replicas},
                                {"updated", f.counts.updated},
                                {"ready", f.counts.ready},
                                {"available", f.counts.available}});
    }
    void operator()(const fact::ConditionChanged& f) {
        named("condition")
            .update({{"type", name_of(f.type)},
                     {"status", name_of(f.condition.status)},
                     {"reason", name_of(f.condition.reason)}});
    }
    void operator()(const fact::ClaimMade& f) { named("claim-made")["ordinal"] = f.ordinal; }
    void operator()(const fact::Selected& f) {
        named("selected")["version"] = f.version ? Json(version(*f.version)) : Json("all");
    }

    Json event;

  private:
    Json& named(std::string_view name) {
        event["event"] = name;
        return event;
    }

    Json& about(std::string_view name, PodId id) {
        named(name);
        if (index_of(id) < e_.detail.pods.size()) {
            const PodLife& pod = e_.detail.pods[index_of(id)];
            event["pod"] = pod_name(e_.scenario, pod);
            event["version"] = version(pod.revision);
        }
        return event;
    }

    const Experiment& e_;
};

Json event_of(const Fact& fact, const Experiment& e) {
    EventWriter writer(e);
    std::visit(writer, fact);
    return std::move(writer.event);
}

}  // namespace

Json timeline(const Experiment& e) {
    Json list = Json::array();
    for (const Timeline::Entry& entry : e.detail.timeline.entries) {
        Json event{{"t_s", seconds(entry.at)}};
        event.update(event_of(entry.fact, e));
        list.push_back(std::move(event));
    }
    return list;
}

}  // namespace stratsim::json
