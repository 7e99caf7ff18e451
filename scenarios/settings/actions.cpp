#include "scenarios/settings/actions.hpp"

#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sstream>

namespace stratsim {

namespace {

constexpr std::string_view gate_name = "MaxUnavailableStatefulSet";

[[noreturn]] void not_an_action(std::string_view s) {
    throw BadValue(fmt::format("'{}' is not an action", s.substr(0, 40)),
                   "write " + Text<ActionList>::form(), "action");
}

/// How many of each the words behind a verb are.
struct Verb {
    std::string_view name;
    std::size_t least_names = 0;
    std::size_t most_names = 0;
    enum class Number : unsigned char { none, optional, needed } number = Number::none;
    bool ordinals = false;
};

constexpr std::array<Verb, 11> verbs{{
    {"scale", 0, 1, Verb::Number::needed},
    {"pause", 0, 1},
    {"resume", 0, 1},
    {"undo", 0, 1, Verb::Number::optional},
    {"apply", 1, 1, Verb::Number::optional},
    {"create", 2, 2, Verb::Number::needed},
    {"select", 1, 9},
    {"partition", 0, 0, Verb::Number::needed},
    {"delete", 0, 1, Verb::Number::optional, true},
    {"fail", 0, 1, Verb::Number::optional, true},
    {"recover", 0, 1, Verb::Number::optional, true},
}};

std::optional<int> whole(std::string_view word) {
    if (word.empty() || word.size() > 6 ||
        !std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    const int n = Text<int>::parse(word);
    return n > 100'000 ? std::nullopt : std::optional(n);
}

Deed deed(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::string word;
    if (!(in >> word)) not_an_action(text);
    Deed deed{.at = command + Text<Duration>::parse(word), .verb = {}};
    if (!(in >> deed.verb)) not_an_action(text);
    const auto verb = std::ranges::find(verbs, deed.verb, &Verb::name);
    if (verb == verbs.end()) not_an_action(text);
    while (in >> word) {
        if (const auto number = whole(word); number && !deed.number) {
            deed.number = number;
        } else if (verb->ordinals && word.starts_with('#') && whole(word.substr(1))) {
            deed.ordinal = whole(word.substr(1));
        } else if (word.starts_with('-') || word.starts_with('#') || number) {
            not_an_action(text);
        } else {
            deed.names.push_back(word);
        }
    }
    const bool counts = deed.number || deed.ordinal;
    const bool fits = deed.names.size() >= verb->least_names &&
                      deed.names.size() <= verb->most_names &&
                      (verb->number != Verb::Number::needed || deed.number) &&
                      (verb->number != Verb::Number::none || !deed.number) &&
                      (!verb->ordinals || counts) && !(deed.number && deed.ordinal);
    if (!fits) not_an_action(text);
    return deed;
}

bool is_file(std::string_view name) {
    return name.find('/') != name.npos || name.ends_with(".yaml") || name.ends_with(".yml") ||
           name.ends_with(".json");
}

/// Reads one deed with the names of a scenario.
class Reading {
  public:
    Reading(const Deed& deed, const Cast& cast, const std::vector<PodTemplate>& templates)
        : deed_(deed), cast_(cast), templates_(templates) {}

    Move action() const {
        const std::string& verb = deed_.verb;
        if (verb == "scale") return move::Scale{*deed_.number, workload()};
        if (verb == "pause") return move::Pause{workload()};
        if (verb == "resume") return move::Resume{workload()};
        if (verb == "undo") return move::Undo{deed_.number.value_or(0), workload()};
        if (verb == "partition") return move::SetPartition{*deed_.number};
        if (verb == "create") return create();
        if (verb == "select") return move::Expose{selected()};
        if (verb == "apply") {
            const std::size_t r = revision(deed_.names.front());
            const auto file =
                std::ranges::find(cast_.files, deed_.names.front(), &Cast::File::name);
            const bool asks = !deed_.number && file != cast_.files.end();
            return move::Apply{templates_[r], asks ? file->replicas : deed_.number,
                               cast_.revisions[r].workload};
        }
        if (verb == "delete") return move::Delete{pods()};
        if (verb == "fail") return move::Fail{pods()};
        return move::Recover{pods()};
    }

  private:
    [[noreturn]] void unknown(const std::string& name) const {
        std::vector<std::string> known;
        for (const Cast::Revision& r : cast_.revisions) known.push_back(r.name);
        for (const Cast::File& file : cast_.files) known.push_back(file.name);
        for (const std::string& w : cast_.workloads) known.push_back(w);
        std::ranges::sort(known);
        known.erase(std::unique(known.begin(), known.end()), known.end());
        std::string list;
        for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
        const std::string meant = nearest(name, known);
        throw BadValue(
            fmt::format("'{}' is neither a version nor a workload", name.substr(0, 40)),
            (meant.empty() ? "" : fmt::format("did you mean '{}'? ", meant)) + "there are " + list,
            "action");
    }

    std::size_t workload() const {
        if (deed_.names.empty()) return 0;
        const auto found = cast_.workload(deed_.names.front());
        if (!found) unknown(deed_.names.front());
        return *found;
    }
    std::size_t revision(const std::string& name) const {
        const auto found = cast_.revision(name);
        if (!found) unknown(name);
        return *found;
    }

    Move create() const {
        const std::size_t w = *cast_.workload(deed_.names.front());
        const auto own = std::ranges::find(cast_.revisions, w, &Cast::Revision::workload);
        const auto version = static_cast<std::size_t>(own - cast_.revisions.begin());
        return move::Create{w, templates_[version], *deed_.number};
    }

    std::vector<std::size_t> selected() const {
        std::vector<std::size_t> list;
        for (const std::string& name : deed_.names) {
            if (name == "none") continue;
            const auto version = cast_.revision(name);
            const auto owner = cast_.workload(name);
            if (name != "all" && !version && !owner) unknown(name);
            for (std::size_t r = 0; r < cast_.revisions.size(); ++r) {
                const bool meant =
                    name == "all" || (owner ? cast_.revisions[r].workload == owner : r == version);
                if (meant) list.push_back(r);
            }
        }
        std::ranges::sort(list);
        list.erase(std::unique(list.begin(), list.end()), list.end());
        return list;
    }

    move::Pods pods() const {
        move::Pods which{.count = deed_.number.value_or(1), .ordinal = deed_.ordinal};
        if (deed_.names.empty()) return which;
        const std::string& name = deed_.names.front();
        const auto version = cast_.revision(name);
        if (version) return which.version = version, which;
        const auto owner = cast_.workload(name);
        if (!owner) unknown(name);
        const auto own = std::ranges::find(cast_.revisions, *owner, &Cast::Revision::workload);
        which.version = static_cast<std::size_t>(own - cast_.revisions.begin());
        return which;
    }

    const Deed& deed_;
    const Cast& cast_;
    const std::vector<PodTemplate>& templates_;
};

}  // namespace

std::optional<std::size_t> Cast::revision(std::string_view name) const {
    const auto found = std::ranges::find(revisions, name, &Revision::name);
    const auto file = std::ranges::find(files, name, &File::name);
    if (file != files.end()) return file->revision;
    if (found == revisions.end()) return std::nullopt;
    return static_cast<std::size_t>(found - revisions.begin());
}

std::optional<std::size_t> Cast::workload(std::string_view name) const {
    const auto found = std::ranges::find(workloads, name);
    if (found == workloads.end()) return std::nullopt;
    return static_cast<std::size_t>(found - workloads.begin());
}

std::vector<TimedMove> actions_of(const ActionList& list, const Cast& cast,
                                  const std::vector<PodTemplate>& templates) {
    std::vector<TimedMove> actions;
    for (const Deed& deed : list.list)
        actions.push_back({deed.at, Reading(deed, cast, templates).action()});
    return actions;
}

std::vector<std::string> ActionList::files() const {
    std::vector<std::string> files;
    for (const Deed& deed : list) {
        if (deed.verb != "apply" || !is_file(deed.names.front())) continue;
        if (std::ranges::find(files, deed.names.front()) == files.end())
            files.push_back(deed.names.front());
    }
    return files;
}

ActionList Text<ActionList>::parse(std::string_view s) {
    ActionList actions;
    for (std::size_t begin = 0; begin <= s.size();) {
        const std::size_t end = std::min(s.find(',', begin), s.size());
        actions.list.push_back(deed(s.substr(begin, end - begin)));
        begin = end + 1;
    }
    std::ranges::stable_sort(actions.list, {}, &Deed::at);
    return actions;
}

std::string Text<ActionList>::print(const ActionList& actions) {
    std::string text;
    for (const Deed& deed : actions.list) {
        text +=
            (text.empty() ? "" : ", ") + Text<Duration>::print(deed.at - command) + " " + deed.verb;
        // The number stands behind a workload's name, and before a version: as they are written.
        const bool of_pods = deed.verb == "delete" || deed.verb == "fail" || deed.verb == "recover";
        const std::size_t number_at = of_pods ? 0 : deed.verb == "create" ? 1 : deed.names.size();
        const std::string number = deed.ordinal  ? fmt::format(" #{}", *deed.ordinal)
                                   : deed.number ? fmt::format(" {}", *deed.number)
                                                 : std::string();
        for (std::size_t i = 0; i <= deed.names.size(); ++i) {
            if (i == number_at) text += number;
            if (i < deed.names.size()) text += " " + deed.names[i];
        }
    }
    return text;
}

std::string Text<ActionList>::form() {
    return "4s scale 20, 5s pause, 8s resume, 9s fail 2 new, 12s undo";
}

KubernetesVersion Text<KubernetesVersion>::parse(std::string_view s) {
    for (const KubernetesVersion& version : kubernetes_versions) {
        if (version.name == s) return version;
    }
    throw BadValue(fmt::format("'{}' is none of {}", s.substr(0, 40), form()),
                   "write one of " + form(), "choice");
}

std::string Text<KubernetesVersion>::print(const KubernetesVersion& version) {
    return std::string(version.name);
}

std::string Text<KubernetesVersion>::form() {
    std::string text;
    for (const KubernetesVersion& version : kubernetes_versions) {
        text += (text.empty() ? "" : "|") + std::string(version.name);
    }
    return text;
}

FeatureGate Text<FeatureGate>::parse(std::string_view s) {
    const auto equals = s.find('=');
    const std::string_view value = equals == s.npos ? std::string_view{} : s.substr(equals + 1);
    if (s.substr(0, equals) != gate_name || (value != "true" && value != "false")) {
        throw BadValue(fmt::format("'{}' is none of {}", s.substr(0, 60), form()),
                       "write one of " + form(), "choice");
    }
    return {value == "true"};
}

std::string Text<FeatureGate>::print(const FeatureGate& gate) {
    return fmt::format("{}={}", gate_name, gate.on);
}

std::string Text<FeatureGate>::form() {
    return fmt::format("{0}=true|{0}=false", gate_name);
}

}  // namespace stratsim
