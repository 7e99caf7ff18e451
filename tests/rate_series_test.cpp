#include "scenarios/settings/rate_series.hpp"

#include "scenarios/experiments/case_file.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/scenario_file.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/requests/traffic.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

// A rate that changes with time: requests by interval against the closed form.

using namespace stratsim;
using std::chrono::seconds;

namespace {

/// The mistakes of a text, as a person sees the first line of each: `file:line:col: rule`.
std::string mistakes(std::string_view text) {
    try {
        read_rate_series("rates", text);
    } catch (const InputErrors& errors) {
        std::string list;
        for (const Diagnostic& d : errors.diagnostics()) {
            list += std::to_string(d.place.line) + ":" + std::to_string(d.place.column) + " " +
                    d.rule + "\n";
        }
        return list;
    }
    return "";
}

/// Arrivals of many runs in intervals of equal length, against the integral of the rate: the sum
/// over intervals of (seen - expected)^2 / expected is chi-square with as many degrees of freedom.
void check_counts(const Scenario& s, Duration interval,
                  const std::vector<double>& expected_of_run) {
    constexpr int runs = 20;
    std::vector<double> seen(expected_of_run.size());
    for (int run = 0; run < runs; ++run) {
        for (const RequestRecord& r : open_case(s, static_cast<std::uint64_t>(run)).records) {
            const auto i = static_cast<std::size_t>((r.arrival - command) / interval);
            if (i < seen.size()) seen[i] += 1;
        }
    }
    double chi = 0;
    double empty = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const double expected = runs * expected_of_run[i];
        if (expected == 0) {
            empty += seen[i];
        } else {
            chi += (seen[i] - expected) * (seen[i] - expected) / expected;
        }
    }
    const auto n = static_cast<double>(seen.size());
    CHECK(empty == 0);
    CHECK(chi < n + 4 * std::sqrt(2 * n));  // 4 standard deviations of chi-square
    CHECK(chi > n - 4 * std::sqrt(2 * n));  // and not too even for chance
}

Scenario standing(const char* word, const char* value, const char* observe) {
    Scenario s;
    s.strategy = "none";
    find_field("observe")->set(s, observe);
    find_field("service-time")->set(s, "1ms");
    if (*word != 0) find_field(word)->set(s, value);
    return s;
}

}  // namespace

TEST_CASE("a day's curve brings as many requests in each part as its sine says") {
    const Scenario s = standing("shape", "day(peak=1.8,period=48s)", "96s");
    std::vector<double> expected;
    for (int i = 0; i < 48; ++i) {
        const double angle = 2 * 3.14159265358979 * (i % 24) / 24;
        expected.push_back(2 * 100 * (1 - 0.8 * std::cos(angle)));
    }
    check_counts(s, seconds{2}, expected);
}

TEST_CASE("a day may begin at any hour") {
    const Arrivals day = arrivals_of(Text<TrafficShape>::parse("day(peak=2,begin=12h)"));
    CHECK(day.factor_at(command) == 2);
    CHECK(day.factor_at(command + std::chrono::hours{12}) == 0);
    CHECK(std::accumulate(day.factors.begin(), day.factors.end(), 0.0) == doctest::Approx(24));
}

TEST_CASE("bursts keep the mean rate") {
    const Scenario s = standing("shape", "bursts(factor=5,for=1s,every=10s)", "40s");
    std::vector<double> expected;
    for (int i = 0; i < 40; ++i) expected.push_back(i % 10 == 0 ? 500.0 : 100 * 5.0 / 9);
    check_counts(s, seconds{1}, expected);
}

TEST_CASE("a recorded series is followed, through silence and round its end") {
    Scenario s = standing("", "", "30s");
    s.replay = read_rate_series("rates.csv", "time,rate\n0,50\n5,200/s\n10,0\n");
    CHECK(s.replay->step == seconds{5});
    CHECK(s.replay->rates == std::vector<double>{50, 200, 0});
    CHECK(requests_per_second(s) == doctest::Approx(250.0 / 3));
    std::vector<double> expected;
    for (int i = 0; i < 30; ++i)
        expected.push_back(s.replay->rates[static_cast<std::size_t>(i / 5 % 3)]);
    check_counts(s, seconds{1}, expected);
}

TEST_CASE("a given rate is the mean of a recorded course") {
    Scenario s = standing("", "", "20s");
    s.replay = read_rate_series("rates.csv", "0,1\n10,3\n");
    find_field("rate")->set(s, "100/s");
    s.origins["rate"] = {.kind = SourceKind::flag};
    check_counts(s, seconds{10}, {500, 1500});
}

TEST_CASE("access logs are counted by the second") {
    const std::string common =
        "1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326\n"
        "1.2.3.4 - bob [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326 \"-\" \"curl\"\n"
        "1.2.3.4 - - [10/Oct/2000:20:55:38 +0000] \"GET / HTTP/1.0\" 200 2326\n";
    CHECK(read_rate_series("log", common).rates == std::vector<double>{2, 0, 1});
    const std::string lines =
        "2026-03-01T12:00:02.750Z GET /\n2026-03-01T12:00:00Z GET /\n2026-03-01 14:00:02+02:00 x\n";
    CHECK(read_rate_series("log", lines).rates == std::vector<double>{1, 0, 2});
    CHECK(read_rate_series("csv", "2026-03-01T12:00:00Z,5\n2026-03-01T12:01:00Z,7\n").step ==
          std::chrono::minutes{1});
}

TEST_CASE("a scenario names its series beside itself") {
    const std::string dir = std::filesystem::temp_directory_path() / "stratsim-rate-series";
    std::filesystem::create_directories(dir);
    std::ofstream(dir + "/day.csv") << "time,rate\n0,10\n60,30\n";
    Document document =
        parse_documents(dir + "/a.yaml",
                        "apiVersion: stratsim/v1\nkind: Scenario\nstrategy: rolling\n"
                        "traffic: {replay: day.csv}\n")
            .front();
    std::vector<Diagnostic> found;
    const Scenario s = read_scenario(document, Scenario{}, found).scenario;
    CHECK(found.empty());
    REQUIRE(s.replay);
    CHECK(s.replay->mean == 20);
    std::filesystem::remove_all(dir);
}

TEST_CASE("every wrong line of a series is told with its place") {
    CHECK(mistakes("time,rate\n0,10\nten,20\n20,many\n30\n25,5\n") ==
          "3:1 time\n4:4 rate\n5:1 row\n");
    CHECK(mistakes("0,10\n5,20\n5,30\n") == "3:1 order\n");
    CHECK(mistakes("a [10/Oct/2000:13:55:36 -0700] x\nb\nc [32/Oct/2000:13:55:36 -0700] x\n") ==
          "2:1 time\n3:4 time\n");
    CHECK(mistakes("") == "0:0 empty\n");
    CHECK(mistakes("time,rate\n") == "0:0 empty\n");
    CHECK(mistakes("0,0\n1,0\n") == "0:0 empty\n");
    CHECK(mistakes("0,1\n0.000001,1\n3600,1\n") == "0:0 range\n");
    Scenario s;
    CHECK_THROWS_AS(find_field("replay")->set(s, "/nowhere/at/all.csv"), BadValue);
}
