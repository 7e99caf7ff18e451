#include "tests/conformance_runner/kubernetes.hpp"
#include "tests/conformance_runner/kubernetes_replay.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>

// The comparison rule of the recordings: pod columns in order; a simulated state of 1 s or less, or
// a recorded one of less than 0.8 s, may be missing on the other side; statuses at the end of a
// state.

namespace stratsim::conformance {

namespace {

constexpr double short_simulated = 1.0 + 1e-9;
constexpr double short_recorded = 0.8;
/// The EndpointSlice controller holds an update back by a second when its cache is behind.
constexpr double short_listed = 1.1;

std::string text(const std::vector<int>& numbers) {
    return Json(numbers).dump();
}

double tolerance(double at, std::size_t earlier) {
    return std::max(1.0 + 0.1 * static_cast<double>(earlier), 0.05 * at);
}

double lasts(const std::vector<Resting>& states, std::size_t i) {
    return i + 1 < states.size() ? states[i + 1].at - states[i].at : 1e300;
}

std::string describe(const Resting& s) {
    return fmt::format("{:.2f} s {} status {}", s.at, text(s.pods), text(s.status));
}

/// Aligns both courses; the shifts of matched starts are added to `shifts`.
class Alignment {
  public:
    Alignment(const std::vector<Resting>& recorded, const std::vector<Resting>& simulated,
              double negligible = short_recorded)
        : recorded_(recorded),
          simulated_(simulated),
          negligible_(negligible),
          tried_((recorded.size() + 1) * (simulated.size() + 1), false) {}

    bool holds(std::vector<double>& shifts) {
        if (!from(0, 0)) return false;
        for (const auto& [r, s] : pairs_) {
            if (r > 0) shifts.push_back(recorded_[r].at - simulated_[s].at);
        }
        return true;
    }

    std::string difference() const {
        const auto at = [](const std::vector<Resting>& states, std::size_t i) {
            return i < states.size() ? describe(states[i]) : std::string("nothing");
        };
        return fmt::format("state {}: recorded {}, simulated {}", far_recorded_,
                           at(recorded_, far_recorded_), at(simulated_, far_simulated_));
    }

  private:
    bool match(std::size_t r, std::size_t s) const {
        const Resting& was = recorded_[r];
        const Resting& is = simulated_[s];
        return was.pods == is.pods && was.status == is.status &&
               std::abs(was.at - is.at) <= tolerance(was.at, r);
    }

    bool from(std::size_t r, std::size_t s) {
        if (r + s > far_recorded_ + far_simulated_) far_recorded_ = r, far_simulated_ = s;
        if (r == recorded_.size() && s == simulated_.size()) return true;
        const std::size_t key = r * (simulated_.size() + 1) + s;
        if (tried_[key]) return false;
        tried_[key] = true;
        if (r < recorded_.size() && s < simulated_.size() && match(r, s)) {
            pairs_.emplace_back(r, s);
            if (from(r + 1, s + 1)) return true;
            pairs_.pop_back();
        }
        if (r < recorded_.size() && lasts(recorded_, r) < negligible_ && from(r + 1, s))
            return true;
        return s < simulated_.size() && lasts(simulated_, s) <= short_simulated && from(r, s + 1);
    }

    const std::vector<Resting>& recorded_;
    const std::vector<Resting>& simulated_;
    double negligible_;  ///< a recorded state that was shorter may be missing
    std::vector<bool> tried_;
    std::vector<std::pair<std::size_t, std::size_t>> pairs_;
    std::size_t far_recorded_ = 0;
    std::size_t far_simulated_ = 0;
};

std::vector<Resting> recorded_states(const Json& spec) {
    std::vector<Resting> states;
    for (const Json& entry : spec.at("settled")) {
        states.push_back(
            {entry[0], entry[1].get<std::vector<int>>(), entry[2].get<std::vector<int>>()});
    }
    return states;
}

std::size_t states_before(const std::vector<Resting>& states, double at) {
    return static_cast<std::size_t>(
        std::ranges::count_if(states, [&](const Resting& s) { return s.at < at; }));
}

std::optional<std::string> conditions_differ(const Json& spec, const Course& course) {
    std::map<std::string, std::vector<ConditionSeen>> recorded;
    std::map<std::string, std::vector<ConditionSeen>> simulated;
    for (const Json& e : spec.value("condEvents", Json::array())) {
        recorded[e[2]].push_back({e[0], e[2], e[3], e[4]});
    }
    for (const ConditionSeen& c : course.conditions) simulated[c.type].push_back(c);
    const auto states = recorded_states(spec);
    for (const char* type : {"Progressing", "Available"}) {
        const auto& was = recorded[type];
        const auto& is = simulated[type];
        for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i) {
            const auto show = [i](const std::vector<ConditionSeen>& list) {
                return i < list.size() ? fmt::format("{:.2f} s {}/{}", list[i].at, list[i].status,
                                                     list[i].reason)
                                       : std::string("nothing");
            };
            const bool same = i < was.size() && i < is.size() && was[i].status == is[i].status &&
                              was[i].reason == is[i].reason;
            const double allowed = !same ? 0
                                   : was[i].reason == "ProgressDeadlineExceeded"
                                       ? 0.3
                                       : tolerance(was[i].at, states_before(states, was[i].at));
            if (!same || std::abs(was[i].at - is[i].at) > allowed) {
                return fmt::format("condition {} {}: recorded {}, simulated {}", type, i, show(was),
                                   show(is));
            }
        }
    }
    return std::nullopt;
}

std::vector<PodMove> recorded_moves(const Json& trace) {
    std::vector<PodMove> moves;
    for (const Json& e : trace.at("events")) {
        if (e[1] != "create" && e[1] != "delete") continue;
        const std::string label = e[3];
        moves.push_back(
            {e[0], e[1] == "create", e[2], std::stoi(label.substr(label.rfind('-') + 1))});
    }
    return moves;
}

/// Under Parallel the order within 0.2 s is the workers' own.
void sort_close(std::vector<PodMove>& moves) {
    for (std::size_t begin = 0; begin < moves.size();) {
        std::size_t end = begin;
        while (end < moves.size() && (end == begin || moves[end].at - moves[end - 1].at <= 0.2))
            ++end;
        std::sort(moves.begin() + static_cast<std::ptrdiff_t>(begin),
                  moves.begin() + static_cast<std::ptrdiff_t>(end),
                  [](const PodMove& a, const PodMove& b) {
                      return std::tuple(a.creates, a.ordinal, a.revision) <
                             std::tuple(b.creates, b.ordinal, b.revision);
                  });
        begin = end;
    }
}

std::optional<std::string> moves_differ(const Json& spec, const Json& trace, const Course& course) {
    std::vector<PodMove> was = recorded_moves(trace);
    std::vector<PodMove> is = course.moves;
    if (spec.at("podManagement") == "Parallel") {
        sort_close(was);
        sort_close(is);
    }
    for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i) {
        if (i < was.size() && i < is.size() && was[i].same(is[i])) continue;
        const auto show = [i](const std::vector<PodMove>& list) {
            return i < list.size() ? fmt::format("{:.2f} s {} -{} {}", list[i].at,
                                                 list[i].creates ? "create" : "delete",
                                                 list[i].ordinal, list[i].revision)
                                   : std::string("nothing");
        };
        return fmt::format("pod {}: recorded {}, simulated {}", i, show(was), show(is));
    }
    return std::nullopt;
}

/// What the Service's EndpointSlices held, after what they held at first.
std::optional<std::string> endpoints_differ(const Json& spec, const Json& trace,
                                            const Course& course) {
    if (spec.value("svc", Json()).is_null() || course.endpoints.empty()) return std::nullopt;
    const auto revisions = revision_names(spec);
    std::vector<Resting> recorded{course.endpoints.front()};
    for (const Json& e : trace.at("events")) {
        if (e[1] != "endpoints") continue;
        std::vector<int> counts(3 * revisions.size());
        for (std::size_t i = 2; i + 1 < e.size(); i += 2) {
            const auto at = std::ranges::find(revisions, e[i].get<std::string>());
            if (at == revisions.end()) return fmt::format("endpoints of {}", e[i].dump());
            std::ranges::copy(e[i + 1].get<std::vector<int>>(),
                              counts.begin() + 3 * (at - revisions.begin()));
        }
        recorded.push_back({e[0], std::move(counts), {}});
    }
    Alignment alignment(recorded, course.endpoints, short_listed);
    std::vector<double> unused;
    if (alignment.holds(unused)) return std::nullopt;
    return "endpoints: " + alignment.difference();
}

std::optional<std::string> claims_differ(const Json& spec, const Course& course) {
    if (!spec.contains("pvcs")) return std::nullopt;
    std::map<int, double> was;
    for (const Json& line : spec.at("pvcs")) {
        const std::string claim = line;
        const auto space = claim.rfind(' ');
        const auto dash = claim.rfind('-', claim[space + 1] == '-' ? space - 1 : space);
        was[std::stoi(claim.substr(dash + 1))] = std::stod(claim.substr(space + 1));
    }
    std::map<int, double> is;
    for (const Claim& claim : course.claims) is[claim.ordinal] = claim.at;
    const bool same = std::ranges::equal(was, is, [&](const auto& a, const auto& b) {
        return a.first == b.first &&
               std::abs(a.second - b.second) <=
                   tolerance(a.second, states_before(recorded_states(spec), a.second));
    });
    if (same) return std::nullopt;
    return fmt::format("claims: recorded {}, simulated {}", Json(was).dump(), Json(is).dump());
}

/// The whole recording of a case, where it is there.
std::optional<Json> trace_of(const Json& spec, const std::filesystem::path& dir) {
    std::ifstream in(dir / "traces" / (spec.at("id").get<std::string>() + ".json"));
    return in ? std::optional(Json::parse(in)) : std::nullopt;
}

/// The first difference, or none.
std::optional<std::string> differs(const Json& spec, const std::optional<Json>& trace,
                                   const WriteRaces& races, std::vector<double>& shifts) {
    const Course course = replay(spec, races);
    const auto recorded = recorded_states(spec);
    Alignment alignment(recorded, course.states);
    if (!alignment.holds(shifts)) return alignment.difference();
    if (spec.contains("peakSpec") && !spec.at("peakSpec").is_null() &&
        spec.at("peakSpec") != course.peak_spec) {
        return fmt::format("peakSpec: recorded {}, simulated {}", spec.at("peakSpec").dump(),
                           course.peak_spec);
    }
    if (spec.at("minAvailable") != course.min_available) {
        return fmt::format("minAvailable: recorded {}, simulated {}",
                           spec.at("minAvailable").dump(), course.min_available);
    }
    if (auto found = conditions_differ(spec, course)) return found;
    if (auto found = claims_differ(spec, course)) return found;
    if (!trace) return std::nullopt;
    if (auto found = endpoints_differ(spec, *trace, course)) return found;
    if (spec.at("kind") != "StatefulSet") return std::nullopt;
    return moves_differ(spec, *trace, course);
}

/// The revisions whose new set was recorded with its pods before the Deployment's first status
/// after it was made: the order of two controllers' writes, which the recording shows.
std::vector<std::size_t> late_first_statuses(const Json& spec, const Json& trace) {
    const auto revisions = revision_names(spec);
    std::vector<std::size_t> late;
    for (std::size_t r = 0; r < revisions.size(); ++r) {
        const Json& events = trace.at("events");
        const auto made = std::find_if(events.begin(), events.end(), [&](const Json& e) {
            return e[1] == "scale" && e[2] == revisions[r] && e[3] == 0;
        });
        const auto first =
            std::find_if(made, events.end(), [](const Json& e) { return e[1] == "status"; });
        if (first != events.end() && (*first)[3] > 0) late.push_back(r);
    }
    return late;
}

/// The ends that the races of the controllers' writes can take, the usual one first. The order that
/// a recording shows is no question.
std::vector<WriteRaces> endings(const Json& spec, const std::optional<Json>& trace) {
    std::vector<std::vector<std::size_t>> orders;
    if (trace) {
        orders.push_back(late_first_statuses(spec, *trace));
    } else {
        orders.resize(2);
        for (std::size_t r = 0; r < revision_names(spec).size(); ++r) orders[1].push_back(r);
    }
    std::vector<WriteRaces> all;
    for (const auto& late : orders) {
        for (const bool unnoted : {false, true}) {
            for (const bool early : {false, true}) all.push_back({unnoted, late, early});
        }
    }
    std::ranges::stable_sort(all, {}, [&](const WriteRaces& r) {
        return r.new_set_unnoted + r.early_look + (r.first_status_late != orders.front());
    });
    return all;
}

std::string describe(const WriteRaces& races, bool late) {
    std::string text;
    const auto add = [&](bool holds, const char* what) {
        if (holds) text += (text.empty() ? "" : ", ") + std::string(what);
    };
    add(races.new_set_unnoted, "the note of a new set was lost");
    add(late, "the first status came late");
    add(races.early_look, "the deadline was looked at early");
    return text;
}

/// The difference from the usual ending, unless another one agrees in everything.
std::optional<std::string> compare(const Json& spec, const std::filesystem::path& dir,
                                   std::vector<double>& shifts) {
    const std::optional<Json> trace = trace_of(spec, dir);
    const auto all = endings(spec, trace);
    std::optional<std::string> usual;
    for (const WriteRaces& races : all) {
        std::vector<double> moved;
        const auto found = differs(spec, trace, races, moved);
        if (!found) {
            shifts.insert(shifts.end(), moved.begin(), moved.end());
            const bool late = races.first_status_late != all.front().first_status_late;
            if (usual) fmt::print("{}: a race: {}\n", spec.value("id", "?"), describe(races, late));
            return std::nullopt;
        }
        if (!usual) usual = found;
    }
    return usual;
}

}  // namespace

Tally kubernetes_cases(const std::filesystem::path& dir) {
    Tally tally;
    std::ifstream in(dir / "settled.json");
    if (!in) {
        fmt::print("settled.json is not there: skipped\n");
        return tally;
    }
    if (!std::filesystem::is_directory(dir / "traces"))
        fmt::print("traces is not there: skipped\n");
    std::vector<double> shifts;
    for (const Json& spec : Json::parse(in)) {
        std::optional<std::string> found;
        try {
            found = compare(spec, dir, shifts);
        } catch (const std::exception& failure) {
            found = failure.what();
        }
        tally.judge(!found, fmt::format("{}: {}", spec.value("id", "?"), found.value_or("")));
    }
    if (!shifts.empty()) {
        std::ranges::nth_element(shifts,
                                 shifts.begin() + static_cast<std::ptrdiff_t>(shifts.size() / 2));
        const double median = shifts[shifts.size() / 2];
        fmt::print("median of recorded minus simulated: {:.3f} s\n", median);
        if (median < 0 || median > 0.4) tally.judge(false, "the median lies outside 0 to 0.4 s");
    }
    return tally;
}

}  // namespace stratsim::conformance
