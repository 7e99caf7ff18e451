// The shells' completions and the manual page, from the same descriptions as the help.
#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <range/v3/view/transform.hpp>

namespace stratsim {

namespace {

struct Flag {
    std::string name;  ///< `--pods`
    std::string help;
    bool takes_value = true;
    std::vector<std::string> values{};  ///< all that can be written, where that is a few words
};

/// `random|round-robin`: the words; empty where the form is a description.
std::vector<std::string> words_of(std::string_view form) {
    if (form.find('|') == std::string_view::npos || form.find(' ') != std::string_view::npos)
        return {};
    std::vector<std::string> words;
    for (std::size_t from = 0; from <= form.size();) {
        const std::size_t end = std::min(form.find('|', from), form.size());
        words.emplace_back(form.substr(from, end - from));
        from = end + 1;
    }
    return words;
}

/// The values of the flags that are no settings.
std::vector<std::string> other_values(std::string_view name) {
    if (name == "output") return format_names();
    if (name == "color") return {"auto", "always", "never"};
    if (name == "undecided") return {"fail", "pass"};
    return {};
}

bool names_files(const Flag& flag) {
    return flag.name == "--filename";
}

std::vector<Flag> flags_of(const Command& command) {
    Flags flags(command.name);
    const auto act = command.prepare(flags);
    std::vector<Flag> list;
    for (const auto& [name, takes_value] : flags.known()) {
        const std::string word = name.substr(2);
        const Field* field = find_field(word);
        list.push_back({name, field == nullptr ? "" : field->help, takes_value,
                        field == nullptr ? other_values(word) : words_of(field->form)});
    }
    list.push_back({"--help", "examples and every flag", false});
    return list;
}

/// In single quotes, for all three shells.
std::string in_quotes(std::string_view text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

std::string names_of(const std::vector<Flag>& flags) {
    return fmt::format("{}", fmt::join(flags | ranges::views::transform(&Flag::name), " "));
}

/// A line a flag whose values are known, each flag once.
std::string bash_values(const std::vector<Command>& commands) {
    std::string cases;
    std::vector<std::string> known;
    for (const Command& command : commands) {
        for (const Flag& flag : flags_of(command)) {
            const bool is_new = std::ranges::find(known, flag.name) == known.end();
            if (!is_new || flag.values.empty()) continue;
            known.push_back(flag.name);
            cases += fmt::format(
                "        {}{}) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); return ;;\n",
                flag.name == "--output" ? "-o|" : "", flag.name, fmt::join(flag.values, " "));
        }
    }
    return cases;
}

std::string bash_script(const std::vector<Command>& commands) {
    std::string cases;
    for (const Command& command : commands) {
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
        "{}        -f|--filename) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
        "    esac\n"
        "    case ${{COMP_WORDS[1]}} in\n{}    esac\n"
        "    case $word in\n"
        "        -*) mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$word\") ;;\n"
        "        *) mapfile -t COMPREPLY < <(compgen -f -W '{}' -- \"$word\") ;;\n"
        "    esac\n}}\n"
        "complete -o filenames -F _stratsim stratsim\n",
        fmt::join(commands | ranges::views::transform(&Command::name), " "), bash_values(commands),
        cases, fmt::join(strategies, " "));
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
        for (const Flag& flag : flags_of(command)) {
            std::string spec = fmt::format("{}[{}]", flag.name, zsh_text(flag.help));
            if (names_files(flag)) {
                spec += ":file:_files";
            } else if (!flag.values.empty()) {
                spec += fmt::format(":value:({})", fmt::join(flag.values, " "));
            } else if (flag.takes_value) {
                spec += ":value: ";
            }
            flags += " " + in_quotes(spec);
        }
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
            std::string values = names_files(flag) ? " -r" : flag.takes_value ? " -x" : "";
            if (!flag.values.empty())
                values += fmt::format(" -a '{}'", fmt::join(flag.values, " "));
            text +=
                fmt::format("complete -c stratsim -n '__fish_seen_subcommand_from {}' -l {}{}{}\n",
                            command.name, flag.name.substr(2), values,
                            flag.help.empty() ? "" : " -d " + in_quotes(flag.help));
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

/// Broken between words, as roff sources are.
std::string wrapped(std::string_view text) {
    std::string result;
    std::size_t column = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find(' ', from), text.size());
        const std::string_view word = text.substr(from, end - from);
        if (column > 0) {
            const bool fits = column + 1 + word.size() <= 76;
            result += fits ? " " : "\n";
            column = fits ? column + 1 : 0;
        }
        result += word;
        column += word.size();
        from = end + 1;
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
        std::string told = field.help;
        if (field.has_default) told += fmt::format("; {} if absent", field.get(Scenario{}));
        text += fmt::format(".TP\n.B {} \\fI{}\\fR\n{}\n", roff("--" + field.word),
                            roff(field.form), roff(wrapped(told + ".")));
    }
    return text +
           ".SH EXIT STATUS\n0 done, 1 an expectation not met, 2 wrong input, 70 a bug,\n74 output "
           "could not be written.\n";
}

}  // namespace

Command completion_command(const std::vector<Command>& commands) {
    return {.name = "completion",
            .summary = "completion for bash, zsh or fish",
            .prepare =
                [commands](Flags& flags) {
                    auto shell = std::make_shared<std::string>();
                    flags.word("shell", *shell);
                    return [shell, commands] { return completion(*shell, commands); };
                },
            .help = [] { return std::string("stratsim completion bash|zsh|fish\n"); }};
}

Command man_command(const std::vector<Command>& commands) {
    return {.name = "man",
            .summary = "the manual page",
            .prepare =
                [commands](Flags&) {
                    return [commands] {
                        print(manual(commands));
                        return Exit::ok;
                    };
                },
            .help = [] { return std::string("stratsim man | man -l -\n"); }};
}

}  // namespace stratsim
