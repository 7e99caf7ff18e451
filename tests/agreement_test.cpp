#include "cli/reports/markdown_text.hpp"
#include "cli/reports/report.hpp"
#include "cli/reports/why/why.hpp"
#include "cli/reports/words/causes.hpp"
#include "scenarios/experiments/causes.hpp"
#include "scenarios/manifests/inputs.hpp"
#include "scenarios/settings/fields.hpp"
#include "sim/metrics/requests.hpp"
#include "tests/world.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <map>
#include <range/v3/view/cartesian_product.hpp>
#include <set>
#include <string>
#include <vector>

// run, plan, why, Markdown, the page and compare are about the same world: what why counts one by
// one is what the others lose, and all of them name the same cause first.

using namespace stratsim;

namespace fs = std::filesystem;

namespace {

/// What each cause is known by, written here a second time: a sentence that is put to another cause
/// does not say it.
const std::map<Cause, std::string> known_by{
    {Cause::still_listed, "while the balancer still lists"},
    {Cause::fallback, "as no ready pod is listed"},
    {Cause::ready_before_listening, "as ready before"},
    {Cause::nobody_ready, "none of the Service is ready"},
    {Cause::not_heard, "the balancer has not heard of them yet"},
    {Cause::exited, "program exits at SIGTERM"},
    {Cause::out_of_grace, "ends in SIGKILL"},
    {Cause::closed_connection, "just when its pod closes it"},
    {Cause::queued, "spent in a pod's queue"},
    {Cause::slow, "before a pod is done"},
    {Cause::held, "at the balancer, which has no pod"},
    {Cause::queue_full, "the queue of"},
    {Cause::version_error, "answered with an error by the new version"}};

/// Words with one blank between them, without what formats put around them.
std::string words_of(const std::string& text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\\') continue;
        if (text.compare(i, 5, "&#39;") == 0) {
            c = '\'';
            i += 4;
        }
        const bool blank = c == ' ' || c == '\n';
        if (blank && (plain.empty() || plain.back() == ' ')) continue;
        plain += blank ? ' ' : c;
    }
    return plain;
}

/// The cause that a text names first.
std::string first_named(const std::string& text) {
    const std::string words = words_of(text);
    std::string first = "none";
    auto at = std::string::npos;
    for (const auto& [cause, phrase] : known_by) {
        const auto here = words.find(phrase);
        if (here >= at) continue;
        at = here;
        first = name_of(cause);
    }
    return first;
}

std::string written(const Scenario& s, const Experiment& e, Result::Kind kind, Format format) {
    Result result{.experiments = {e}, .kind = kind};
    if (kind == Result::Kind::plan) result.advice.resize(1);
    if (kind == Result::Kind::compare) result.experiments.push_back(e);
    result.command = "stratsim run " + s.strategy;
    return render(result, format, {});
}

/// The part of a page or a comment that is about causes.
std::string from(const std::string& text, std::string_view mark) {
    const auto at = text.find(mark);
    return at == std::string::npos ? "" : text.substr(at);
}

struct Watched {
    std::size_t scenarios = 0;
    std::size_t losing = 0;
    std::set<Cause> causes{};
};

/// Everything that is said of one scenario, held against what why finds out request by request.
void check(Scenario s, Watched& seen) {
    s.expectations.clear();
    CAPTURE(s.name);
    CAPTURE(s.strategy);
    CAPTURE(s.from);
    ++seen.scenarios;
    const Why why = find_causes(s, 1);
    // The groups add up to the lost requests of the same runs, each to the run's own number.
    double lost = 0;
    for (const Measures& run : why.now.runs) lost += run["requests.failed"].value();
    CHECK(static_cast<double>(why.lost()) == lost);
    std::array<double, causes> by_cause{};
    for (const Measures& run : why.now.runs) {
        for (std::size_t c = 0; c < causes; ++c)
            by_cause[c] += run[Requests::path_of(static_cast<Cause>(c))].value();
    }
    std::array<double, causes> grouped{};
    for (const LostGroup& group : why.groups) {
        grouped[static_cast<std::size_t>(group.cause)] = static_cast<double>(group.lost);
        seen.causes.insert(group.cause);
    }
    CHECK(by_cause == grouped);
    if (why.groups.empty()) return;
    ++seen.losing;
    const std::string largest(name_of(why.groups.front().cause));
    const Experiment& e = why.now;
    CHECK(name_of(lost_by(e).front().cause) == largest);
    CHECK(first_named(why_text(why, {})) == largest);
    CHECK(first_named(from(written(s, e, Result::Kind::run, Format::markdown), "<summary>Why")) ==
          largest);
    CHECK(first_named(from(written(s, e, Result::Kind::plan, Format::html),
                           "Lost requests by cause")) == largest);
    if (e.outcomes.empty()) return;  // it stands still
    CHECK(first_named(from(written(s, e, Result::Kind::run, Format::text), "\nwhy ")) == largest);
    CHECK(first_named(from(written(s, e, Result::Kind::compare, Format::text), "\n\n")) == largest);
    if (needs_mending(e))
        CHECK(first_named(written(s, e, Result::Kind::plan, Format::text)) == largest);
}

Scenario few(Scenario s, std::uint64_t runs) {
    fix_runs(s, std::min(s.runs, runs));
    return s;
}

std::vector<Scenario> in(const std::string& path) {
    InputRequest request;
    request.files = {path};
    request.recursive = true;
    return read_inputs(request).workloads;
}

}  // namespace

TEST_CASE("each cause has a sentence of its own") {
    const Scenario s = scenario("rolling", {});
    std::set<std::string> sentences;
    for (std::size_t i = 0; i < causes; ++i) {
        const auto cause = static_cast<Cause>(i);
        const std::string sentence = cause_sentence(s, cause);
        CAPTURE(sentence);
        CHECK(sentence.find(known_by.at(cause)) != std::string::npos);
        CHECK(first_named(sentence) == std::string(name_of(cause)));
        CHECK(sentences.insert(sentence).second);
        const bool plural = sentence.starts_with("are ") || sentence.starts_with("find ");
        CHECK(plural);
        const std::string one = cause_sentence(s, cause, true);
        const bool singular = one.starts_with("is ") || one.starts_with("finds ");
        CHECK(singular);
        CHECK(sentence.ends_with(cause_phrase(s, cause)));
        CHECK(Requests::path_of(cause) == "requests.lost_by." + std::string(name_of(cause)));
    }
}

TEST_CASE("a sentence about a cause says only what is so of all pods that it is about") {
    Scenario s;
    s.strategy = "rolling";
    s.old_version.grace = std::chrono::minutes{1};
    const auto killed = [&] { return cause_sentence(s, Cause::out_of_grace); };
    CHECK(killed() == "are in flight when the grace period of 1m ends in SIGKILL");
    s.update.emplace().standing.grace = std::chrono::seconds{5};
    CHECK(killed() == "are in flight when their pod's grace period ends in SIGKILL");
    s.old_version.grace = std::chrono::seconds{5};
    CHECK(killed() == "are in flight when the grace period of 5s ends in SIGKILL");
    s.companions.emplace_back().standing.grace = std::chrono::seconds{30};
    CHECK(killed() == "are in flight when their pod's grace period ends in SIGKILL");

    const auto nowhere = [&] { return cause_sentence(s, Cause::nobody_ready); };
    CHECK(nowhere() == "find no pod: none of the Service is ready");
    s.strategy = Canary::name;
    std::get<Canary>(s.strategies).split = Split::router;
    CHECK(nowhere() ==
          "find no pod: none is ready of the version that the router chooses for them");
    s.publish_not_ready = true;
    CHECK(nowhere() == "find no pod: none of the Service runs");
    for (std::size_t i = 0; i < causes; ++i) {
        const std::string one = cause_sentence(s, static_cast<Cause>(i), true);
        CAPTURE(one);
        CHECK((one.starts_with("is ") || one.starts_with("finds ")));
        CHECK(one.find("their") == std::string::npos);
    }
}

TEST_CASE("all reports of every shipped scenario name the same cause") {
    Watched seen;
    for (const auto& entry : fs::recursive_directory_iterator("scenarios")) {
        if (entry.path().extension() != ".yaml") continue;
        std::vector<Scenario> found;
        try {
            found = in(entry.path().string());
        } catch (const InputErrors&) {
            continue;  // a part of another file
        }
        for (const Scenario& s : found) {
            if (!s.strategy.empty()) check(few(s, 4), seen);
        }
    }
    CHECK(seen.scenarios >= 17);
    CHECK(seen.losing >= 10);
}

TEST_CASE("all reports of fifteen Deployments name the same cause") {
    Watched seen;
    for (const Scenario& s : in("tests/data/shop-of-fifteen")) check(few(s, 5), seen);
    CHECK(seen.scenarios == 15);
    CHECK(seen.losing >= 11);
    for (const Cause cause : {Cause::still_listed, Cause::ready_before_listening,
                              Cause::nobody_ready, Cause::not_heard}) {
        CHECK(seen.causes.contains(cause));
    }
}

TEST_CASE("all reports of other manifests name the same cause" * doctest::skip()) {
    const char* directory = std::getenv("STRATSIM_MANIFESTS");
    REQUIRE(directory != nullptr);
    Watched seen;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const std::string kind = entry.path().extension().string();
        if (kind != ".yaml" && kind != ".yml") continue;
        std::vector<Scenario> found;
        try {
            found = in(entry.path().string());
        } catch (const InputErrors&) {
            continue;  // not a manifest, or not one that can be read
        }
        for (const Scenario& s : found) check(few(s, 5), seen);
    }
    MESSAGE(seen.scenarios, " workloads, of which ", seen.losing, " lose requests");
    CHECK(seen.scenarios > 0);
}

TEST_CASE("all reports name the same cause behind retries, routers and companions") {
    Watched seen;
    const auto with_words = [&](std::string strategy, auto words) {
        check(few(scenario(std::move(strategy), words), 3), seen);
    };
    using Words = std::initializer_list<std::pair<std::string_view, std::string_view>>;
    for (const char* strategy : {"recreate", "rolling", "blue-green", "canary"}) {
        with_words(strategy, Words{{"hold", "5s"}, {"pods", "4"}});
        with_words(strategy, Words{{"hold", "5s"}, {"pods", "4"}, {"readiness", "none"}});
        with_words(strategy, Words{{"hold", "5s"}, {"pods", "4"}, {"on-sigterm", "exit"}});
        with_words(strategy,
                   Words{{"hold", "5s"}, {"pods", "4"}, {"network", "haproxy"}, {"retries", "2"}});
        with_words(strategy, Words{{"hold", "5s"},
                                   {"pods", "4"},
                                   {"network", "envoy"},
                                   {"retries", "1"},
                                   {"retry-on", "refused,killed,errors"},
                                   {"new", "errors=20%"}});
    }
    with_words("canary", Words{{"hold", "5s"}, {"split", "router"}, {"new", "errors=10%"}});
    with_words("rolling", Words{{"pods", "3"}, {"kind", "statefulset"}, {"volume", "shared"}});
    with_words("rolling", Words{{"pods", "2"}, {"rate", "60/s"}, {"concurrency", "1"}});
    with_words("rolling", Words{{"pods", "2"}, {"concurrency", "1"}, {"queue", "0"}});
    with_words("recreate",
               Words{{"pods", "2"}, {"wait-for-endpoint", "true"}, {"client-timeout", "2s"}});
    with_words("rolling", Words{{"pods", "3"},
                                {"pause", "exp(100ms)"},
                                {"connections", "keep-alive,size=2,idle=200ms"}});
    CHECK(seen.losing >= 20);
    CHECK(seen.causes.size() >= 10);
}

TEST_CASE("a second Deployment behind the Service moves in why as it does in run") {
    Watched seen;
    for (const char* strategy : {"recreate", "rolling", "blue-green", "canary"}) {
        InputRequest request;
        request.base = scenario(strategy, {{"hold", "5s"}, {"runs", "5"}});
        request.from = {"tests/data/companions/before.yaml"};
        request.to = {"tests/data/companions/after.yaml"};
        for (const Scenario& s : read_inputs(request).workloads) {
            CHECK(!s.companions.empty());
            check(s, seen);
        }
    }
    CHECK(seen.losing >= 4);
}

TEST_CASE("every engine names the same causes") {
    int losing = 0;
    const std::vector<std::string> strategies{"recreate", "rolling", "blue-green"};
    const std::map<std::string, std::string> words{
        {"readiness", "none"}, {"boot", "6s"}, {"on-sigterm", "exit"}};
    for (const auto& [of, setting] : ranges::views::cartesian_product(strategies, words)) {
        const std::string strategy = of;
        const std::string word = setting.first;
        const std::string value = setting.second;
        CAPTURE(strategy);
        CAPTURE(word);
        const auto with_engine = [&](const char* engine) {
            return run(strategy, {{"pods", "6"},
                                  {"hold", "5s"},
                                  {"runs", "60"},
                                  {"concurrency", "0"},
                                  {"balancer", "random"},
                                  {word, value},
                                  {"engine", engine}});
        };
        const Experiment followed = with_engine("request");
        const Experiment by_pod = with_engine("pods");
        const Experiment counted = with_engine("aggregate");
        for (std::size_t c = 0; c < causes; ++c) {
            const std::string path(Requests::path_of(static_cast<Cause>(c)));
            CAPTURE(path);
            const Spread a = *followed.spread(path);
            CHECK(a.mean == by_pod.mean(path));
            const Spread b = *counted.spread(path);
            const double error = std::sqrt((a.sd * a.sd + b.sd * b.sd) / 60);
            CHECK(std::abs(a.mean - b.mean) <= 4.5 * error + 0.05);
        }
        if (!lost_by(followed).empty()) {
            ++losing;
            CHECK(lost_by(followed).front().cause == lost_by(counted).front().cause);
        }
        const Experiment* all[] = {&followed, &by_pod, &counted};
        for (const Experiment* e : all) {
            for (const Measures& one : e->runs) {
                double sum = 0;
                for (std::size_t c = 0; c < causes; ++c)
                    sum += one[Requests::path_of(static_cast<Cause>(c))].value();
                CHECK(sum == one["requests.failed"].value());
            }
        }
    }
    CHECK(losing >= 6);
}
