#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/kubectl/cluster_at.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

// What `kubectl rollout status --watch=false` would say of the simulated cluster.

namespace stratsim {

namespace {

/// kubectl, polymorphichelpers/rollout_status.go, DeploymentStatusViewer.
Exit deployment_status(const LiveWorkload& workload, const std::string& name) {
    const DeploymentStatus& api = workload.api;
    const WorkloadCounts& c = api.counts;
    if (api.progressing && api.progressing->reason == ConditionReason::progress_deadline_exceeded) {
        fmt::print(stderr, "error: deployment \"{}\" exceeded its progress deadline\n", name);
        return Exit::not_met;
    }
    const std::string waiting =
        fmt::format("Waiting for deployment \"{}\" rollout to finish: ", name);
    if (c.updated < workload.replicas) {
        print(waiting + fmt::format("{} out of {} new replicas have been updated...\n", c.updated,
                                    workload.replicas));
    } else if (c.replicas > c.updated) {
        print(waiting +
              fmt::format("{} old replicas are pending termination...\n", c.replicas - c.updated));
    } else if (c.available < c.updated) {
        print(waiting +
              fmt::format("{} of {} updated replicas are available...\n", c.available, c.updated));
    } else {
        print(fmt::format("deployment \"{}\" successfully rolled out\n", name));
    }
    return Exit::ok;
}

/// The same file, StatefulSetStatusViewer; the API fills in partition 0.
Exit set_status(const LiveWorkload& workload, const Setup& setup) {
    const WorkloadCounts& c = workload.api.counts;
    if (setup.on_delete) {
        fmt::print(stderr,
                   "error: rollout status is only available for RollingUpdate strategy type\n");
        return Exit::not_met;
    }
    const int wanted = workload.replicas - workload.partition;
    if (c.ready < workload.replicas) {
        print(fmt::format("Waiting for {} pods to be ready...\n", workload.replicas - c.ready));
    } else if (c.updated < wanted) {
        print(
            fmt::format("Waiting for partitioned roll out to finish: {} out of {} new pods have "
                        "been updated...\n",
                        c.updated, wanted));
    } else {
        print(fmt::format("partitioned roll out complete: {} new pods have been updated...\n",
                          c.updated));
    }
    return Exit::ok;
}

Exit status(const Arguments& arguments, const std::string& at) {
    const auto view = cluster_at(arguments, at, "status");
    const Cluster& cluster = view->world->cluster();
    const LiveWorkload& workload = cluster.workloads().front();
    if (view->scenario.kind == WorkloadKind::statefulset) {
        return set_status(workload, cluster.setup());
    }
    return deployment_status(workload, view->scenario.name);
}

}  // namespace

Command status_command() {
    return {.name = "status",
            .summary = "what kubectl rollout status would say at any instant",
            .prepare =
                [](Flags& flags) {
                    struct Words {
                        Arguments arguments;
                        std::string at;
                    };
                    auto words = std::make_shared<Words>();
                    add_inputs(flags, words->arguments, 1, false);
                    flags.option("--at", words->at);
                    return [words] { return status(words->arguments, words->at); };
                },
            .help =
                [] {
                    return input_help("stratsim status [STRATEGY] [-f FILE] [--at 42s] [flags]\n",
                                      "  stratsim status rolling --new ready=never --at 2m\n");
                }};
}

}  // namespace stratsim
