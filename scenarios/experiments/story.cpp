#include "scenarios/experiments/causes.hpp"
#include "scenarios/settings/validate.hpp"

#include <fmt/format.h>

namespace stratsim {

namespace {

using std::chrono::seconds;

/// The shortest whole seconds for which its pod would still have listened; told only if the same
/// request of the same run is then answered.
std::optional<Duration> saved_by_sleep(const Scenario& scenario, const RequestStory& story) {
    const CauseChain& cause = *story.cause;
    const bool by_end = cause.cause == Cause::still_listed || cause.cause == Cause::fallback ||
                        cause.cause == Cause::exited;
    if (!by_end || !cause.pod || !story.file.pods[*cause.pod].deleted) return std::nullopt;
    const Time deleted = *story.file.pods[*cause.pod].deleted;
    const Time needed = std::max(story.record().arrival, story.record().end);
    const auto length = std::chrono::floor<seconds>(needed - deleted).count() + 1;
    const Scenario changed = with(scenario, {pre_stop(scenario, static_cast<int>(length))});
    if (!validate(changed).empty()) return std::nullopt;
    const CaseFile file = open_case(changed, story.run);
    if (story.number > file.records.size()) return std::nullopt;
    const RequestRecord& then = file.records[story.number - 1];
    const bool same = then.arrival == story.record().arrival && then.user == story.record().user;
    if (!same || then.outcome != Outcome::success) return std::nullopt;
    return seconds{length};
}

}  // namespace

RequestStory story_of(const Scenario& scenario, std::uint64_t run, std::uint32_t number) {
    RequestStory story{.scenario = scenario, .run = run, .number = number};
    story.file = open_case(scenario, run);
    if (number < 1 || number > story.file.records.size()) {
        throw InputErrors(
            {without_place("range",
                           fmt::format("run {} has requests 1 to {}, and no {}", run,
                                       story.file.records.size(), number),
                           "write one of these numbers; stratsim why names one of each cause")});
    }
    if (story.record().outcome == Outcome::success) return story;
    story.cause = chain_of(story.file, number);
    story.saved_by_sleep = saved_by_sleep(scenario, story);
    return story;
}

}  // namespace stratsim
