#include "cli/reports/report.hpp"
#include "cli/reports/words/summary.hpp"
#include "scenarios/experiments/names.hpp"
#include "sim/on.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <range/v3/view/enumerate.hpp>

// Chrome's trace events, which ui.perfetto.dev opens: an experiment is a process, a pod a thread.

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

/// The threads that are no pods.
constexpr std::size_t steps_thread = 1;
constexpr std::size_t outages_thread = 2;
constexpr std::size_t first_pod_thread = 10;

/// The instants of one pod's life.
struct Life {
    std::optional<Time> created{};
    std::optional<Time> listens{};
    std::optional<Time> ready{};
    std::optional<Time> terminating{};
    std::optional<Time> gone{};
};

class Trace {
  public:
    Trace(Json& events, const Experiment& e, std::size_t process)
        : events_(events),
          scenario_(e.scenario),
          detail_(e.detail),
          process_(process),
          lives_(e.detail.pods.size()) {
        // A trace begins at 0; of the hour in which nothing happened before, a moment is enough.
        begin_ = command - std::chrono::seconds{5};
        name("process_name", 0, fmt::format("{} {}", e.scenario.strategy, workload_of(e.scenario)));
    }

    void write() {
        for (const Timeline::Entry& entry : detail_.timeline.entries) see(entry);
        pods();
        steps();
        outages();
        requests();
    }

  private:
    /// In microseconds.
    Json number(Time at) const {
        return static_cast<double>((std::max(at, begin_) - begin_).count()) / 1e3;
    }

    Json event(std::string_view phase, std::string_view what, std::size_t thread) const {
        return {{"ph", phase}, {"name", what}, {"pid", process_}, {"tid", thread}};
    }

    void name(std::string_view kind, std::size_t thread, const std::string& text) {
        Json e = event("M", kind, thread);
        e["args"] = {{"name", text}};
        events_.push_back(std::move(e));
    }

    void span(std::string_view what, std::size_t thread, Time from, Time to, Json args = {}) {
        from = std::max(from, begin_);
        Json e = event("X", what, thread);
        e["ts"] = number(from);
        e["dur"] = static_cast<double>(std::max(to - from, Duration::zero()).count()) / 1e3;
        if (!args.is_null()) e["args"] = std::move(args);
        events_.push_back(std::move(e));
    }

    void instant(std::string_view what, Time at) {
        Json e = event("i", what, steps_thread);
        e["ts"] = number(at);
        e["s"] = "p";
        events_.push_back(std::move(e));
    }

    void counter(std::string_view what, Time at, Json values) {
        Json e = event("C", what, 0);
        e["ts"] = number(at);
        e["args"] = std::move(values);
        events_.push_back(std::move(e));
    }

    Life* life(PodId id) {
        const std::size_t i = index_of(id);
        return i < lives_.size() ? &lives_[i] : nullptr;
    }

    void see(const Timeline::Entry& entry) {
        const Time at = entry.at;
        const auto note = [&](PodId id, std::optional<Time> Life::*what) {
            if (Life* l = life(id); l != nullptr && !(l->*what)) l->*what = at;
        };
        std::visit(on{
                       [&](const fact::Commanded&) { instant("rollout begins", at); },
                       [&](const fact::PodListens& f) { note(f.pod, &Life::listens); },
                       [&](const fact::PodReady& f) { note(f.pod, &Life::ready); },
                       [&](const fact::PodTerminating& f) { note(f.pod, &Life::terminating); },
                       [&](const fact::PodGone& f) { note(f.pod, &Life::gone); },
                       [&](const fact::ServiceChanged& f) {
                           counter("pods in the service", at,
                                   {{"listed", f.count.listed}, {"accepting", f.count.accepting}});
                       },
                       [&](const fact::Switched&) { instant("users are switched", at); },
                       [&](const fact::RollbackBegun&) { instant("rollback begins", at); },
                       [&](const fact::RolloutEnded& f) {
                           instant(fmt::format("rollout ends: {}", name_of(f.outcome)), at);
                       },
                       otherwise,
                   },
                   entry.fact);
    }

    void pods() {
        for (std::size_t i = 0; i < detail_.pods.size(); ++i) {
            const PodLife& pod = detail_.pods[i];
            const Life& seen = lives_[i];
            const std::size_t thread = first_pod_thread + i;
            name("thread_name", thread,
                 fmt::format("{} ({})", pod_name(scenario_, pod), pod.is_new ? "new" : "old"));
            const Time end = std::max(pod.created, detail_.settled);
            const Time gone = pod.gone.value_or(seen.gone.value_or(end));
            const Time ending = seen.terminating.value_or(pod.deleted.value_or(gone));
            // What stood before the command has told nobody when it became ready.
            const Time ready = std::min(ending, seen.ready.value_or(pod.ready.value_or(ending)));
            const Time listens = std::min(ready, seen.listens.value_or(ready));
            phase("booting", thread, pod.created, listens);
            phase("waiting for readiness", thread, listens, ready);
            const Time serves =
                std::min(ending, std::max(ready, pod.early_until().value_or(ready)));
            phase("ready, not listening yet", thread, ready, serves);
            phase("ready", thread, serves, ending);
            phase("terminating", thread, ending, gone);
        }
    }

    void phase(std::string_view what, std::size_t thread, Time from, Time to) {
        if (to > std::max(from, begin_)) span(what, thread, from, to);
    }

    void steps() {
        name("thread_name", steps_thread, "steps");
        for (const StepSpan& step : detail_.timeline.steps) {
            const Time to = step.to.value_or(std::max(step.from, detail_.settled));
            span(fmt::format("{:.4g}%", step.asked * 100), steps_thread, step.from, to,
                 {{"asked", step.asked}, {"delivered", step.delivered}});
        }
    }

    void outages() {
        name("thread_name", outages_thread, "outages");
        for (const Outage& outage : detail_.outages)
            span("outage", outages_thread, outage.from, outage.to);
    }

    void requests() {
        for (auto&& [i, bin] : ranges::views::enumerate(detail_.bins.bins())) {
            counter("requests", command + detail_.bins.width() * static_cast<std::int64_t>(i),
                    {{"answered", bin.requests - std::min(bin.lost, bin.requests)},
                     {"lost", bin.lost}});
        }
    }

    Json& events_;
    const Scenario& scenario_;
    const RunDetail& detail_;
    std::size_t process_;
    std::vector<Life> lives_;
    Time begin_ = command;
};

}  // namespace

std::string perfetto_report(const Result& result, const Screen&) {
    Json events = Json::array();
    std::size_t process = 0;
    for (const Experiment& e : result.experiments) Trace(events, e, ++process).write();
    Json root;
    root["displayTimeUnit"] = "ms";
    root["traceEvents"] = std::move(events);
    return root.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stratsim
