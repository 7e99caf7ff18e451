#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/kubectl/cluster_at.hpp"
#include "cli/output.hpp"
#include "scenarios/experiments/names.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace stratsim {

namespace {

/// A program that the container does not have; what kubectl and the runtime say then.
constexpr int cannot_execute = 126;

const Pod* find_pod(const ClusterAt& view, const std::string& name) {
    const auto& pods = view.world->cluster().pods();
    const auto pod = std::ranges::find_if(pods, [&](const Pod& p) {
        return p.phase != Phase::gone && pod_name(view.scenario, p) == name;
    });
    return pod == pods.end() ? nullptr : &*pod;
}

Exit fail(const std::string& text, int code) {
    std::fputs((text + "\n").c_str(), stderr);
    return static_cast<Exit>(code);
}

bool is_counter(const std::string& path) {
    return path == "visits" || path.ends_with("/visits") || path.ends_with("/visits.txt") ||
           path == "visits.txt";
}

/// The few programs of a container that only counts visits.
Exit inside(const ClusterAt& view, const Pod& pod, const std::vector<std::string>& words) {
    const std::string& program = words.front();
    const auto value = view.world->cluster().visits().value(pod.store);
    if (program == "cat" && words.size() > 1) {
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (!is_counter(words[i])) {
                return fail(fmt::format("cat: {}: No such file or directory\n"
                                        "command terminated with exit code 1",
                                        words[i]),
                            1);
            }
            print(fmt::format("{}\n", value));
        }
        return Exit::ok;
    }
    if (program == "ls") {
        const bool wide = words.size() > 1 && words[1].starts_with("-") &&
                          words[1].find('l') != std::string::npos;
        const auto size = std::to_string(value).size() + 1;
        print(wide ? fmt::format("total 4\n-rw-r--r-- 1 root root {} Jan  1 00:00 visits\n", size)
                   : "visits\n");
        return Exit::ok;
    }
    if (program == "hostname") {
        print(pod_name(view.scenario, pod) + "\n");
        return Exit::ok;
    }
    return fail(
        fmt::format("error: exec: \"{}\": executable file not found in $PATH; the simulated "
                    "container has cat, ls and hostname",
                    program),
        cannot_execute);
}

Exit exec(const Arguments& arguments, std::string name, const std::string& at,
          const std::vector<std::string>& words) {
    if (words.empty()) usage_error("run what?", "write stratsim exec pod/demo-0 ... -- cat visits");
    for (const std::string_view prefix : {"pods/", "pod/", "po/"}) {
        if (name.starts_with(prefix)) name.erase(0, prefix.size());
    }
    const auto view = cluster_at(arguments, at, "exec");
    const Pod* pod = find_pod(*view, name);
    if (pod == nullptr) {
        return fail(fmt::format("Error from server (NotFound): pods \"{}\" not found", name), 1);
    }
    return inside(*view, *pod, words);
}

}  // namespace

Command exec_command(std::vector<std::string> behind) {
    return {
        .name = "exec",
        .summary = "a look into a simulated pod: its visit counter",
        .prepare =
            [behind = std::move(behind)](Flags& flags) {
                struct Words {
                    Arguments arguments;
                    std::string pod;
                    std::string at;
                };
                auto words = std::make_shared<Words>();
                flags.word("pod", words->pod);
                add_inputs(flags, words->arguments, 1, false);
                flags.option("--at", words->at);
                return [words, behind] {
                    if (words->pod.empty()) {
                        usage_error("which pod?",
                                    "write stratsim exec pod/demo-0 ... -- cat visits");
                    }
                    return exec(words->arguments, words->pod, words->at, behind);
                };
            },
        .help =
            [] {
                return input_help(
                    "stratsim exec pod/NAME [STRATEGY] [-f FILE] [--at 42s] [flags] -- COMMAND\n",
                    "  stratsim exec pod/demo-0 -f scenarios/visits-lab.yaml --at 42s -- cat "
                    "visits\n");
            }};
}

}  // namespace stratsim
