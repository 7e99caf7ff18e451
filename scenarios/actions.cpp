#include "scenarios/actions.hpp"

#include "sim/on.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>

namespace stratsim {

namespace {

constexpr std::string_view gate_name = "MaxUnavailableStatefulSet";
constexpr std::size_t old_version = 0;
constexpr std::size_t new_version = 1;

[[noreturn]] void not_an_action(std::string_view s) {
    throw BadValue(fmt::format("'{}' is not an action", s.substr(0, 40)),
                   "write " + Text<ActionList>::form(), "action");
}

/// The words of one action, taken from the front.
class Words {
  public:
    explicit Words(std::string_view text) : text_(text) {
        std::istringstream in{std::string(text)};
        for (std::string word; in >> word;) words_.push_back(word);
    }
    std::string take() {
        if (next_ == words_.size()) not_an_action(text_);
        return words_[next_++];
    }
    bool more() const { return next_ < words_.size(); }
    void end() const {
        if (more()) not_an_action(text_);
    }
    std::string_view text() const { return text_; }

  private:
    std::string_view text_;
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

int whole(Words& words) {
    const int n = Text<int>::parse(words.take());
    if (n < 0 || n > 100'000) not_an_action(words.text());
    return n;
}

std::size_t version(Words& words) {
    const std::string word = words.take();
    if (word == "old") return old_version;
    if (word == "new") return new_version;
    not_an_action(words.text());
}

/// `2 new`, `1`, or `#0`: the pod of an ordinal.
action::Pods pods(Words& words) {
    const std::string first = words.take();
    if (first.starts_with('#')) return {.ordinal = Text<int>::parse(first.substr(1))};
    action::Pods which{.count = Text<int>::parse(first)};
    if (which.count < 0) not_an_action(words.text());
    if (words.more()) which.revision = version(words);
    return which;
}

Action action_of(Words& words) {
    const std::string verb = words.take();
    if (verb == "scale") return action::Scale{whole(words)};
    if (verb == "pause") return action::Pause{};
    if (verb == "resume") return action::Resume{};
    if (verb == "undo") return action::Apply{.revision = old_version};
    if (verb == "apply") {
        action::Apply apply{.revision = version(words)};
        if (words.more()) apply.replicas = whole(words);
        return apply;
    }
    if (verb == "partition") return action::SetPartition{whole(words)};
    if (verb == "delete") return action::Delete{pods(words)};
    if (verb == "fail") return action::Fail{pods(words)};
    if (verb == "recover") return action::Recover{pods(words)};
    not_an_action(words.text());
}

TimedAction timed_action(std::string_view text) {
    Words words(text);
    const Duration at = Text<Duration>::parse(words.take());
    TimedAction timed{command + at, action_of(words)};
    words.end();
    return timed;
}

std::string name_of(std::size_t revision) {
    return revision == old_version ? "old" : "new";
}

std::string print(const action::Pods& which) {
    if (which.ordinal) return fmt::format("#{}", *which.ordinal);
    std::string text = fmt::format("{}", which.count);
    if (which.revision) text += " " + name_of(*which.revision);
    return text;
}

std::string print(const Action& what) {
    return std::visit(
        on{
            [](const action::Create&) { return std::string("create"); },
            [](const action::Apply& a) {
                std::string text = "apply " + name_of(a.revision);
                if (a.replicas) text += fmt::format(" {}", *a.replicas);
                return text;
            },
            [](const action::Scale& a) { return fmt::format("scale {}", a.replicas); },
            [](const action::Pause&) { return std::string("pause"); },
            [](const action::Resume&) { return std::string("resume"); },
            [](const action::SetPartition& a) { return fmt::format("partition {}", a.partition); },
            [](const action::Select&) { return std::string("select"); },
            [](const action::Delete& a) { return "delete " + print(a.pods); },
            [](const action::Fail& a) { return "fail " + print(a.pods); },
            [](const action::Recover& a) { return "recover " + print(a.pods); },
        },
        what);
}

}  // namespace

ActionList Text<ActionList>::parse(std::string_view s) {
    ActionList actions;
    for (std::size_t begin = 0; begin <= s.size();) {
        const std::size_t end = std::min(s.find(',', begin), s.size());
        actions.list.push_back(timed_action(s.substr(begin, end - begin)));
        begin = end + 1;
    }
    std::ranges::stable_sort(actions.list, {}, &TimedAction::at);
    return actions;
}

std::string Text<ActionList>::print(const ActionList& actions) {
    std::string text;
    for (const TimedAction& timed : actions.list) {
        text += (text.empty() ? "" : ", ") + Text<Duration>::print(timed.at - command) + " " +
                stratsim::print(timed.what);
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
