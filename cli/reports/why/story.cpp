#include "cli/reports/layout.hpp"
#include "cli/reports/why/why.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stratsim {

namespace {

using Json = nlohmann::ordered_json;

/// One moment of the story.
struct Moment {
    Time at{};
    std::string what;
};

std::string instant(Time at) {
    return fmt::format("{:.3f}s", to_seconds(at - command));
}

std::string short_name(const std::string& name) {
    const auto dash = name.rfind('-');
    const std::string last = dash == std::string::npos ? name : name.substr(dash + 1);
    return last.size() >= 5 ? last : name;  // a StatefulSet's pods are told apart by all of it
}

class Teller {
  public:
    explicit Teller(const RequestStory& story) : story_(story), file_(story.file) {}

    std::vector<Moment> moments() {
        const auto tries = file_.tries_of(story_.number);
        for (std::size_t i = 0; i < tries.size(); ++i) tell_try(tries[i], i, tries.size());
        tell_end(tries);
        if (story_.cause && story_.cause->pod) tell_pod(*story_.cause->pod, *story_.cause);
        std::ranges::stable_sort(list_, {}, &Moment::at);
        return std::move(list_);
    }

  private:
    void add(Time at, std::string what) { list_.push_back({at, std::move(what)}); }

    std::string pod(std::size_t id) const { return short_name(file_.pods[id].name); }

    std::size_t listed(std::size_t instance, Time at) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            file_.pods, [&](const PodHistory& p) { return p.view(instance, at) == Heard::ready; }));
    }

    std::string balancer(const Try& t) const {
        return story_.scenario.instances > 1 ? fmt::format("balancer {}", t.instance + 1)
                                             : std::string("the balancer");
    }

    void tell_try(const Try& t, std::size_t i, std::size_t of) {
        const bool first = i == 0;
        if (t.pod >= file_.pods.size()) {
            return add(t.at, fmt::format("{}{} lists no pod that it could send it to",
                                         first ? "the request comes; " : "", balancer(t)));
        }
        if (t.pinned) {
            add(t.at, fmt::format("the request comes over the connection that is open to {}",
                                  pod(t.pod)));
        } else {
            const Heard view = file_.pods[t.pod].view(t.instance, t.at);
            add(t.at, fmt::format(
                          "{}; {} lists {} {}, {}",
                          first ? "the request comes" : fmt::format("try {}", i + 1), balancer(t),
                          listed(t.instance, t.at), listed(t.instance, t.at) == 1 ? "pod" : "pods",
                          view == Heard::terminating
                              ? fmt::format("and falls back on {}, which terminates", pod(t.pod))
                              : fmt::format("and chooses {}", pod(t.pod))));
        }
        if (i + 1 == of) return;
        add(t.at, file_.pods[t.pod].listens_at(t.at)
                      ? fmt::format("{} does not answer it well: it is tried elsewhere", pod(t.pod))
                      : fmt::format("connection to {} refused: it is tried elsewhere", pod(t.pod)));
    }

    void tell_end(std::span<const Try> tries) {
        const RequestRecord& r = story_.record();
        const std::string where =
            tries.empty() || tries.back().pod >= file_.pods.size() ? "" : pod(tries.back().pod);
        const std::string retries = tries.size() > 1 ? fmt::format("after {} tries", tries.size())
                                                     : std::string("no retry");
        const Time gives_up = r.arrival + story_.scenario.client_timeout;
        if (r.outcome != Outcome::refused && r.outcome != Outcome::no_endpoint && !where.empty() &&
            r.outcome != Outcome::overload && !tries.back().raced) {
            add(tries.back().at, fmt::format("{} takes it, {} {} there before it", where,
                                             r.in_system, r.in_system == 1 ? "is" : "are"));
            if (r.begins > tries.back().at && (r.outcome != Outcome::killed || r.begins < r.end))
                add(r.begins, fmt::format("{} begins to work on it", where));
        }
        switch (r.outcome) {
            case Outcome::refused:
                return add(r.end,
                           fmt::format("connection to {} refused: lost ({})", where, retries));
            case Outcome::no_endpoint:
                return add(r.end, "nowhere to send it: lost");
            case Outcome::killed:
                return add(r.end,
                           tries.back().raced
                               ? fmt::format("{} has just closed the connection: lost", where)
                               : fmt::format("the process of {} ends: lost", where));
            case Outcome::timeout:
                add(gives_up, fmt::format("the client gives up: lost; {} does not notice", where));
                return add(r.end, fmt::format("{} answers nobody", where));
            case Outcome::overload:
                return add(r.end, fmt::format("the queue of {} is full: lost", where));
            case Outcome::version_error:
                return add(r.end, fmt::format("{} answers with an error: lost", where));
            case Outcome::success:
                return add(r.end, fmt::format("{} answers, after {}", where,
                                              duration_text(to_seconds(r.end - r.arrival))));
        }
    }

    /// What its last pod had done, and when the balancer heard of it.
    void tell_pod(std::size_t id, const CauseChain& cause) {
        const PodHistory& p = file_.pods[id];
        const Time until = story_.record().end;
        if (p.deleted && *p.deleted <= until && (!p.sigterm || *p.sigterm > *p.deleted))
            add(*p.deleted, fmt::format("{} is deleted; its pre-stop sleep begins", p.name));
        if (p.sigterm && *p.sigterm <= until) {
            const bool deaf = p.deaf && *p.deaf == *p.sigterm;
            const bool slept = p.deleted && *p.sigterm > *p.deleted;
            add(*p.sigterm,
                fmt::format("{} gets SIGTERM{}{}", p.name, deaf ? " and stops listening" : "",
                            slept ? "" : " (no pre-stop)"));
        }
        if (p.deaf && *p.deaf <= until && (!p.sigterm || *p.deaf != *p.sigterm))
            add(*p.deaf, fmt::format("{} stops listening", p.name));
        if (p.ready && cause.cause == Cause::ready_before_listening) {
            add(*p.ready, fmt::format("{} counts as ready", p.name));
            if (p.listens) add(*p.listens, fmt::format("{} listens", p.name));
        }
        if (cause.heard && p.deleted && *cause.heard >= until) {
            add(*cause.heard,
                fmt::format("the balancer hears of the end of {}, {} after it", short_name(p.name),
                            duration_text(to_seconds(*cause.heard - *p.deleted))));
        }
    }

    const RequestStory& story_;
    const CaseFile& file_;
    std::vector<Moment> list_;
};

std::string headline(const RequestStory& story) {
    const RequestRecord& r = story.record();
    const std::string who = fmt::format("request {} of user {}", story.number, r.user);
    const std::string pod =
        story.cause && story.cause->pod ? short_name(story.file.pods[*story.cause->pod].name) : "";
    switch (r.outcome) {
        case Outcome::refused:
            return fmt::format("{} was refused at {}: {} {}.", who, instant(story.cause->at), pod,
                               story.cause->cause == Cause::ready_before_listening
                                   ? "did not listen yet"
                                   : "had stopped listening");
        case Outcome::no_endpoint:
            return fmt::format("{} was lost at {}: the balancer had no pod for it.", who,
                               instant(story.cause->at));
        case Outcome::killed:
            return fmt::format("{} was killed at {} {} {}.", who, instant(r.end),
                               story.cause->cause == Cause::closed_connection
                                   ? "on a connection closed by"
                                   : "with its pod,",
                               pod);
        case Outcome::timeout:
            return fmt::format("{} was given up at {}, after {}.", who,
                               instant(r.arrival + story.scenario.client_timeout),
                               Text<Duration>::print(story.scenario.client_timeout));
        case Outcome::overload:
            return fmt::format("{} was turned away at {}: the queue of {} was full.", who,
                               instant(story.cause->at), pod);
        case Outcome::version_error:
            return fmt::format("{} was answered with an error at {} by {}.", who, instant(r.end),
                               pod);
        case Outcome::success:
            return fmt::format("{} was answered at {}, after {}.", who, instant(r.end),
                               duration_text(to_seconds(r.end - r.arrival)));
    }
    return who;
}

}  // namespace

std::string story_text(const RequestStory& story, const Screen& screen) {
    Page page(screen);
    page.paragraph(bold({{headline(story)}}));
    const auto moments = Teller(story).moments();
    std::size_t widest = 0;
    for (const Moment& m : moments) widest = std::max(widest, instant(m.at).size());
    for (const Moment& m : moments) {
        const std::string front = fmt::format("  {:>{}}  ", instant(m.at), widest);
        page.paragraph({{front}}, {{m.what}}, front.size());
    }
    if (story.saved_by_sleep) {
        page.paragraph({},
                       {{fmt::format("With a pre-stop of {} this request is answered: tried.",
                                     Text<Duration>::print(*story.saved_by_sleep))}},
                       0);
    }
    return std::move(page).text();
}

std::string story_json(const RequestStory& story) {
    const RequestRecord& r = story.record();
    const bool lost = r.outcome != Outcome::success;
    Json root;
    root["command"] = "why";
    root["request"] = story.number;
    root["run"] = story.run;
    root["seed"] = story.scenario.seed.number;
    root["user"] = r.user;
    root["arrival_s"] = to_seconds(r.arrival - command);
    root["end_s"] = to_seconds(r.end - command);
    root["outcome"] = lost ? outcome_names[static_cast<std::size_t>(r.outcome)] : "success";
    root["mechanism"] = lost ? Json(name_of(story.cause->cause)) : Json(nullptr);
    root["headline"] = headline(story);
    root["tries"] = Json::array();
    for (const Try& t : story.file.tries_of(story.number)) {
        const bool some = t.pod < story.file.pods.size();
        root["tries"].push_back({{"t_s", to_seconds(t.at - command)},
                                 {"balancer", t.instance + 1},
                                 {"pod", some ? Json(story.file.pods[t.pod].name) : Json(nullptr)},
                                 {"held_connection", t.pinned}});
    }
    root["events"] = Json::array();
    for (const Moment& m : Teller(story).moments())
        root["events"].push_back({{"t_s", to_seconds(m.at - command)}, {"what", m.what}});
    root["saved_by_pre_stop_s"] =
        story.saved_by_sleep ? Json(to_seconds(*story.saved_by_sleep)) : Json(nullptr);
    return root.dump(2) + "\n";
}

}  // namespace stratsim
