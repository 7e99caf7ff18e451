// The shells' completions and the manual page, from the same descriptions as the help.
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "scenarios/diagnostic.hpp"
#include "scenarios/fields.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace stratsim {

namespace {

struct Flag {
    std::string name;  ///< `--pods`
    std::string help;
};

std::vector<Flag> flags_of(const Command& command) {
    CLI::App app{"", std::string(command.name)};
    app.set_help_flag();
    const auto act = command.prepare(app);
    std::vector<Flag> flags;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            const Field* field = find_field(name);
            flags.push_back({"--" + name, field == nullptr ? "" : field->help});
        }
    }
    flags.push_back({"--help", "examples and every flag"});
    return flags;
}

/// In single quotes, for all three shells.
std::string in_quotes(std::string_view text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

std::string names_of(const std::vector<Flag>& flags) {
    std::string text;
    for (const Flag& flag : flags) text += (text.empty() ? "" : " ") + flag.name;
    return text;
}

std::string bash_script(const std::vector<Command>& commands) {
    std::string words;
    std::string cases;
    for (const Command& command : commands) {
        words += (words.empty() ? "" : " ") + std::string(command.name);
        cases += fmt::format("        {}) flags={} ;;\n", command.name,
                             in_quotes(names_of(flags_of(command))));
    }
    std::vector<std::string> strategies = strategy_names();
    strategies.emplace_back("none");
    return fmt::format(
        "# bash completion of stratsim: source <(stratsim completion bash)\n"
        "_stratsim() {{\n"
        "    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} flags=\n"
        "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- \"$word\")\n"
        "        return\n    fi\n"
        "    case $before in\n"
        "        -o|--output) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); return ;;\n"
        "        -f|--filename) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
        "    esac\n"
        "    case ${{COMP_WORDS[1]}} in\n{}    esac\n"
        "    case $word in\n"
        "        -*) mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$word\") ;;\n"
        "        *) mapfile -t COMPREPLY < <(compgen -f -W '{}' -- \"$word\") ;;\n"
        "    esac\n}}\n"
        "complete -o filenames -F _stratsim stratsim\n",
        words, fmt::join(format_names(), " "), cases, fmt::join(strategies, " "));
}

/// What a description may not hold inside `_arguments`.
std::string zsh_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
        result += c;
    }
    return result;
}

std::string zsh_script(const std::vector<Command>& commands) {
    std::string list;
    std::string cases;
    for (const Command& command : commands) {
        list +=
            fmt::format("    {}\n", in_quotes(fmt::format("{}:{}", command.name, command.summary)));
        std::string flags;
        for (const Flag& flag : flags_of(command))
            flags += " " + in_quotes(fmt::format("{}[{}]", flag.name, zsh_text(flag.help)));
        cases += fmt::format("    {}) _arguments{} '*:file:_files' ;;\n", command.name, flags);
    }
    return fmt::format(
        "#compdef stratsim\n"
        "# zsh completion of stratsim: stratsim completion zsh > \"${{fpath[1]}}/_stratsim\"\n"
        "_stratsim() {{\n  local -a commands=(\n{}  )\n"
        "  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
        "  shift words; (( CURRENT-- ))\n"
        "  case $words[1] in\n{}  esac\n}}\n"
        "compdef _stratsim stratsim\n",
        list, cases);
}

std::string fish_script(const std::vector<Command>& commands) {
    std::string text =
        "# fish completion of stratsim: stratsim completion fish | source\n"
        "complete -c stratsim -n __fish_use_subcommand -f\n";
    for (const Command& command : commands) {
        text += fmt::format("complete -c stratsim -n __fish_use_subcommand -a {} -d {}\n",
                            command.name, in_quotes(command.summary));
        for (const Flag& flag : flags_of(command)) {
            text += fmt::format(
                "complete -c stratsim -n '__fish_seen_subcommand_from {}' -l {}{}\n", command.name,
                flag.name.substr(2), flag.help.empty() ? "" : " -d " + in_quotes(flag.help));
        }
    }
    return text;
}

Exit completion(const std::string& shell, const std::vector<Command>& commands) {
    if (shell == "bash") {
        print(bash_script(commands));
    } else if (shell == "zsh") {
        print(zsh_script(commands));
    } else if (shell == "fish") {
        print(fish_script(commands));
    } else {
        usage_error(shell.empty() ? "which shell?" : fmt::format("unknown shell {}", quote(shell)),
                    "write stratsim completion bash, zsh or fish");
    }
    return Exit::ok;
}

/// Text as roff takes it: a backslash or a dot in front would be a command.
std::string roff(std::string_view text) {
    std::string result;
    bool at_start = true;
    for (const char c : text) {
        if (at_start && (c == '.' || c == '\'')) result += "\\&";
        if (c == '\\') {
            result += "\\e";
        } else if (c == '-') {
            result += "\\-";
        } else {
            result += c;
        }
        at_start = c == '\n';
    }
    return result;
}

std::string manual(const std::vector<Command>& commands) {
    std::string text =
        ".TH STRATSIM 1 \"\" \"stratsim " STRATSIM_VERSION
        "\" \"User Commands\"\n"
        ".SH NAME\nstratsim \\- tells what a Kubernetes rollout will do to users, before it runs\n"
        ".SH SYNOPSIS\n.B stratsim\n.I COMMAND\n[flags]\n.SH COMMANDS\n";
    for (const Command& command : commands) {
        text += fmt::format(".SS {}\n{}\n.PP\n.nf\n{}.fi\n", command.name, roff(command.summary),
                            roff(command.help()));
    }
    text += ".SH SETTINGS\n";
    for (const Field& field : fields()) {
        text += fmt::format(".TP\n.B {} \\fI{}\\fR\n{}", roff("--" + field.word), roff(field.form),
                            roff(field.help));
        if (field.has_default) text += roff(fmt::format("; {} if absent", field.get(Scenario{})));
        text += ".\n";
    }
    return text +
           ".SH EXIT STATUS\n0 done, 1 an expectation not met, 2 wrong input, 70 a bug, 74 output "
           "could not be written.\n";
}

}  // namespace

Command completion_command(const std::vector<Command>& commands) {
    return {.name = "completion",
            .summary = "completion for bash, zsh or fish",
            .prepare =
                [commands](CLI::App& app) {
                    auto shell = std::make_shared<std::string>();
                    app.add_option("shell", *shell);
                    return [shell, commands] { return completion(*shell, commands); };
                },
            .help = [] { return std::string("stratsim completion bash|zsh|fish\n"); }};
}

Command man_command(const std::vector<Command>& commands) {
    return {.name = "man",
            .summary = "the manual page",
            .prepare =
                [commands](CLI::App&) {
                    return [commands] {
                        print(manual(commands));
                        return Exit::ok;
                    };
                },
            .help = [] { return std::string("stratsim man | man -l -\n"); }};
}

}  // namespace stratsim
