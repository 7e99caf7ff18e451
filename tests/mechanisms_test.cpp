#include "scenarios/experiments/case_file.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/validate.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>

// What a user can say about the way of a request, each held against what theory says of it.

using namespace stratsim;

namespace {

using Words = std::initializer_list<std::pair<std::string, std::string>>;

Scenario ten_runs(const std::string& strategy, Words words) {
    Scenario s;
    s.strategy = strategy;
    s.runs = 10;
    for (const auto& [word, value] : words) {
        REQUIRE(find_field(word) != nullptr);
        find_field(word)->set(s, value);
        s.origins[word] = {.kind = SourceKind::flag};
    }
    for (const Complaint& complaint : validate(s)) FAIL_CHECK(complaint.message);
    return s;
}

/// A rolling update whose numbers are simple: pods go one by one, deaf and listed for 2 s.
Scenario one_by_one(Words words) {
    Scenario s = ten_runs("rolling", {{"pods", "6"},
                                      {"max-surge", "1"},
                                      {"max-unavailable", "0"},
                                      {"boot", "4s"},
                                      {"propagation", "2s"},
                                      {"service-time", "10ms"},
                                      {"concurrency", "0"},
                                      {"network", "direct"}});
    for (const auto& [word, value] : words) {
        find_field(word)->set(s, value);
        s.origins[word] = {.kind = SourceKind::flag};
    }
    for (const Complaint& complaint : validate(s)) FAIL_CHECK(complaint.message);
    return s;
}

double mean(const Scenario& s, std::string_view path) {
    return run_experiment(s).spread(path).value().mean;
}
double lost(const Scenario& s) {
    return mean(s, "requests.failed");
}

double mean_latency(const CaseFile& file) {
    double sum = 0;
    for (const RequestRecord& r : file.records) sum += to_seconds(r.end - r.arrival);
    return sum / static_cast<double>(file.records.size());
}

std::string complaint_of(const Scenario& s) {
    const auto list = validate(s);
    return list.empty() ? "" : list.front().word;
}

}  // namespace

TEST_CASE(
    "a retry on another pod saves what one deaf pod refuses, a retry on the same saves nothing") {
    const double without = lost(one_by_one({}));
    // 6 pods in turn, each deaf for 2 s among 6 or 7 listed ones: 6 x 100/s x 2s / 6.x.
    CHECK(without == doctest::Approx(6 * 100 * 2 / 6.5).epsilon(0.1));
    CHECK(lost(one_by_one({{"retries", "1"}})) == 0);
    CHECK(lost(one_by_one({{"retries", "3"}, {"redispatch", "false"}})) == without);
}

TEST_CASE("retries on kills save requests in flight, and only they") {
    const Words killed{{"on-sigterm", "exit"}, {"removal", "0s"}, {"service-time", "500ms"}};
    Scenario s = one_by_one(killed);
    const double without = lost(s);
    CHECK(without > 6 * 100 / 7.0 * 0.5 * 0.7);  // a pod holds rate / pods x service time
    find_field("retries")->set(s, "1");
    CHECK(lost(s) == doctest::Approx(without).epsilon(0.05));
    find_field("retry-on")->set(s, "refused,killed");
    CHECK(lost(s) == 0);
}

TEST_CASE("connections that carry one request are as good as none") {
    const double per_request = lost(one_by_one({{"network", "kube-proxy"}}));
    CHECK(lost(one_by_one({{"network", "kube-proxy"}, {"connections", "keep-alive,requests=1"}})) ==
          per_request);
    // Over balancers that choose for every request they change nothing either.
    CHECK(lost(one_by_one({{"connections", "keep-alive"}})) == lost(one_by_one({})));
}

TEST_CASE("kept connections keep requests away from deaf pods that are still listed") {
    // Only who needs a new connection meets one: with 20 users some 20 (e - 1) reconnects, not
    // 100/s.
    const double held = lost(one_by_one(
        {{"network", "kube-proxy"}, {"users", "20"}, {"connections", "keep-alive,size=50"}}));
    CHECK(held < 0.5 * lost(one_by_one({{"network", "kube-proxy"}, {"users", "20"}})));
}

TEST_CASE("a request that comes just after the idle time-out is lost, but not over HTTP/2") {
    // Gaps of a user are exponential with mean 0.5 s: of 20,000 requests
    // 20,000 (e^-1 - e^-(0.503 / 0.5)) = 44 meet the 3 ms after 0.5 s.
    const Words words{{"network", "kube-proxy"},
                      {"users", "50"},
                      {"visits", "20000"},
                      {"service-time", "1us"},
                      {"pods", "3"}};
    Scenario s = ten_runs("none", words);
    find_field("connections")->set(s, "keep-alive,idle=500ms,size=9");
    CHECK(lost(s) == doctest::Approx(44).epsilon(0.2));
    find_field("connections")->set(s, "http2,idle=500ms");
    CHECK(lost(s) == 0);
}

TEST_CASE("processors that are shared make deterministic requests wait longer than one queue") {
    // M/D/1 with rho 0.8: first come s (1 + rho / 2 (1 - rho)) = 3 s, shared s / (1 - rho) = 5 s.
    const Words words{{"pods", "1"},        {"rate", "80/s"},    {"service-time", "10ms"},
                      {"concurrency", "1"}, {"visits", "50000"}, {"client-timeout", "1h"}};
    Scenario s = ten_runs("none", words);
    CHECK(mean_latency(open_case(s, 0)) == doctest::Approx(0.030).epsilon(0.06));
    find_field("discipline")->set(s, "processor-sharing");
    CHECK(mean_latency(open_case(s, 0)) == doctest::Approx(0.050).epsilon(0.06));
}

TEST_CASE("a cold pod works slower by what fades with its age") {
    const Scenario cold = one_by_one({{"pre-stop", "10s"}, {"cold-start", "factor=5,age=3s"}});
    const CaseFile file = open_case(cold, 0);
    double sum = 0;
    double expected = 0;
    int n = 0;
    for (const RequestRecord& r : file.records) {
        if (r.pod >= file.pods.size() || file.pods[r.pod].revision == 0) continue;
        sum += to_seconds(r.end - r.arrival);
        const double age = to_seconds(r.arrival - file.pods[r.pod].ready.value());
        expected += 0.010 * (1 + 4 * std::exp(-age / 3));
        ++n;
    }
    REQUIRE(n > 100);
    CHECK(sum == doctest::Approx(expected).epsilon(1e-6));
}

TEST_CASE("users who wait for their answers make the rate themselves") {
    // 30 users, each every 10 ms + 90 ms: 300/s.
    const Scenario s = ten_runs("none", {{"users", "30"},
                                         {"pause", "90ms"},
                                         {"service-time", "10ms"},
                                         {"concurrency", "0"},
                                         {"observe", "20s"}});
    CHECK(mean(s, "requests.total") == doctest::Approx(6000).epsilon(0.01));
    Scenario both = s;
    both.origins["rate"] = {.kind = SourceKind::flag};
    CHECK(complaint_of(both) == "pause");
}

TEST_CASE("balancers side by side hear at different times, and lose the same on average") {
    const double one = lost(one_by_one({{"propagation", "uniform(0s,4s)"}, {"runs", "60"}}));
    const Scenario two =
        one_by_one({{"propagation", "uniform(0s,4s)"}, {"runs", "60"}, {"instances", "3"}});
    CHECK(lost(two) == doctest::Approx(one).epsilon(0.1));
    std::set<int> used;
    for (const Try& t : open_case(two, 0).tries) used.insert(t.instance);
    CHECK(used == std::set<int>{0, 1, 2});
}

TEST_CASE("slow start keeps requests from young pods") {
    const auto to_new = [](const Scenario& s) {
        double n = 0;
        for (const RequestRecord& r : open_case(s, 0).records) n += r.version;
        return n;
    };
    CHECK(to_new(one_by_one({{"slow-start", "20s"}})) < 0.8 * to_new(one_by_one({})));
}

TEST_CASE("a pod that refuses is passed over after so many failures, but never too many pods") {
    const double free = lost(one_by_one({{"propagation", "10s"}}));
    // Each of 6 pods may lose 3 requests before it is passed over.
    const char* all = "after=3,for=1h,at-most=100%,panic=0%";
    CHECK(lost(one_by_one({{"propagation", "10s"}, {"ejection", all}})) <= 18);
    const double one_only =
        lost(one_by_one({{"propagation", "10s"}, {"ejection", "after=3,for=1h,at-most=1%"}}));
    CHECK(one_only > 18);
    CHECK(one_only < free);
}

TEST_CASE("affinity by address forgets who stays away, a cookie does not") {
    const auto pods_of_users = [](const Scenario& s) {
        const CaseFile file = open_case(s, 0);
        std::map<std::uint32_t, std::set<std::uint32_t>> pods;
        for (const RequestRecord& r : file.records) pods[r.user].insert(r.pod);
        std::size_t most = 0;
        for (const auto& [user, set] : pods) most = std::max(most, set.size());
        return most;
    };
    const Words words{{"users", "20"}, {"visits", "4000"}, {"pods", "5"}, {"network", "haproxy"}};
    Scenario s = ten_runs("none", words);
    CHECK(pods_of_users(s) == 5);
    find_field("affinity")->set(s, "client-ip");
    CHECK(pods_of_users(s) == 1);
    find_field("affinity-timeout")->set(s, "100ms");
    CHECK(pods_of_users(s) == 5);
    find_field("affinity")->set(s, "cookie");
    CHECK(pods_of_users(s) == 1);
}

TEST_CASE("weights are kept exactly by round-robin") {
    const CaseFile file = open_case(
        ten_runs(
            "none",
            {{"pods", "3"}, {"visits", "1750"}, {"network", "direct"}, {"weights", "100,50,25"}}),
        0);
    std::vector<int> sent(3);
    for (const RequestRecord& r : file.records) ++sent[r.pod];
    CHECK(sent == std::vector<int>{1000, 500, 250});
}

TEST_CASE("without a readiness probe pods get requests before they listen") {
    const Scenario none = one_by_one({{"readiness", "none"}});
    CHECK(lost(none) > lost(one_by_one({})));
    const CaseFile file = open_case(none, 0);
    std::set<Cause> met;
    for (std::uint32_t n = 1; n <= file.records.size(); ++n) {
        if (file.records[n - 1].outcome != Outcome::success) met.insert(chain_of(file, n).cause);
    }
    CHECK(met.contains(Cause::ready_before_listening));
}

TEST_CASE("a probe finds a pod ready at its next turn, and a startup probe holds it back") {
    const auto ready_after = [](const std::string& word, const std::string& probe) {
        Scenario s = one_by_one({{word, probe}, {"boot", "4s"}});
        const CaseFile file = open_case(s, 0);
        for (const PodHistory& pod : file.pods) {
            if (pod.revision == 1) return to_seconds(pod.ready.value() - pod.created);
        }
        return 0.0;
    };
    CHECK(ready_after("readiness", "listening") == doctest::Approx(4));
    CHECK(ready_after("readiness", "delay=1s,period=5s") == doctest::Approx(6));
    CHECK(ready_after("readiness", "period=5s,successes=3") == doctest::Approx(15));
    CHECK(ready_after("startup", "period=10s") == doctest::Approx(4));  // it listens, and is ready
}

TEST_CASE("requests that wait for an endpoint are late, not lost") {
    const Words words{{"pods", "3"},      {"boot", "2s"},        {"propagation", "500ms"},
                      {"pre-stop", "1s"}, {"network", "direct"}, {"concurrency", "0"}};
    Scenario s = ten_runs("recreate", words);
    CHECK(lost(s) == doctest::Approx(100 * 3.5 - 100 * 0.5 + 50).epsilon(0.5));
    find_field("wait-for-endpoint")->set(s, "true");
    CHECK(lost(s) == 0);
}

TEST_CASE("a renamed file loses updates as a written one does, a truncated one nearly all") {
    const auto final_count = [](const std::string& volume) {
        const Scenario s = ten_runs("none", {{"pods", "3"},
                                             {"rate", "515/s"},
                                             {"visits", "2000"},
                                             {"volume", volume},
                                             {"think", "1ms"},
                                             {"service-time", "1us"}});
        return 2000 - mean(s, "visits.lost_updates");
    };
    const double shared = final_count("shared");
    CHECK(shared == doctest::Approx(2000 / (1 + 0.515)).epsilon(0.05));
    CHECK(final_count("shared-rename") == shared);
    CHECK(final_count("shared-naive") < 0.2 * shared);  // recorded: 3 of 2000 remain
    CHECK(final_count("shared-locked") == 2000);
}

TEST_CASE("a removal of its own changes the end of pods alone") {
    CHECK(lost(one_by_one({{"removal", "0s"}})) == 0);
    CHECK(lost(one_by_one({{"removal", "2s"}})) == lost(one_by_one({})));
}

TEST_CASE("contradictions on the way of a request are told") {
    const auto told = [](Words words) {
        Scenario s;
        s.strategy = "rolling";
        for (const auto& [word, value] : words) {
            find_field(word)->set(s, value);
            s.origins[word] = {.kind = SourceKind::flag};
        }
        return complaint_of(s);
    };
    CHECK(told({{"pause", "1s"}, {"load", "50%"}}) == "pause");
    CHECK(told({{"discipline", "processor-sharing"}, {"pause", "1s"}}) == "discipline");
    CHECK(told({{"discipline", "processor-sharing"}, {"connections", "http2"}}) == "discipline");
    CHECK(told({{"instances", "0"}}) == "instances");
    CHECK(told({{"retries", "-1"}}) == "retries");
    CHECK(told({{"weights", "1,2,3,4,5"}}) == "weights");
    CHECK(told({{"affinity", "cookie"}}) == "affinity");
    CHECK(told({{"affinity", "client-ip"}, {"balancer", "random"}}) == "affinity");
    CHECK(told({{"affinity-timeout", "0s"}}) == "affinity-timeout");
    CHECK(told({{"retries", "2"}, {"retry-on", "refused,killed"}}) == "");
}

TEST_CASE("composite settings say what is wrong with them, and print what they read") {
    const auto refused = [](const char* word, const char* value) {
        Scenario s;
        CHECK_THROWS_AS(find_field(word)->set(s, value), BadValue);
    };
    refused("retry-on", "killed");
    refused("retry-on", "refused,everything");
    refused("ejection", "for=3s");
    refused("ejection", "after=0");
    refused("connections", "keep-alive,size=0");
    refused("connections", "http2,size=2");
    refused("connections", "pooled");
    refused("cold-start", "factor=5");
    refused("cold-start", "factor=5,age=1s,requests=3");
    refused("cold-start", "factor=0.5,age=1s");
    refused("readiness", "period=0s");
    refused("readiness", "period=5s,period=6s");
    refused("startup", "failures=0");
    refused("weights", "1,0");
    refused("shape", "day(peak=3)");
    refused("shape", "bursts(factor=9,for=10s,every=1m)");
    refused("shape", "bursts(factor=2,for=10s,every=25s)");
    const std::initializer_list<std::pair<const char*, const char*>> printed{
        {"readiness", "delay=1s,period=5s,successes=2,failures=3"},
        {"readiness", "none"},
        {"startup", "delay=0s,period=2s,successes=1,failures=30"},
        {"cold-start", "factor=5,requests=200"},
        {"connections", "keep-alive,size=6,idle=1m,requests=1000"},
        {"connections", "http2"},
        {"retry-on", "refused,killed,errors"},
        {"ejection", "after=5,for=30s,at-most=10%,panic=50%"},
        {"slow-start", "30s,from=5%,aggression=2"},
        {"weights", "100,50,25"},
        {"shape", "day(peak=1.8,period=24h,begin=9h)"},
        {"shape", "bursts(factor=5,for=10s,every=1m)"}};
    for (const auto& pair : printed) {
        Scenario s;
        find_field(pair.first)->set(s, pair.second);
        CHECK(find_field(pair.first)->get(s) == pair.second);
    }
    Scenario browser;
    find_field("connections")->set(browser, "browser");
    CHECK(find_field("connections")->get(browser) == "keep-alive,size=6");
    refused("slow-start", "30s,aggression=0");
}
