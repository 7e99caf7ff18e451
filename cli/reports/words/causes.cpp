#include "cli/reports/words/causes.hpp"

#include "cli/reports/words/numbers.hpp"
#include "sim/metrics/requests.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/transform.hpp>
#include <range/v3/view/zip.hpp>

namespace stratsim {

namespace {

/// Of all pods that may be killed; unset where they do not have the same.
std::optional<Duration> grace_of(const Scenario& s) {
    const Duration grace = s.update ? s.update->standing.grace : s.old_version.grace;
    const auto same = [&](const PodTemplate& made_of) { return made_of.grace == grace; };
    const bool all = same(s.old_version) &&
                     std::ranges::all_of(s.companions,
                                         [&](const Companion& beside) {
                                             return same(beside.standing) &&
                                                    (!beside.next || same(*beside.next));
                                         }) &&
                     std::ranges::all_of(s.later, same, &LaterVersion::pods_made_of);
    return all ? std::optional(grace) : std::nullopt;
}

bool routed(const Scenario& s) {
    return s.strategy == Canary::name && std::get<Canary>(s.strategies).split == Split::router;
}

/// `have exited`: what a pod at its end did before the balancer heard of it.
std::string have_stopped(const Scenario& s, bool one) {
    return fmt::format(
        "{} {}", one ? "has" : "have",
        s.old_version.on_sigterm == OnSigterm::exit ? "exited" : "stopped listening");
}

/// `no pod: none of the Service is ready`; `whom`: those who find none.
std::string no_ready_pod(const Scenario& s, std::string_view whom) {
    if (s.publish_not_ready) return "no pod: none of the Service runs";
    if (routed(s))
        return fmt::format("no pod: none is ready of the version that the router chooses for {}",
                           whom);
    return "no pod: none of the Service is ready";
}

/// `the grace period of 30s`, or whose it is where pods do not have the same.
std::string grace_period(const Scenario& s, std::string_view their) {
    const auto grace = grace_of(s);
    return grace ? "the grace period of " + Text<Duration>::print(*grace)
                 : fmt::format("{} pod's grace period", their);
}

}  // namespace

std::string cause_sentence(const Scenario& s, Cause cause, bool one) {
    const std::string are = one ? "is " : "are ";
    const std::string find = one ? "finds " : "find ";
    const std::string_view to_pods = one ? "to a pod that " : "to pods that ";
    const std::string_view them = one ? "it" : "them";
    const std::string_view their = one ? "its" : "their";
    const std::string stopped = have_stopped(s, one);
    const std::string patience = Text<Duration>::print(s.client_timeout);
    using enum Cause;
    switch (cause) {
        case still_listed:
            return fmt::format("{}sent {}{} while the balancer still lists {}", are, to_pods,
                               stopped, them);
        case fallback:
            return fmt::format("{}sent, as no ready pod is listed, to {} that {}", are,
                               one ? "a terminating one" : "terminating ones", stopped);
        case ready_before_listening:
            if (s.publish_not_ready)
                return fmt::format("{}sent {}{} not listen yet: the Service lists them all", are,
                                   to_pods, one ? "does" : "do");
            return fmt::format("{}sent {}{} as ready before {} program listens", are, to_pods,
                               one ? "counts" : "count", their);
        case nobody_ready:
            return find + no_ready_pod(s, them);
        case not_heard:
            return fmt::format("{}no pod: some {}, but the balancer has not heard of them yet",
                               find, s.publish_not_ready ? "run" : "are ready");
        case exited:
            return fmt::format("{}in flight when {} pod's program exits at SIGTERM", are, their);
        case out_of_grace:
            return fmt::format("{}in flight when {} ends in SIGKILL", are, grace_period(s, their));
        case closed_connection:
            return are + "sent on an idle connection just when its pod closes it";
        case queued:
            return fmt::format("{}given up after {}, most of it spent in a pod's queue", are,
                               patience);
        case slow:
            return fmt::format("{}given up after {}, before a pod is done with {}", are, patience,
                               them);
        case held:
            return fmt::format("{}given up after {} at the balancer, which has no pod for {}", are,
                               patience, them);
        case queue_full:
            return fmt::format("{}the queue of {} pod full", find, their);
        case version_error:
            return are + "answered with an error by the new version";
        case none:
            return are + "answered";
    }
    return "";
}

std::string cause_phrase(const Scenario& s, Cause cause) {
    const std::string sentence = cause_sentence(s, cause);
    if (sentence.starts_with("are ")) return sentence.substr(4);
    return sentence;
}

std::vector<LostBy> lost_by(const Experiment& e) {
    std::vector<LostBy> list;
    for (std::size_t i = 0; i < causes; ++i) {
        const auto cause = static_cast<Cause>(i);
        const double mean = e.mean(Requests::path_of(cause));
        if (mean > 0) list.push_back({.cause = cause, .mean = mean, .count = ""});
    }
    std::ranges::stable_sort(list, std::greater{}, &LostBy::mean);
    const auto means = list | ranges::views::transform(&LostBy::mean) | ranges::to<std::vector>;
    const auto whole = e.spread("requests.failed");
    if (!whole) return list;
    const std::vector<std::string> counts = part_texts(*whole, means);
    for (auto&& [lost, count] : ranges::views::zip(list, counts)) lost.count = count;
    return list;
}

std::vector<std::string> reasons(const Experiment& e) {
    const std::vector<LostBy> list = lost_by(e);
    std::vector<std::string> texts;
    for (const LostBy& lost : list) {
        std::string count = lost.count;
        if (list.size() == 1) count = lost.mean < 1.5 ? "All of them" : "All " + count;
        texts.push_back(fmt::format("{} {}{}", count,
                                    cause_sentence(e.scenario, lost.cause, count == "1"),
                                    texts.size() + 1 == list.size() ? "." : ","));
    }
    return texts;
}

std::string largest_reason(const Experiment& e) {
    const std::vector<LostBy> list = lost_by(e);
    if (list.empty()) return "";
    const std::string whole = lead_text(*e.spread("requests.failed"), Unit::requests);
    const LostBy& first = list.front();
    const std::string count =
        list.size() == 1 ? "all " + whole : fmt::format("{} of {}", first.count, whole);
    return fmt::format("{} lost {}", count, cause_sentence(e.scenario, first.cause, count == "1"));
}

}  // namespace stratsim
