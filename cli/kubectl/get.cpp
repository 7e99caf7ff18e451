#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/kubectl/cluster_at.hpp"
#include "cli/kubectl/objects.hpp"
#include "cli/output.hpp"
#include "scenarios/experiments/names.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/cluster/endpoints.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <range/v3/view/zip.hpp>

namespace stratsim {

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// Columns by three spaces, as kubectl prints them; the last one is not filled up.
std::string table(const Rows& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (auto&& [width, cell] : ranges::views::zip(widths, row))
            width = std::max(width, cell.size());
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}", row[i], widths[i] + 3);
        }
        text += "\n";
    }
    return text;
}

struct Counts {
    int pods = 0;
    int ready = 0;
};

Counts count(const ClusterAt& view, std::optional<std::size_t> revision = {},
             std::optional<int> set = {}) {
    Counts sum;
    for (const Pod& pod : view.world->cluster().pods()) {
        if (pod.phase != Phase::starting && pod.phase != Phase::ready) continue;
        if (revision && pod.revision != *revision) continue;
        if (set && pod.set != *set) continue;
        ++sum.pods;
        sum.ready += pod.phase == Phase::ready ? 1 : 0;
    }
    return sum;
}

std::string age(const ClusterAt& view, Time since) {
    return human_duration(view.now - since);
}
std::string old_age(const ClusterAt& view) {
    return age(view, command - age_before_command);
}

std::string address(std::size_t pod) {
    return fmt::format("10.244.{}.{}", pod / 250, pod % 250 + 2);
}

Rows pods(const ClusterAt& view, const std::string& prefix) {
    Rows rows{{"NAME", "READY", "STATUS", "RESTARTS", "AGE"}};
    for (const Pod& pod : view.world->cluster().pods()) {
        if (pod.phase == Phase::gone) continue;
        // A pod keeps its readiness while it terminates: the kubelet goes on probing.
        const bool ready =
            pod.phase == Phase::ready || (pod.phase == Phase::terminating && pod.left_ready);
        rows.push_back({prefix + pod_name(view.scenario, pod), ready ? "1/1" : "0/1",
                        pod.phase == Phase::terminating ? "Terminating" : "Running", "0",
                        age(view, pod.created)});
    }
    std::sort(rows.begin() + 1, rows.end());
    return rows;
}

const LiveWorkload& workload_of(const ClusterAt& view) {
    return view.world->cluster().workloads().front();
}

/// The Deployments of the cluster by their numbers; what stands beside a StatefulSet is one.
std::vector<std::size_t> deployments_in(const ClusterAt& view) {
    std::vector<std::size_t> numbers;
    const auto& workloads = view.world->cluster().workloads();
    for (std::size_t w = 0; w < workloads.size(); ++w) {
        if (workloads[w].exists && (w > 0 || view.scenario.kind == WorkloadKind::deployment))
            numbers.push_back(w);
    }
    return numbers;
}

/// What stood before the command is as old as everything.
std::string age_of(const ClusterAt& view, std::size_t revision) {
    const Time made = view.world->cluster().made_at(revision);
    return revision == 0 || made <= command - age_before_command || made == never ? old_age(view)
                                                                                  : age(view, made);
}

Rows deployments(const ClusterAt& view, const std::string& prefix) {
    Rows rows{{"NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"}};
    const Cast cast = cast_of(view.scenario);
    for (const std::size_t w : deployments_in(view)) {
        const LiveWorkload& workload = view.world->cluster().workloads()[w];
        const WorkloadCounts& sum = workload.api.counts;
        const std::string name = w < cast.workloads.size() ? cast.workloads[w] : "";
        rows.push_back({prefix + name, fmt::format("{}/{}", sum.ready, workload.replicas),
                        std::to_string(sum.updated), std::to_string(sum.available),
                        workload.sets.empty() ? "0s" : age_of(view, workload.sets.front())});
    }
    std::sort(rows.begin() + 1, rows.end());
    return rows;
}

Rows replica_sets(const ClusterAt& view, const std::string& prefix) {
    Rows rows{{"NAME", "DESIRED", "CURRENT", "READY", "AGE"}};
    for (const std::size_t w : deployments_in(view)) {
        for (const std::size_t r : view.world->cluster().workloads()[w].sets) {
            const Counts sum = count(view, r);
            rows.push_back({prefix + replica_set_name(view.scenario, r),
                            std::to_string(view.world->cluster().size_of(r)),
                            std::to_string(sum.pods), std::to_string(sum.ready), age_of(view, r)});
        }
    }
    std::sort(rows.begin() + 1, rows.end());
    return rows;
}

Rows stateful_sets(const ClusterAt& view, const std::string& prefix) {
    if (view.scenario.kind != WorkloadKind::statefulset) return {};
    Rows rows{{"NAME", "READY", "AGE"}};
    const LiveWorkload& workload = workload_of(view);
    const int sets = view.scenario.strategy == BlueGreen::name ? 2 : 1;
    for (int set = 0; set < sets; ++set) {
        const Counts sum = count(view, {}, set);
        const int ready = sets == 1 ? workload.api.counts.ready : sum.ready;
        rows.push_back({prefix + view.scenario.name + (set == 0 ? "" : "-green"),
                        fmt::format("{}/{}", ready, sets == 1 ? workload.replicas : sum.pods),
                        set == 0 ? old_age(view) : age(view, command)});
    }
    return rows;
}

Rows services(const ClusterAt& view, const std::string& prefix) {
    return {{"NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"},
            {prefix + service_name(view.scenario), "ClusterIP", "10.96.0.10", "<none>", "80/TCP",
             old_age(view)}};
}

/// The first three and how many more (kubectl, printers.go, formatEndpoints).
std::string shortened(const std::vector<std::string>& addresses) {
    if (addresses.empty()) return "<none>";
    const std::size_t shown = std::min<std::size_t>(addresses.size(), 3);
    std::string text = fmt::format(
        "{}",
        fmt::join(addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(shown), ","));
    if (addresses.size() > shown) text += fmt::format(" + {} more...", addresses.size() - shown);
    return text;
}

Rows service_endpoints(const ClusterAt& view, const std::string& prefix) {
    std::vector<std::string> ready;
    for (const Endpoint& endpoint : endpoints(view.world->cluster())) {
        if (endpoint.ready) ready.push_back(address(index_of(endpoint.pod)) + ":80");
    }
    return {{"NAME", "ENDPOINTS", "AGE"},
            {prefix + service_name(view.scenario), shortened(ready), old_age(view)}};
}

/// kubectl shows the addresses of a slice whether they are ready or not.
Rows slices(const ClusterAt& view, const std::string& prefix) {
    std::vector<std::string> all;
    for (const Endpoint& endpoint : endpoints(view.world->cluster()))
        all.push_back(address(index_of(endpoint.pod)));
    return {{"NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"},
            {prefix + slice_name(view.scenario), "IPv4", all.empty() ? "<unset>" : "80",
             all.empty() ? "<unset>" : shortened(all), old_age(view)}};
}

Rows claims(const ClusterAt& view, const std::string& prefix) {
    Rows rows{{"NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS",
               "VOLUMEATTRIBUTESCLASS", "AGE"}};
    const auto row = [&](const std::string& name, const std::string& volume,
                         const std::string& mode, const std::string& old) {
        rows.push_back({prefix + name, "Bound", volume, "1Gi", mode, "standard", "<unset>", old});
    };
    const VolumeKind volume = view.scenario.volume;
    const std::string& workload = view.scenario.name;
    if (volume == VolumeKind::shared || volume == VolumeKind::shared_naive ||
        volume == VolumeKind::shared_rename || volume == VolumeKind::shared_locked) {
        row("data-" + workload, "pvc-" + workload, "RWX", old_age(view));
    } else if (volume == VolumeKind::per_pod && view.scenario.kind == WorkloadKind::statefulset) {
        std::vector<std::string> seen;
        for (const Pod& pod : view.world->cluster().pods()) {
            const std::string name = pod_name(view.scenario, pod);
            if (std::ranges::find(seen, name) != seen.end()) continue;  // a claim outlives its pods
            seen.push_back(name);
            row("data-" + name, "pvc-" + name, "RWO", age(view, pod.created));
        }
    }
    std::sort(rows.begin() + 1, rows.end());
    return rows;
}

/// What can be got: its kubectl names, first the one that stands before a slash.
struct Kind {
    std::vector<std::string> names;
    std::string prefix;
    Rows (*rows)(const ClusterAt&, const std::string&);
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {{"po", "pod", "pods"}, "pod/", pods},
        {{"sts", "statefulset", "statefulsets", "statefulsets.apps"},
         "statefulset.apps/",
         stateful_sets},
        {{"deploy", "deployment", "deployments", "deployments.apps"},
         "deployment.apps/",
         deployments},
        {{"rs", "replicaset", "replicasets", "replicasets.apps"}, "replicaset.apps/", replica_sets},
        {{"svc", "service", "services"}, "service/", services},
        {{"ep", "endpoints"}, "endpoints/", service_endpoints},
        {{"endpointslice", "endpointslices", "endpointslices.discovery.k8s.io"},
         "endpointslice.discovery.k8s.io/",
         slices},
        {{"pvc", "persistentvolumeclaim", "persistentvolumeclaims"},
         "persistentvolumeclaim/",
         claims}};
    return all;
}

std::vector<const Kind*> kinds_of(const std::string& text) {
    std::vector<const Kind*> wanted;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        const auto kind = std::ranges::find_if(kinds(), [&](const Kind& k) {
            return std::ranges::find(k.names, word) != k.names.end();
        });
        if (kind == kinds().end()) {
            usage_error(fmt::format("the simulated cluster has no kind {}", quote(word)),
                        "write some of po,sts,deploy,rs,svc,ep,endpointslices,pvc");
        }
        wanted.push_back(&*kind);
        begin = end + 1;
    }
    return wanted;
}

/// The one kind of which JSON is asked for is the workload's own.
std::string json_of(const ClusterAt& view, const std::vector<const Kind*>& wanted) {
    const bool is_set = view.scenario.kind == WorkloadKind::statefulset;
    const auto own = is_set ? stateful_sets : deployments;
    if (wanted.size() != 1 || wanted.front()->rows != own) {
        const std::string kind = is_set ? "sts" : "deploy";
        usage_error("only the workload is written as JSON",
                    fmt::format("write stratsim get {} -o json", kind));
    }
    return workload_json(view);
}

Exit get(const Arguments& arguments, const std::string& what, const std::string& at,
         const std::string& output) {
    const auto wanted = kinds_of(what);
    if (!output.empty() && output != "json")
        usage_error(fmt::format("-o {}: get writes a table or JSON", quote(output)),
                    "write -o json, or leave it out");
    const auto view = cluster_at(arguments, at, "get");
    if (!output.empty()) {
        print(json_of(*view, wanted));
        return Exit::ok;
    }
    std::string text;
    for (const Kind* kind : wanted) {
        const Rows rows = kind->rows(*view, wanted.size() > 1 ? kind->prefix : "");
        if (rows.size() < 2) continue;
        if (!text.empty()) text += "\n";
        text += table(rows);
    }
    if (text.empty()) std::fputs("No resources found in default namespace.\n", stderr);
    print(text);
    return Exit::ok;
}

}  // namespace

Command get_command() {
    return {.name = "get",
            .summary = "the simulated cluster at any instant, in kubectl's columns",
            .prepare =
                [](Flags& flags) {
                    struct Words {
                        Arguments arguments;
                        std::string kinds;
                        std::string at;
                        std::string output;
                    };
                    auto words = std::make_shared<Words>();
                    flags.word("kinds", words->kinds);
                    add_inputs(flags, words->arguments, 1, false);
                    flags.option("--at", words->at);
                    flags.option("-o,--output", words->output);
                    return [words] {
                        if (words->kinds.empty()) {
                            usage_error("get what?",
                                        "write some of po,sts,deploy,rs,svc,ep,endpointslices,pvc");
                        }
                        return get(words->arguments, words->kinds, words->at, words->output);
                    };
                },
            .help =
                [] {
                    return input_help(
                        "stratsim get KINDS [STRATEGY] [-f FILE] [--at 42s] [-o json] [flags]\n",
                        "  stratsim get po,sts,svc,pvc -f scenarios/visits-lab.yaml --at 42s\n");
                }};
}

}  // namespace stratsim
