#include "cli/parse.hpp"

#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace stratsim {

namespace {

std::string overview(const std::vector<Command>& commands) {
    std::string text =
        "stratsim tells what a Kubernetes rollout will do to users, before it runs.\n\n"
        "  stratsim run canary --pods 10         one strategy, from flags\n"
        "  stratsim run -f k8s/                  what these manifests will do\n"
        "  stratsim compare --pods 10            all strategies, same visitors\n\n";
    for (const Command& chosen : commands)
        text += fmt::format("  {:<11}{}\n", chosen.name, chosen.summary);
    text += "\nstratsim COMMAND --help. Exit: 0 done, 1 expectation not met, 2 wrong input\n";
    return text;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known,
                         const std::string& otherwise) {
    const std::string close = nearest(word, known);
    return close.empty() ? otherwise : fmt::format("did you mean '{}'?", close);
}

/// What the parser did not know what to do with.
void refuse_rest(const Flags& flags, std::string_view command) {
    for (const std::string& word : flags.rest()) {
        if (!word.starts_with("-")) usage_error(fmt::format("unexpected argument {}", quote(word)));
        const std::string flag = word.substr(0, word.find('='));
        std::vector<std::string> known;
        for (const Flags::Known& one : flags.known()) known.push_back(one.name);
        usage_error(fmt::format("unknown flag {}", quote(flag)),
                    did_you_mean(flag, known, fmt::format("see stratsim {} --help", command)));
    }
}

Exit carry_out(const Command& chosen, std::vector<std::string> words) {
    if (std::ranges::any_of(words,
                            [](const std::string& w) { return w == "--help" || w == "-h"; })) {
        print(chosen.help());
        return Exit::ok;
    }
    Flags flags(chosen.name);
    const auto act = chosen.prepare(flags);
    const auto complaint = flags.parse(std::move(words));
    refuse_rest(flags, chosen.name);
    if (complaint) usage_error(*complaint, fmt::format("see stratsim {} --help", chosen.name));
    return act();
}

}  // namespace

Exit dispatch(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    // What stands behind `--` belongs to the command inside the pod.
    std::vector<std::string> behind;
    const auto dashes = std::ranges::find(words, "--");
    if (dashes != words.end() && !words.empty() && words.front() == "exec") {
        behind.assign(dashes + 1, words.end());
        words.erase(dashes, words.end());
    }
    std::vector<Command> commands{run_command(),        compare_command(),    plan_command(),
                                  why_command(),        sweep_command(),      merge_command(),
                                  test_command(),       get_command(),        status_command(),
                                  exec_command(behind), strategies_command(), explain_command(),
                                  schema_command(),     init_command()};
    // These two describe the others.
    commands.push_back(completion_command(commands));
    commands.push_back(man_command(commands));
    if (words.empty() || words.front() == "--help" || words.front() == "-h" ||
        words.front() == "help") {
        print(overview(commands));
        return words.empty() ? Exit::usage : Exit::ok;
    }
    if (words.front() == "--version") {
        print("stratsim " STRATSIM_VERSION "\n");
        return Exit::ok;
    }
    const std::string name = words.front();
    const auto chosen = std::ranges::find(commands, name, &Command::name);
    if (chosen == commands.end()) {
        std::vector<std::string> known;
        for (const Command& c : commands) known.emplace_back(c.name);
        usage_error(
            fmt::format("unknown command {}", quote(name)),
            did_you_mean(name, known, fmt::format("write one of {}", fmt::join(known, ", "))));
    }
    words.erase(words.begin());
    if (name == "explain" && !words.empty() && words.front() != "--help") {
        // A flag may be asked for as it is typed.
        words.front().erase(0,
                            std::min(words.front().find_first_not_of('-'), words.front().size()));
    }
    return carry_out(*chosen, std::move(words));
}

}  // namespace stratsim
