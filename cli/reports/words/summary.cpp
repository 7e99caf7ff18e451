#include "cli/reports/words/summary.hpp"

#include "cli/reports/words/numbers.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "strategies/fenceposts.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <numeric>

namespace stratsim {

namespace {

/// The smallest number of pods, not below those there are, that divides by every step.
std::int64_t pods_for_exact_steps(const Canary& canary, int pods) {
    std::int64_t least = 1;
    for (const Share step : canary.steps) {
        const std::int64_t whole = everything.millionths;
        least = std::lcm(least, whole / std::gcd(step.millionths, whole));
    }
    return (pods + least - 1) / least * least;
}

double delivered(const Canary& canary, Share step, int pods) {
    if (canary.split == Split::router || pods == 0) return step.fraction();
    return static_cast<double>(Canary::pods_for(step, pods)) / pods;
}

std::string nearest_pods(const Scenario& s, const Canary& canary, Share step) {
    const int pods = Canary::pods_for(step, s.pods);
    const std::int64_t exact = pods_for_exact_steps(canary, s.pods);
    const auto fresh = static_cast<double>(exact) * step.fraction();
    const double hourly = s.cost_per_pod_second() * 3600 * static_cast<double>(exact - s.pods);
    return fmt::format(
        "{} of {} pods is nearest to {}; exact: {} pods ({} + {}), {} an hour more; or "
        "--split router",
        pods, count_text(s.pods), Text<Share>::print(step), count_text(static_cast<double>(exact)),
        count_text(static_cast<double>(exact) - fresh), count_text(fresh),
        money_text(hourly, s.prices.currency));
}

/// By file: the settings that it gave.
std::vector<std::string> given(const Scenario& s) {
    std::vector<std::pair<std::string, std::string>> by_file;
    for (const Field& field : fields()) {
        const auto origin = s.origins.find(field.word);
        if (origin == s.origins.end() || origin->second.file.empty()) continue;
        auto file =
            std::ranges::find(by_file, origin->second.file, [](const auto& f) { return f.first; });
        if (file == by_file.end()) file = by_file.insert(by_file.end(), {origin->second.file, ""});
        file->second += (file->second.empty() ? "" : ", ") + field.word + " " + field.get(s);
    }
    std::vector<std::string> lines;
    for (const auto& [file, words] : by_file)
        lines.push_back(fmt::format("given in {}: {}", shown_file(file), words));
    return lines;
}

}  // namespace

std::string steps_sentence(const Experiment& e) {
    const Scenario& s = e.scenario;
    if (s.strategy != Canary::name) return "";
    const auto& canary = std::get<Canary>(s.strategies);
    std::string asked;
    std::string got;
    std::optional<Share> worst;
    double furthest = 1e-9;
    for (const Share step : canary.steps) {
        const double part = delivered(canary, step, s.pods);
        asked += Text<Share>::print(step) + " ";
        got += percent_text(part) + " ";
        // By how much the users who meet it are more or fewer than asked for.
        const double off = std::abs(part / step.fraction() - 1);
        if (off > furthest) {
            furthest = off;
            worst = step;
        }
    }
    if (!worst) return asked + "100%, delivered as asked";
    return fmt::format("asked {}100%, delivered {}100%: {}", asked, got,
                       nearest_pods(s, canary, *worst));
}

std::string samples_sentence(const Scenario& s) {
    double a_second = 0;
    Duration looked_at{};
    Share limit = nothing;
    std::string when;
    if (s.strategy == Canary::name) {
        const auto& canary = std::get<Canary>(s.strategies);
        if (canary.steps.empty()) return "";
        a_second = requests_per_second(s) * delivered(canary, canary.steps.front(), s.pods);
        looked_at = std::min(canary.analysis_interval, canary.hold);
        limit = canary.error_limit;
        when = "at the first look";
    } else if (s.strategy == BlueGreen::name) {
        const auto& blue_green = std::get<BlueGreen>(s.strategies);
        a_second = blue_green.qa.per_second;
        looked_at = blue_green.hold;
        limit = blue_green.error_limit;
        when = "when QA ends";
    }
    constexpr double enough = 3;  // errors at the limit
    const double answers = a_second * to_seconds(looked_at);
    const double errors = answers * limit.fraction();
    if (answers <= 0 || limit <= nothing || errors >= enough) return "";
    const double needed = enough / limit.fraction();
    const auto over = static_cast<int>(errors + 1e-9) + 1;
    return fmt::format(
        "about {} {} of the new version {}, of which {} {} already over the {} limit: chance "
        "decides; {} answers take {}",
        value_text(std::max(1.0, std::round(answers)), Unit::requests),
        std::round(answers) <= 1 ? "answer" : "answers", when, over,
        over == 1 ? "error is" : "errors are", Text<Share>::print(limit),
        count_text(std::ceil(needed - 1e-9)), duration_text(needed / a_second));
}

std::string workload_of(const Scenario& s) {
    return Text<WorkloadKind>::print(s.kind) + "/" + s.name;
}

std::string described(const Scenario& s) {
    const bool scales = s.update && s.update->pods != s.pods;
    std::string text =
        fmt::format("{}, {}{} {}", s.strategy == "none" ? "stands still" : s.strategy,
                    scales ? count_text(s.update->pods) + " -> " : "", count_text(s.pods),
                    s.pods == 1 ? "pod" : "pods");
    if (s.strategy == Rolling::name && s.kind == WorkloadKind::deployment) {
        const auto& rolling = std::get<Rolling>(s.strategies);
        const Fenceposts posts =
            resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, s.pods);
        text += fmt::format(", surge {}, unavailable {}", posts.surge, posts.unavailable);
    }
    return text;
}

std::string circumstances(const Scenario& s) {
    constexpr std::size_t most = 4;
    std::vector<std::string> parts;
    if (s.update) {
        const auto& changes = s.update->changes;
        const std::size_t shown = std::min(changes.size(), most);
        std::string text = fmt::format(
            "over {}: {}", s.update->from,
            fmt::join(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
        if (changes.size() > most) text += fmt::format(" and {} more", changes.size() - most);
        parts.push_back(changes.empty() ? fmt::format("over {}: nothing", s.update->from) : text);
    }
    for (const Companion& other : s.companions) {
        const int pods = other.exists ? other.pods : other.pods_after;
        parts.push_back(
            fmt::format("beside {} {} of {}", pods, pods == 1 ? "pod" : "pods", other.name));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

Background background(const std::vector<Experiment>& experiments) {
    Background all;
    const auto once = [](auto& list, const auto& thing, const auto& same) {
        if (std::ranges::none_of(list, [&](const auto& other) { return same(other, thing); })) {
            list.push_back(thing);
        }
    };
    const bool several = std::ranges::any_of(experiments, [&](const Experiment& e) {
        return e.scenario.name != experiments.front().scenario.name;
    });
    constexpr std::size_t most_listed = 3;  // beyond that the list hides the table above it
    const bool fold = several && experiments.size() > most_listed;
    if (fold) all.given.emplace_back("what a file gives: --workload KIND/NAME");
    for (const Experiment& e : experiments) {
        for (const std::string& line : fold ? std::vector<std::string>{} : given(e.scenario)) {
            once(all.given, several ? e.scenario.name + ": " + line : line, std::equal_to{});
        }
        for (const std::string& remark : e.scenario.remarks)
            once(all.remarks, remark, std::equal_to{});
        const std::string engine = engine_line(e);
        if (!engine.empty()) once(all.remarks, engine, std::equal_to{});
        if (has_no_pods(e)) continue;
        for (const Assumption& a : assumptions(e.scenario)) {
            once(all.assumed, a, [](const Assumption& x, const Assumption& y) {
                return x.name == y.name && x.value == y.value;
            });
        }
    }
    return all;
}

std::string engine_line(const Experiment& e) {
    if (e.engine.engine == Engine::request) return "";
    if (e.engine.engine == Engine::pods)
        return fmt::format("Engine pods: {}. The numbers are those of the request engine.",
                           e.engine.why);
    const bool assumed = !e.scenario.given("concurrency");
    return fmt::format(
        "Engine {}: {}. Requests are counted, not followed{}; what single users met "
        "is not known.",
        name_of(e.engine.engine), e.engine.why,
        assumed ? ", and no pod limits how many it serves at once" : "");
}

std::string lead_text(const Experiment& e, std::string_view path, Unit unit) {
    const auto spread = e.spread(path);
    return spread ? lead_text(*spread, unit) : "-";
}

std::string of_runs(std::size_t some, const Experiment& e) {
    return fmt::format("{} of {} {}", some, e.runs.size(), e.runs.size() == 1 ? "run" : "runs");
}

bool has_no_pods(const Experiment& e) {
    const Scenario& s = e.scenario;
    return s.pods == 0 && !(s.update && s.update->pods > 0);
}

}  // namespace stratsim
