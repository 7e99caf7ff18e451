#include "scenarios/manifests/pod_spec.hpp"

#include "scenarios/manifests/pre_stop.hpp"
#include "scenarios/manifests/quantity.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/readiness.hpp"
#include "scenarios/settings/units.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace stratsim {

namespace {

using std::chrono::seconds;

constexpr std::int64_t longest_probe_seconds = 100'000'000;
constexpr double most_amount = 1e18;

/// A probe that is read, and where it stands.
struct PlacedProbe {
    Probe probe;
    const Node* node = nullptr;
};

/// A hook's sleep, and the value that says so.
struct PlacedSleep {
    Duration duration{};
    const Node* node = nullptr;
};

/// A sum over containers, and the first value in it.
struct PlacedAmount {
    double amount = 0;
    const Node* node = nullptr;
};

/// Until a probe that never fails is believed.
Duration slowness(const Probe& probe) {
    return probe.initial_delay + probe.success_threshold * probe.period;
}

/// All containers of a pod, one after the other; the pod is what the slowest of them makes it.
class PodSpecReader {
  public:
    PodSpecReader(Workload& workload, FieldReader& read) : workload_(workload), read_(read) {}

    void read(const Node& pod_spec) {
        const Node* containers = read_.list(&pod_spec, "containers");
        if (containers == nullptr || containers->items.empty()) {
            const Node* written = pod_spec.find("containers");
            const bool is_empty = written == nullptr || written->kind == Node::Kind::null ||
                                  written->kind == Node::Kind::sequence;
            if (is_empty) {
                read_.complain(written == nullptr ? pod_spec : *written, "missing",
                               "the pod template has no containers",
                               "write containers: with at least one - name: and image:");
            }
            return;
        }
        mark_places(pod_spec, *containers);
        for (const Node& container : containers->items) read_container(container, Role::main);
        if (const Node* list = read_.list(&pod_spec, "initContainers")) {
            for (const Node& container : list->items) {
                // With this policy it is a sidecar, which runs beside the others.
                if (read_.text(&container, "restartPolicy") == "Always") {
                    read_container(container, Role::sidecar);
                }
            }
        }
        const std::optional<std::int64_t> grace =
            read_.whole(&pod_spec, "terminationGracePeriodSeconds");
        if (grace) {
            give(workload_, read_, "grace", fmt::format("{}s", *grace),
                 *pod_spec.find("terminationGracePeriodSeconds"));
        }
        pass_on();
    }

  private:
    enum class Role { main, sidecar };

    /// The first port that takes connections.
    static const Node* port_of(const Node& container) {
        const Node* ports = container.find("ports");
        if (ports == nullptr) return nullptr;
        for (const Node& port : ports->items) {
            const Node* protocol = port.find("protocol");
            if (protocol == nullptr || protocol->text.empty() || protocol->text == "TCP")
                return &port;
        }
        return nullptr;
    }

    /// Where a probe, a hook or a grace period would be written: in the container that serves.
    void mark_places(const Node& pod_spec, const Node& containers) {
        const auto serving = std::ranges::find_if(
            containers.items, [](const Node& c) { return port_of(c) != nullptr; });
        const bool found = serving != containers.items.end();
        const Node& container = found ? *serving : containers.items.front();
        const Document& document = read_.document();
        mark_inside(workload_, document, &pod_spec, "in pod");
        mark(workload_, document, &pod_spec, "terminationGracePeriodSeconds");
        mark_inside(workload_, document, &container, "in container");
        mark(workload_, document, &container, "lifecycle");
        const Node* lifecycle = container.find("lifecycle");
        mark_inside(workload_, document, lifecycle, "in lifecycle");
        mark(workload_, document, lifecycle, "preStop");
        const Node* hook = lifecycle == nullptr ? nullptr : lifecycle->find("preStop");
        if (hook != nullptr && only_sleeps(*hook))
            mark(workload_, document, lifecycle, "preStop", "sleep");
        if (!found) return;
        const Node* port = port_of(container);
        for (const std::string_view key : {"name", "containerPort"}) {
            const Node* value = port->find(key);
            if (value != nullptr && workload_.port.empty()) workload_.port = value->text;
        }
    }

    void read_container(const Node& container, Role role) {
        if (container.kind != Node::Kind::mapping) {
            read_.complain(container, "type", "a container must be a mapping",
                           "write - name: and image:");
            return;
        }
        take_slowest(readiness_, container, "readinessProbe");
        take_slowest(startup_, container, "startupProbe");
        // A sidecar's hook runs when the others are gone, so it keeps no request waiting.
        if (role == Role::main) read_hook(read_.mapping(&container, "lifecycle"));
        const Node* resources = read_.mapping(&container, "resources");
        add_request(cpu_, resources, "cpu");
        add_request(memory_, resources, "memory");
    }

    void take_slowest(PlacedProbe& slowest, const Node& container, std::string_view key) {
        const Node* node = read_.mapping(&container, key);
        if (node == nullptr) return;
        const auto number = [&](std::string_view field, std::int64_t absent) {
            const std::int64_t value = read_.whole(node, field).value_or(0);
            return value == 0 ? absent : value;  // 0 means absent, as in Kubernetes
        };
        const std::int64_t delay = number("initialDelaySeconds", 0);
        const std::int64_t period = number("periodSeconds", 10);
        const std::int64_t timeout = number("timeoutSeconds", 1);
        const std::int64_t successes = number("successThreshold", 1);
        const std::int64_t failures = number("failureThreshold", 3);
        if (delay + period * std::max(successes, failures) > longest_probe_seconds) {
            read_.complain(*node, "range", fmt::format("the {} takes longer than three years", key),
                           "write smaller delays, periods and thresholds");
            return;
        }
        if (key == "startupProbe" && successes != 1) {
            read_.complain(*node->find("successThreshold"), "range",
                           "the successThreshold of a startupProbe must be 1", "leave it out");
            return;
        }
        const Probe probe{.initial_delay = seconds{delay},
                          .period = seconds{period},
                          .timeout = seconds{timeout},
                          .success_threshold = static_cast<int>(successes),
                          .failure_threshold = static_cast<int>(failures)};
        if (slowest.node == nullptr || slowness(probe) > slowness(slowest.probe)) {
            slowest = {probe, node};
        }
    }

    void read_hook(const Node* lifecycle) {
        const Node* hook = read_.mapping(lifecycle, "preStop");
        if (hook == nullptr || hook->entries.empty()) return;
        const std::size_t mistakes = read_.mistakes();
        const PlacedSleep sleep = sleep_of_hook(*hook);
        if (sleep.node == nullptr) {
            if (read_.mistakes() != mistakes) return;
            workload_.remarks.push_back(
                fmt::format("the pre-stop hook at {} is not a sleep; taken as 0s",
                            read_.place(key_of(*lifecycle, "preStop"))));
        } else if (hook_.node == nullptr || sleep.duration > hook_.duration) {
            hook_ = sleep;
        }
    }

    /// Whether a hook could be replaced by a longer sleep without losing anything else it does.
    static bool only_sleeps(const Node& hook) {
        if (hook.find("sleep") != nullptr) return true;
        const Node* exec = hook.find("exec");
        const Node* words = exec == nullptr ? nullptr : exec->find("command");
        return words != nullptr && words->items.size() == 2 &&
               (words->items[0].text == "sleep" || words->items[0].text.ends_with("/sleep"));
    }

    PlacedSleep sleep_of_hook(const Node& hook) {
        if (const Node* sleep = read_.mapping(&hook, "sleep")) {
            const auto length = read_.whole(sleep, "seconds");
            if (length) return {seconds{*length}, sleep->find("seconds")};
        }
        const Node* words = read_.list(read_.mapping(&hook, "exec"), "command");
        if (words == nullptr) return {};
        std::vector<std::string> texts;
        for (const Node& word : words->items) texts.push_back(word.text);
        const auto duration = sleep_of_command(texts);
        return duration ? PlacedSleep{*duration, words} : PlacedSleep{};
    }

    void add_request(PlacedAmount& sum, const Node* resources, std::string_view key) {
        const Node* request = read_.scalar(read_.mapping(resources, "requests"), key);
        // Kubernetes asks for the limit when only that is given.
        if (request == nullptr) {
            request = read_.scalar(read_.mapping(resources, "limits"), key);
        }
        if (request == nullptr) return;
        const std::optional<double> amount = parse_quantity(request->text);
        if (!amount) {
            read_.complain(*request, "quantity",
                           fmt::format("{} is not an amount of {}", quote(request->text), key),
                           key == "cpu" ? "write 250m, 0.5 or 2" : "write 128Mi, 1Gi or 500M");
            return;
        }
        if (*amount > most_amount) {
            read_.complain(*request, "range",
                           fmt::format("{} of {} is more than there is", quote(request->text), key),
                           "write what a pod asks for");
            return;
        }
        sum.amount += *amount;
        if (sum.node == nullptr) sum.node = request;
    }

    void pass_on() {
        if (readiness_.node != nullptr) {
            give(workload_, read_, "readiness", Text<Probe>::print(readiness_.probe),
                 *readiness_.node);
        }
        if (startup_.node != nullptr) {
            give(workload_, read_, "startup", Text<Probe>::print(startup_.probe), *startup_.node);
        }
        if (hook_.node != nullptr) {
            give(workload_, read_, "pre-stop", Text<Duration>::print(hook_.duration), *hook_.node);
        }
        if (cpu_.node != nullptr) give_amount("cpu", cpu_.amount, *cpu_.node);
        if (memory_.node != nullptr) give_amount("memory", memory_.amount / 1e9, *memory_.node);
    }

    void give_amount(std::string word, double amount, const Node& at) {
        // To the byte and the nano-CPU, the finest that Kubernetes knows.
        give(workload_, read_, std::move(word), fmt::format("{:.9f}", amount), at);
    }

    Workload& workload_;
    FieldReader& read_;
    PlacedProbe readiness_;
    PlacedProbe startup_;
    PlacedSleep hook_;
    PlacedAmount cpu_;
    PlacedAmount memory_;
};

}  // namespace

void give(Workload& workload, FieldReader& read, std::string word, std::string text,
          const Node& at) {
    if (const Field* field = find_field(word)) {
        Scenario trial;
        try {
            field->set(trial, text);
        } catch (const BadValue& bad) {
            read.complain(at, bad.rule(), bad.what(), bad.advice());
            return;
        }
    }
    const Origin origin = origin_of(SourceKind::manifest, read.document(), at);
    workload.settings.push_back({std::move(word), std::move(text), origin});
}

void mark(Workload& workload, const Document& document, const Node* mapping, std::string_view key,
          std::string_view word) {
    if (mapping == nullptr || mapping->find(key) == nullptr) return;
    workload.places.emplace(word.empty() ? key : word,
                            origin_of(SourceKind::manifest, document, key_of(*mapping, key)));
}

void mark_inside(Workload& workload, const Document& document, const Node* mapping,
                 std::string word) {
    if (mapping == nullptr || mapping->entries.empty()) return;
    workload.places.emplace(
        std::move(word), origin_of(SourceKind::manifest, document, mapping->entries.front().first));
}

void read_pod_spec(Workload& workload, FieldReader& read, const Node& pod_spec) {
    PodSpecReader(workload, read).read(pod_spec);
}

}  // namespace stratsim
