#include "cli/reports/causes.hpp"

#include "cli/reports/numbers.hpp"
#include "sim/metrics/requests.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/transform.hpp>
#include <range/v3/view/zip.hpp>

namespace stratsim {

std::string cause_sentence(const Scenario& s, Cause cause, bool one) {
    const std::string are = one ? "is " : "are ";
    const std::string find = one ? "finds " : "find ";
    const bool exits = s.old_version.on_sigterm == OnSigterm::exit;
    const std::string_view stopped = exits ? "have exited" : "have stopped listening";
    const std::string patience = Text<Duration>::print(s.client_timeout);
    using enum Cause;
    switch (cause) {
        case still_listed:
            return fmt::format("{}sent to pods that {} while the balancer still lists them", are,
                               stopped);
        case fallback:
            return fmt::format("{}sent, as no ready pod is listed, to terminating ones that {}",
                               are, stopped);
        case ready_before_listening:
            if (s.publish_not_ready)
                return are + "sent to pods that do not listen yet: the Service lists them all";
            return are + "sent to pods that count as ready before their program listens";
        case nobody_ready:
            return find + "no pod: none of the Service is ready";
        case not_heard:
            return find + "no pod: some are ready, but the balancer has not heard of them yet";
        case exited:
            return are + "in flight when their pod's program exits at SIGTERM";
        case out_of_grace:
            return fmt::format("{}in flight when the grace period of {} ends in SIGKILL", are,
                               Text<Duration>::print(s.old_version.grace));
        case closed_connection:
            return are + "sent on an idle connection just when its pod closes it";
        case queued:
            return fmt::format("{}given up after {}, most of it spent in a pod's queue", are,
                               patience);
        case slow:
            return fmt::format("{}given up after {}, most of it spent being worked on", are,
                               patience);
        case held:
            return fmt::format("{}given up after {} at the balancer, which has no pod for them",
                               are, patience);
        case queue_full:
            return find + "the queue of their pod full";
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
