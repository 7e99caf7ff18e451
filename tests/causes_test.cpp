#include "scenarios/experiments/causes.hpp"

#include "cli/reports/layout.hpp"
#include "cli/reports/page/pod_phases.hpp"
#include "cli/reports/why/why.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/validate.hpp"
#include "sim/metrics/requests.hpp"
#include "sim/numbers/random.hpp"
#include "tests/cause_by_facts.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

// Every lost request has one cause; what is told to save it was tried.

using namespace stratsim;

namespace {

void set(Scenario& s, const std::string& word, const std::string& value) {
    find_field(word)->set(s, value);
    s.origins[word] = {.kind = SourceKind::flag};
}

Scenario rolling_with(std::initializer_list<std::pair<std::string, std::string>> words) {
    Scenario s;
    s.strategy = "rolling";
    s.runs = 10;
    for (const auto& [word, value] : words) set(s, word, value);
    return s;
}

const LostGroup* group_of(const Why& why, Cause mechanism) {
    for (const LostGroup& group : why.groups) {
        if (group.cause == mechanism) return &group;
    }
    return nullptr;
}

double lost(const Why& why) {
    return why.now.spread("requests.failed").value().mean;
}

/// A scenario of random settings that fit together, through the words of a user.
Scenario fuzzed_scenario(std::uint64_t config) {
    const Randomness random(7, config);
    std::uint64_t asked = 0;
    const auto one_of = [&](std::vector<std::string> values) {
        const auto n = static_cast<std::uint32_t>(values.size());
        return values[below(n, random.block(Concern::boot, 0, asked++).high(0))];
    };
    Scenario s;
    s.runs = 3;
    s.seed = config;
    s.strategy = one_of({"recreate", "rolling", "blue-green", "canary"});
    const bool closed = one_of({"no", "no", "yes"}) == "yes";
    const auto give = [&](const std::string& word, std::vector<std::string> values) {
        const std::string value = one_of(std::move(values));
        if (value != "-") set(s, word, value);
    };
    give("pods", {"1", "2", "5"});
    give("kind", {"deployment", "statefulset"});
    give("boot", {"1s", "exp(2s)", "5s"});
    give("hold", {"5s"});
    give("keep-old", {"0s", "3s"});
    give("on-sigterm", {"exit", "drain", "serve", "ignore"});
    give("pre-stop", {"0s", "2s"});
    give("grace", {"1s", "5s"});
    give("readiness", {"listening", "none", "period=2s"});
    give("cold-start", {"none", "factor=5,age=2s", "factor=9,requests=30"});
    give("service-time", {"5ms", "exp(50ms)", "exp(300ms)"});
    give("concurrency", {"0", "1", "4"});
    give("queue", {"unlimited", "0", "5"});
    give("client-timeout", {"200ms", "2s"});
    give("new", {"-", "errors=20%", "boot=6s"});
    give("network", {"direct", "kube-proxy", "kube-proxy-ipvs", "gateway", "haproxy",
                     "ingress-nginx", "envoy", "traefik"});
    give("propagation", {"0s", "1s", "exp(2s)"});
    give("removal", {"-", "3s"});
    give("instances", {"1", "3"});
    give("retries", {"-", "0", "2"});
    give("retry-on", {"-", "refused,killed", "refused,killed,errors"});
    give("redispatch", {"true", "true", "false"});
    give("wait-for-endpoint", {"false", "false", "true"});
    give("affinity", {"none", "none", "client-ip"});
    give("slow-start", {"0s", "5s"});
    give("ejection", {"none", "after=2,for=3s"});
    if (closed) {
        give("users", {"10", "50"});
        give("pause", {"exp(200ms)"});
    } else {
        give("rate", {"20/s", "100/s"});
        give("users", {"5", "200"});
        give("shape", {"constant", "bursts(factor=3,for=1s,every=5s)", "day(peak=2,period=48s)"});
        give("discipline", {"first-come", "first-come", "processor-sharing"});
        if (s.old_version.discipline == Discipline::sharing) set(s, "concurrency", "2");
    }
    if (s.old_version.discipline == Discipline::first_come)
        give("connections", {"per-request", "keep-alive,size=3,idle=500ms", "http2,requests=9"});
    give("volume", {"per-pod", "shared", "shared-naive", "shared-locked"});
    give("think", {"0s", "2ms"});
    return s;
}

}  // namespace

TEST_CASE("requests are conserved under any flags, and every lost one has its cause") {
    for (std::uint64_t config = 0; config < 150; ++config) {
        const Scenario s = fuzzed_scenario(config);
        const auto complaints = validate(s);
        INFO("configuration ", config, " ", complaints.empty() ? "" : complaints.front().message);
        REQUIRE(complaints.empty());
        const Experiment e = run_experiment(s, 1);
        for (std::size_t run = 0; run < e.runs.size(); ++run) {
            const CaseFile file = open_case(s, run);
            const Measures& m = e.runs[run];
            const double total = m["requests.total"].value();
            const double failed = m["requests.failed"].value();
            CHECK(static_cast<double>(file.records.size()) == total);
            double answered = 0;
            std::vector<double> by_outcome(outcomes);
            std::vector<double> by_cause(causes);
            std::size_t grouped = 0;
            for (std::uint32_t number = 1; number <= file.records.size(); ++number) {
                const Outcome outcome = file.records[number - 1].outcome;
                if (outcome == Outcome::success) {
                    ++answered;
                    continue;
                }
                ++by_outcome[static_cast<std::size_t>(outcome)];
                const CauseChain chain = chain_of(file, number);
                CHECK(chain.outcome == outcome);
                REQUIRE(chain.cause != Cause::none);
                const std::set<Cause> possible = CauseByFacts(s, file).of(number);
                INFO("request ", number, ": ", name_of(chain.cause), ", and by the facts ",
                     name_of(*possible.begin()));
                CHECK(possible.contains(chain.cause));
                ++by_cause[static_cast<std::size_t>(chain.cause)];
                ++grouped;
            }
            CHECK(answered + failed == total);
            CHECK(static_cast<double>(grouped) == failed);
            for (std::size_t c = 0; c < outcomes; ++c)
                CHECK(by_outcome[c] ==
                      m["requests.failed_by_cause." + std::string(outcome_names[c])].value());
            for (std::size_t c = 0; c < causes; ++c)
                CHECK(by_cause[c] == m[Requests::path_of(static_cast<Cause>(c))].value());
        }
    }
}

TEST_CASE("the groups of why add up to the lost requests of the report") {
    for (std::uint64_t config = 0; config < 3; ++config) {
        Scenario s = fuzzed_scenario(config);
        s.runs = 5;
        const Why why = find_out_why(s, 2);
        CHECK(static_cast<double>(why.lost()) == doctest::Approx(5 * lost(why)));
    }
}

TEST_CASE("what a deaf pod refuses is told with how long it was listed on") {
    const Why why = find_out_why(rolling_with({{"propagation", "2s"}, {"pods", "4"}}), 2);
    REQUIRE(why.groups.size() == 1);
    CHECK(why.groups.front().cause == Cause::still_listed);
    CHECK(why.groups.front().listed_on_s.value() == doctest::Approx(2));
    // The sleep that covers the propagation comes first, is in YAML, and loses nothing.
    REQUIRE(!why.remedies.empty());
    const TriedRemedy& best = why.remedies.front();
    CHECK(best.changes.front().edits.front().yaml == "lifecycle: {preStop: {sleep: {seconds: 2}}}");
    CHECK(best.lost == 0);
    CHECK(best.pod_seconds > 0);
    // Each was simulated: its number is the number of its experiment.
    for (const TriedRemedy& remedy : why.remedies) {
        CHECK(remedy.lost == remedy.after.spread("requests.failed").value().mean);
        CHECK(remedy.lost < lost(why));
    }
}

TEST_CASE("programs that exit kill what they have, and draining is among the remedies") {
    const Why why = find_out_why(
        rolling_with({{"on-sigterm", "exit"}, {"service-time", "exp(500ms)"}, {"removal", "0s"}}),
        2);
    const LostGroup* killed = group_of(why, Cause::exited);
    REQUIRE(killed != nullptr);
    CHECK(killed->outcome == Outcome::killed);
    bool drains = false;
    for (const TriedRemedy& remedy : why.remedies) {
        for (const Change& change : remedy.changes)
            drains |= change.settings.front().second == "drain";
    }
    CHECK(drains);
}

TEST_CASE("a recreated workload has nobody ready, and rolling is the remedy") {
    Scenario s = rolling_with({{"propagation", "500ms"}, {"boot", "5s"}});
    s.strategy = "recreate";
    const Why why = find_out_why(s, 2);
    CHECK(group_of(why, Cause::nobody_ready) != nullptr);
    CHECK(group_of(why, Cause::not_heard) != nullptr);
    REQUIRE(!why.remedies.empty());
    CHECK(why.remedies.front().changes.front().settings.front().second == "rolling");
}

TEST_CASE("each other mechanism is found where it is made") {
    const auto found = [](Scenario s, Cause mechanism) {
        s.runs = 3;
        return group_of(find_out_why(s, 2), mechanism) != nullptr;
    };
    CHECK(found(rolling_with({{"readiness", "none"}}), Cause::ready_before_listening));
    CHECK(found(
        rolling_with(
            {{"pods", "1"}, {"max-surge", "0"}, {"max-unavailable", "1"}, {"shutdown", "1s"}}),
        Cause::fallback));
    CHECK(found(rolling_with({{"on-sigterm", "ignore"},
                              {"grace", "2s"},
                              {"service-time", "1s"},
                              {"concurrency", "0"}}),
                Cause::out_of_grace));
    CHECK(found(rolling_with({{"concurrency", "1"},
                              {"service-time", "35ms"},
                              {"client-timeout", "1s"},
                              {"pre-stop", "15s"},
                              {"max-unavailable", "50%"},
                              {"max-surge", "0"}}),
                Cause::queued));
    CHECK(
        found(rolling_with(
                  {{"service-time", "exp(300ms)"}, {"client-timeout", "1s"}, {"concurrency", "0"}}),
              Cause::slow));
    CHECK(found(rolling_with({{"concurrency", "1"}, {"queue", "0"}}), Cause::queue_full));
    CHECK(found(rolling_with({{"new", "errors=10%"}}), Cause::version_error));
    Scenario held = rolling_with(
        {{"wait-for-endpoint", "true"}, {"network", "direct"}, {"client-timeout", "1s"}});
    held.strategy = "recreate";
    CHECK(found(held, Cause::held));
    CHECK(found(rolling_with(
                    {{"connections", "keep-alive,idle=300ms"}, {"users", "30"}, {"observe", "2m"}}),
                Cause::closed_connection));
}

TEST_CASE("the report of why fits every width, and colour adds only escapes") {
    const Why why =
        find_out_why(rolling_with({{"on-sigterm", "exit"}, {"service-time", "200ms"}}), 2);
    for (const int width : {60, 80, 120}) {
        const std::string text = why_text(why, {.width = width});
        std::size_t begin = 0;
        while (begin < text.size()) {
            const std::size_t end = text.find('\n', begin);
            const std::string line = text.substr(begin, end - begin);
            const bool to_paste = line.find('{') != std::string::npos;
            if (!to_paste) CHECK(display_width(line) <= static_cast<std::size_t>(width));
            CHECK_FALSE(line.ends_with(' '));
            begin = end + 1;
        }
        std::string painted = why_text(why, {.width = width, .colour = true});
        CHECK(painted != text);
        for (std::size_t at = painted.find('\x1b'); at != std::string::npos;
             at = painted.find('\x1b')) {
            painted.erase(at, painted.find('m', at) - at + 1);
        }
        CHECK(painted == text);
    }
}

TEST_CASE("the story of a refused request names the sleep that saves it") {
    const Scenario s = rolling_with({{"propagation", "2s"}});
    const Why why = find_out_why(s, 2);
    const LostGroup& group = why.groups.front();
    const RequestStory story = story_of(s, group.example_run, group.example);
    REQUIRE(story.cause);
    CHECK(story.cause->cause == Cause::still_listed);
    CHECK(story.cause->view == Heard::ready);
    CHECK(story.cause->wrong_since.value() <= story.cause->at);
    CHECK(story.cause->heard.value() > story.cause->at);
    REQUIRE(story.saved_by_sleep);
    CHECK(*story.saved_by_sleep <= std::chrono::seconds{2});
    CHECK_THROWS_AS(story_of(s, 0, 4'000'000'000U), InputErrors);
}

TEST_CASE("a pod that is listed before it listens is in a phase of its own in every picture") {
    const auto lives = [](const std::string& word, const std::string& value) {
        return run_experiment(rolling_with({{"pods", "3"}, {"runs", "1"}, {word, value}}), 1)
            .detail;
    };
    // By its readiness without a probe, and by a Service that lists whatever exists.
    using Setting = std::pair<std::string, std::string>;
    for (const Setting& setting :
         {Setting{"readiness", "none"}, Setting{"publish-not-ready", "true"}}) {
        CAPTURE(setting.first);
        const RunDetail detail = lives(setting.first, setting.second);
        for (const html::PodRow& row : html::pod_rows(detail)) {
            const PodLife& pod = detail.pods[row.pod];
            if (!pod.is_new) continue;
            REQUIRE(pod.listens);
            CHECK(pod.listed.value() < *pod.listens);
            CHECK(pod.early_until() == pod.listens);
            CHECK(row.phases[static_cast<std::size_t>(html::PodPhase::early)].length() > 0);
        }
    }
    for (const PodLife& pod : lives("min-ready", "0s").pods) {
        CHECK(pod.listed == pod.ready);
        CHECK(pod.early_until() == pod.ready);
    }
}
