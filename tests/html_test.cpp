#include "cli/reports/report.hpp"
#include "scenarios/experiments/request_series.hpp"
#include "sim/metrics/requests.hpp"
#include "tests/lines.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

using namespace stratsim;
using Json = nlohmann::ordered_json;

namespace {

const std::string hostile = "</script><script>alert(1)</script>'\"&<b>";

Scenario drawn(const std::string& strategy, int pods = 6, std::uint64_t runs = 8) {
    Scenario s;
    s.strategy = strategy;
    s.pods = pods;
    s.runs = runs;
    return s;
}

Result one_drawn(const Scenario& s) {
    Result result;
    result.experiments.push_back(run_experiment(s, 1));
    result.advice.emplace_back();  // what would mend it has tests of its own
    result.command = "stratsim run " + s.strategy;
    return result;
}

Result comparison() {
    Result result;
    result.kind = Result::Kind::compare;
    for (const std::string& name : strategy_names()) {
        Scenario s = drawn(name, 4);
        result.good.push_back(run_experiment(s, 1));
        s.new_version.errors = Share{50'000};
        s.undo_after = std::chrono::minutes{2};
        result.experiments.push_back(run_experiment(s, 1));
    }
    return result;
}

Result plan() {
    Result result;
    result.kind = Result::Kind::plan;
    result.releases_per_month = 40;
    result.objective = 0.999;
    for (const char* name : {"web", "api"}) {
        Scenario s = drawn("rolling", 4);
        s.name = name;
        s.from = std::string("k8s/") + name + ".yaml:1";
        if (result.experiments.empty()) s.old_version.pre_stop = std::chrono::seconds{5};
        result.experiments.push_back(run_experiment(s, 1));
        result.advice.push_back(advise(result.experiments.back(), 1));
    }
    return result;
}

Result hostile_run() {
    Scenario s = drawn("rolling", 3);
    s.name = hostile;
    s.from = hostile + ".yaml:1";
    s.remarks = {hostile, "bytes \xff\x01 that are no text"};
    s.expectations.push_back(parse_expectation("requests.failed <= 0"));
    s.expectations.front().text = hostile;
    Result result = one_drawn(s);
    result.command = "stratsim run '" + hostile + "'";
    return result;
}

const std::map<std::string, Result>& drawn_results() {
    static const std::map<std::string, Result> all = [] {
        std::map<std::string, Result> map;
        for (const std::string& name : strategy_names()) map[name] = one_drawn(drawn(name));
        Scenario standing = drawn("none", 5);
        standing.visits = 500;
        map["none"] = one_drawn(standing);
        Scenario stalled = drawn("rolling");
        stalled.new_version.never_ready = true;
        map["stalled"] = one_drawn(stalled);
        map["once"] = one_drawn(drawn("canary", 4, 1));
        map["no pods"] = one_drawn(drawn("rolling", 0, 2));
        map["compare"] = comparison();
        map["plan"] = plan();
        Result runs = plan();
        runs.kind = Result::Kind::runs;
        map["runs"] = runs;
        Result test = plan();
        test.kind = Result::Kind::test;
        test.files = {"a.yaml", hostile};
        map["test"] = test;
        map["nothing"] = {.experiments = {}, .kind = Result::Kind::runs};
        map["hostile"] = hostile_run();
        return map;
    }();
    return all;
}

std::string page(const Result& result) {
    return render(result, Format::html, {});
}

const std::string& page_of(const std::string& name) {
    static std::map<std::string, std::string> pages;
    auto found = pages.find(name);
    if (found == pages.end()) found = pages.emplace(name, page(drawn_results().at(name))).first;
    return found->second;
}

struct Tag {
    std::string name;
    std::map<std::string, std::string> attributes;
    bool ends = false;  ///< </name>
    bool empty = false;
};

/// A reader of our own that forgives nothing: what it cannot read is in `errors`.
struct Reader {
    std::string html;
    std::vector<Tag> tags;
    std::vector<std::string> errors;
    std::string text;  ///< outside of tags, scripts and styles

    explicit Reader(std::string page) : html(std::move(page)) {
        static const std::set<std::string> never_closed{"meta", "br", "!DOCTYPE"};
        std::vector<std::string> open;
        for (std::size_t i = 0; i < html.size();) {
            if (html[i] != '<') {
                if (html[i] == '>') errors.push_back("a lone >");
                text += html[i++];
                continue;
            }
            Tag tag = read_tag(i);
            if (tag.ends) {
                if (open.empty() || open.back() != tag.name) {
                    errors.push_back("</" + tag.name + "> closes nothing");
                } else {
                    open.pop_back();
                }
            } else if (!tag.empty && !never_closed.contains(tag.name)) {
                open.push_back(tag.name);
            }
            const bool raw = !tag.ends && (tag.name == "script" || tag.name == "style");
            if (raw) i = html.find("</" + tag.name, i);
            tags.push_back(std::move(tag));
            if (i == std::string::npos) {
                errors.push_back("a script or style without an end");
                return;
            }
        }
        for (const std::string& name : open) errors.push_back("<" + name + "> is never closed");
    }

    Tag read_tag(std::size_t& i) {
        Tag tag;
        ++i;
        tag.ends = html[i] == '/';
        if (tag.ends) ++i;
        while (i < html.size() && html[i] != ' ' && html[i] != '>' && html[i] != '/')
            tag.name += html[i++];
        while (i < html.size() && html[i] != '>') {
            if (html[i] == ' ' || html[i] == '\n') {
                ++i;
            } else if (html[i] == '/') {
                tag.empty = true;
                ++i;
            } else {
                read_attribute(i, tag);
            }
        }
        ++i;
        return tag;
    }

    void read_attribute(std::size_t& i, Tag& tag) {
        std::string name;
        while (i < html.size() && html[i] != '=' && html[i] != '>' && html[i] != ' ')
            name += html[i++];
        if (tag.name == "!DOCTYPE") return;
        if (html[i] != '=' || html[i + 1] != '"') {
            errors.push_back("the attribute " + name + " has no quoted value");
            return;
        }
        const std::size_t end = html.find('"', i + 2);
        if (!tag.attributes.emplace(name, html.substr(i + 2, end - i - 2)).second)
            errors.push_back("the attribute " + name + " stands twice");
        i = end + 1;
    }
};

/// The numbers of a page: place in the JSON, full value, what is shown.
struct Shown {
    std::string pointer;
    std::string value;
    std::string text;
};

std::vector<Shown> numbers_of(const std::string& html) {
    std::vector<Shown> list;
    const auto between = [&](std::size_t from, const std::string& before,
                             const std::string& after) {
        const std::size_t begin = html.find(before, from) + before.size();
        return html.substr(begin, html.find(after, begin) - begin);
    };
    for (std::size_t i = html.find("<data "); i != std::string::npos;
         i = html.find("<data ", i + 1))
        list.push_back({between(i, "data-json=\"", "\""), between(i, "value=\"", "\""),
                        between(i, ">", "</data>")});
    return list;
}

/// What a text for people says, in the unit of the JSON; and by how much it may be rounded.
struct Meaning {
    double value = 0;
    double slack = 0;
};

Meaning meaning_of(std::string text, const std::string& pointer) {
    if (text == "none") return {0, 0};
    if (text.starts_with("&lt;$") || text.starts_with("-&lt;$")) return {0, 0.01};
    std::erase(text, ',');
    std::erase(text, '$');
    double unit = 1;
    if (pointer.find("latency_ms") != std::string::npos) unit = 1000;
    Meaning sum;
    const char* at = text.c_str();
    while (*at != '\0') {
        char* end = nullptr;
        const double value = std::strtod(at, &end);
        REQUIRE_MESSAGE(end != at, text);
        const std::string digits(at, static_cast<std::size_t>(end - at));
        double digit = 1;  // of the last place
        const auto point = digits.find('.');
        if (point != std::string::npos) {
            for (std::size_t i = point + 1; i < digits.size(); ++i) digit /= 10;
        } else {
            for (std::size_t i = digits.size(); i-- > 1 && digits[i] == '0';) digit *= 10;
        }
        double times = 1;
        const std::string_view rest(end);
        const auto is = [&](std::string_view word) { return rest.starts_with(word); };
        std::size_t skip = 1;
        if (is("ms")) {
            times = 1e-3 * unit;
            skip = 2;
        } else if (is("us")) {
            times = 1e-6 * unit;
            skip = 2;
        } else if (is("s")) {
            times = unit;
        } else if (is("m")) {
            times = 60 * unit;
        } else if (is("h")) {
            times = 3600 * unit;
        } else if (is("d")) {
            times = 86400 * unit;
        } else if (is("%")) {
            times = 0.01;
        } else if (is("M")) {
            times = 1e6;
        } else {
            REQUIRE_MESSAGE(rest.empty(), text);
            skip = 0;
        }
        sum.value += value * times;
        sum.slack = (times == 1 || skip == 0 ? digit : std::min(digit, 1.0)) * times;
        at = end + skip;
    }
    sum.slack = sum.slack * 0.501 + 1e-9;
    return sum;
}

}  // namespace

TEST_CASE("a page is well-formed, and its ids are its own") {
    for (const auto& entry : drawn_results()) {
        const std::string& name = entry.first;
        CAPTURE(name);
        const Reader reader(page_of(name));
        for (const std::string& error : reader.errors) FAIL_CHECK(error);
        std::set<std::string> ids;
        for (const Tag& tag : reader.tags) {
            const auto id = tag.attributes.find("id");
            if (id == tag.attributes.end()) continue;
            CHECK_MESSAGE(ids.insert(id->second).second, id->second);
        }
        for (const Tag& tag : reader.tags) {
            for (const char* by : {"aria-labelledby", "aria-controls"}) {
                const auto named = tag.attributes.find(by);
                if (named == tag.attributes.end()) continue;
                const std::string& list = named->second;
                for (std::size_t i = 0; i < list.size();) {
                    const std::size_t end = std::min(list.find(' ', i), list.size());
                    CHECK_MESSAGE(ids.contains(list.substr(i, end - i)), list);
                    i = end + 1;
                }
            }
        }
    }
}

TEST_CASE("a page fetches nothing and names no other host") {
    for (const auto& entry : drawn_results()) {
        const std::string& name = entry.first;
        CAPTURE(name);
        const std::string& html = page_of(name);
        for (const Tag& tag : Reader(html).tags) {
            CHECK_FALSE(tag.attributes.contains("src"));
            const auto target = tag.attributes.find("href");
            if (target != tag.attributes.end()) CHECK(target->second.starts_with("#"));
            for (const auto& [attribute, value] : tag.attributes) {
                CHECK_FALSE(attribute.starts_with("on"));
                CHECK_FALSE(has(value, "://"));
            }
        }
        CHECK_FALSE(has(html, "@import"));
        CHECK_FALSE(has(html, "url(http"));
        CHECK(has(html, "default-src 'none'"));
    }
}

TEST_CASE("whatever a user wrote is text in the page, not markup") {
    for (const char* name : {"hostile", "test"}) {
        const std::string& html = page_of(name);
        CHECK_FALSE(has(html, "alert(1)</script>"));
        CHECK_FALSE(has(html, "<b>\n"));
        CHECK(has(html, "&lt;script&gt;alert(1)&lt;/script&gt;&#39;&quot;&amp;&lt;b&gt;"));
    }
    CHECK_FALSE(has(page_of("hostile"), "\xff"));
    CHECK_FALSE(has(page_of("hostile"), "\x01"));
}

TEST_CASE("people who hear a page find their way") {
    for (const auto& entry : drawn_results()) {
        const std::string& name = entry.first;
        CAPTURE(name);
        const Reader reader(page_of(name));
        int level = 0;
        int heads = 0;
        int mains = 0;
        std::size_t pictures = 0;
        std::size_t titles = 0;
        for (const Tag& tag : reader.tags) {
            if (tag.ends) continue;
            if (tag.name == "html") CHECK(tag.attributes.at("lang") == "en");
            if (tag.name == "main") ++mains;
            if (tag.name.size() == 2 && tag.name[0] == 'h' && tag.name[1] >= '1' &&
                tag.name[1] <= '6') {
                const int own = tag.name[1] - '0';
                if (own == 1) ++heads;
                CHECK_MESSAGE(own <= level + 1, tag.name);
                level = own;
            }
            if (tag.name == "svg" && !tag.attributes.contains("aria-hidden")) {
                ++pictures;
                CHECK(tag.attributes.at("role") == "img");
            }
            if (tag.name == "desc") ++titles;
        }
        CHECK(heads == 1);
        CHECK(mains == 1);
        CHECK(pictures == titles);
    }
}

TEST_CASE("the numbers of a page are those of the JSON report") {
    std::size_t seen = 0;
    for (const auto& entry : drawn_results()) {
        const std::string& name = entry.first;
        CAPTURE(name);
        const Json json = Json::parse(render(entry.second, Format::json, {}));
        for (const Shown& shown : numbers_of(page_of(name))) {
            CAPTURE(shown.pointer);
            CAPTURE(shown.text);
            const Json& full = json.at(Json::json_pointer(shown.pointer));
            REQUIRE(full.is_number());
            CHECK(full.get<double>() == std::strtod(shown.value.c_str(), nullptr));
            const Meaning meaning = meaning_of(shown.text, shown.pointer);
            // Causes are so rounded that they add up: up or down by a whole unit.
            const bool part = shown.pointer.find("/requests.lost_by.") != std::string::npos;
            CHECK(std::abs(meaning.value - full.get<double>()) <=
                  std::max(meaning.slack * (part ? 2 : 1), 1e-6 * std::abs(full.get<double>())));
            ++seen;
        }
    }
    CHECK(seen > 300);
}

TEST_CASE("a number that is not the JSON's would be noticed") {
    const auto differs = [](const char* text, double value) {
        const Meaning meaning = meaning_of(text, "/spread/requests.failed/mean");
        return std::abs(meaning.value - value) > meaning.slack;
    };
    CHECK_FALSE(differs("190", 192.8));
    CHECK(differs("190", 196));
    CHECK_FALSE(differs("15m54s", 954.3));
    CHECK(differs("15m54s", 955));
    CHECK_FALSE(differs("0.17%", 0.00168));
    CHECK(differs("none", 0.1));
}

TEST_CASE("the same rollout gives the same page, on any number of threads") {
    Result a = one_drawn(drawn("rolling", 3, 4));
    a.advice.clear();  // the page finds out by itself what would mend it
    Result b = a;
    a.threads = 1;
    b.threads = 3;
    CHECK(page(a) == page(b));
    CHECK(has(page(a), "id=\"margin-h\""));
}

TEST_CASE("a thousand pods fit into a small page") {
    Scenario s = drawn("rolling", 1000, 2);
    s.rate.per_second = 400;
    const std::string html = page(one_drawn(s));
    CHECK(html.size() < 1'500'000);
    CHECK(has(html, "1,000 old and 1,000 new pods"));
}

TEST_CASE("a page says what to type to get it again") {
    CHECK(has(page_of("rolling"), "<code>stratsim run rolling -o html=report.html</code>"));
}

TEST_CASE("a series holds every request of its run, by cause and version") {
    for (const std::string& name : strategy_names()) {
        CAPTURE(name);
        Scenario s = drawn(name, 4, 1);
        s.old_version.on_sigterm = OnSigterm::exit;  // some are killed, some of them from before
        const Experiment e = run_experiment(s, 1);
        const RequestSeries series = request_series(e, 100);
        REQUIRE(!series.bins.empty());
        CHECK(series.bins.size() <= 100);
        std::array<double, causes> lost{};
        double old = 0;
        double fresh = 0;
        for (const RequestSeries::Bin& bin : series.bins) {
            for (std::size_t i = 0; i < causes; ++i) lost[i] += bin.lost[i];
            old += bin.answered[0];
            fresh += bin.answered[1];
            if (bin.p50) CHECK(*bin.p50 <= *bin.p99);
        }
        for (std::size_t i = 0; i < causes; ++i)
            CHECK(lost[i] == e.measures()[Requests::path_of(static_cast<Cause>(i))]);
        CHECK(old == e.measures()["requests.by_version.old"]);
        CHECK(fresh == e.measures()["requests.by_version.new"]);
    }
}
