#include "cli/options.hpp"

#include "cli/flags.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/validate.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <range/v3/view/transform.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

namespace stratsim {

void usage_error(const std::string& message, const std::string& advice) {
    Diagnostic diagnostic;
    diagnostic.message = message;
    diagnostic.advice = advice;
    throw InputErrors({diagnostic});
}

namespace {

/// `--from OLD...`: files, directories, revisions. What follows the first may be the strategy.
void add_version(Flags& flags, const std::string& flag, std::vector<std::string>& words,
                 Arguments& arguments, int most_strategies) {
    flags.list(flag, [&words, &arguments, most_strategies](const std::vector<std::string>& given) {
        const std::vector<std::string> known = strategy_choices();
        for (std::size_t i = 0; i < given.size(); ++i) {
            std::error_code error;
            const bool is_strategy = i > 0 && std::ranges::find(known, given[i]) != known.end() &&
                                     !std::filesystem::exists(given[i], error);
            (is_strategy ? arguments.strategies : words).push_back(given[i]);
        }
        if (arguments.strategies.size() > static_cast<std::size_t>(most_strategies))
            usage_error(fmt::format("unexpected argument {}", quote(arguments.strategies.back())));
    });
}

}  // namespace

void add_inputs(Flags& flags, Arguments& arguments, int most_strategies, bool reports) {
    flags.words("strategy", arguments.strategies, most_strategies);
    flags.option("-f,--filename", arguments.files);
    flags.flag("-R,--recursive", arguments.recursive);
    add_version(flags, "--from", arguments.from, arguments, most_strategies);
    add_version(flags, "--to", arguments.to, arguments, most_strategies);
    flags.option("--workload", arguments.workload);
    add_settings(flags, arguments);
    if (reports) add_reports(flags, arguments);
}

void add_settings(Flags& flags, Arguments& arguments) {
    flags.option("--threads", arguments.threads);
    for (const Field& field : fields()) {
        flags.option("--" + field.word, [&arguments, word = field.word](const std::string& value) {
            arguments.settings[word] = value;
        });
    }
}

void add_reports(Flags& flags, Arguments& arguments) {
    flags.option("-o,--output", arguments.outputs);
    flags.option("--color", arguments.color);
    flags.flag("--ascii", arguments.ascii);
}

void add_gate(Flags& flags, Arguments& arguments) {
    flags.option("--expect", arguments.expectations);
    flags.option("--undecided", arguments.undecided);
    flags.flag("--print-resolved", arguments.print_resolved);
}

bool undecided_passes(const Arguments& arguments) {
    if (arguments.undecided != "fail" && arguments.undecided != "pass") {
        usage_error(
            fmt::format("--undecided: {} is none of fail|pass", quote(arguments.undecided)));
    }
    return arguments.undecided == "pass";
}

namespace {

/// `--max-surge` as STRATSIM_MAX_SURGE.
std::string variable_of(const Field& field) {
    std::string name = "STRATSIM_";
    for (const char c : field.word)
        name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

/// What flags do not say, the environment may.
void read_environment(Scenario& base, std::vector<Diagnostic>& mistakes) {
    for (const Field& field : fields()) {
        const std::string name = variable_of(field);
        const char* value = std::getenv(name.c_str());
        if (value == nullptr || *value == '\0' || base.given(field.word)) continue;
        try {
            field.set(base, value);
            base.origins[field.word] = {.kind = SourceKind::environment, .file = name};
        } catch (const BadValue& bad) {
            mistakes.push_back(
                without_place(bad.rule(), fmt::format("{}: {}", name, bad.what()), bad.advice()));
        }
    }
}

/// Settings and strategies into the scenario that all workloads start from.
Scenario base_of(const Arguments& arguments, std::vector<Diagnostic>& mistakes) {
    Scenario base;
    for (const auto& [word, value] : arguments.settings) {
        const Field* field = find_field(word);
        try {
            field->set(base, value);
            base.origins[word] = {.kind = SourceKind::flag};
        } catch (const BadValue& bad) {
            mistakes.push_back(
                without_place(bad.rule(), fmt::format("--{}: {}", word, bad.what()), bad.advice()));
        }
    }
    read_environment(base, mistakes);
    for (const std::string& text : arguments.expectations) {
        try {
            base.expectations.push_back(parse_expectation(text));
        } catch (const BadValue& bad) {
            mistakes.push_back(
                without_place(bad.rule(), fmt::format("--expect: {}", bad.what()), bad.advice()));
        }
    }
    const std::vector<std::string> known = strategy_choices();
    for (const std::string& name : arguments.strategies) {
        if (std::ranges::find(known, name) != known.end()) continue;
        const std::string close = nearest(name, known);
        mistakes.push_back(
            without_place("strategy", fmt::format("unknown strategy {}", quote(name)),
                          close.empty() ? fmt::format("write one of {}", fmt::join(known, ", "))
                                        : fmt::format("did you mean '{}'?", close)));
    }
    if (arguments.strategies.size() == 1) {
        base.strategy = arguments.strategies.front();
        base.origins["strategy"] = {.kind = SourceKind::flag};
    }
    return base;
}

}  // namespace

Inputs resolve(const Arguments& arguments) {
    std::vector<Diagnostic> mistakes;
    const Scenario base = base_of(arguments, mistakes);
    if (!mistakes.empty()) {
        for (const Complaint& complaint : validate(base)) {
            mistakes.push_back(without_place(complaint.rule, complaint.message, complaint.advice));
        }
        throw InputErrors(mistakes);
    }
    return read_inputs({.files = arguments.files,
                        .recursive = arguments.recursive,
                        .workload = arguments.workload,
                        .base = base,
                        .from = arguments.from,
                        .to = arguments.to});
}

namespace {

/// As a POSIX shell reads it.
std::string shell_word(const std::string& word) {
    constexpr std::string_view harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=%+@";
    if (!word.empty() && word.find_first_not_of(harmless) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    return quoted + "'";
}

}  // namespace

std::string command_line(std::string_view name, const Arguments& arguments,
                         const std::vector<std::string>& more) {
    std::vector<std::string> words{"stratsim", std::string(name)};
    const auto add = [&](std::initializer_list<std::string> list) {
        words.insert(words.end(), list);
    };
    words.insert(words.end(), arguments.strategies.begin(), arguments.strategies.end());
    for (const std::string& file : arguments.files) add({"-f", file});
    if (arguments.recursive) add({"-R"});
    if (!arguments.workload.empty()) add({"--workload", arguments.workload});
    for (const auto& [word, value] : arguments.settings) add({"--" + word, value});
    for (const std::string& text : arguments.expectations) add({"--expect", text});
    if (arguments.undecided != "fail") add({"--undecided", arguments.undecided});
    words.insert(words.end(), more.begin(), more.end());
    return fmt::format("{}", fmt::join(words | ranges::views::transform(shell_word), " "));
}

std::vector<Output> outputs_of(const Arguments& arguments) {
    std::vector<Output> outputs;
    int to_stdout = 0;
    for (const std::string& text : arguments.outputs) {
        const auto equals = text.find('=');
        const std::string name = text.substr(0, equals);
        const auto format = format_of(name);
        if (!format) {
            const std::string close = nearest(name, format_names());
            usage_error(fmt::format("unknown format {}", quote(name)),
                        close.empty()
                            ? fmt::format("write one of {}", fmt::join(format_names(), ", "))
                            : fmt::format("did you mean '{}'?", close));
        }
        Output output{*format, equals == std::string::npos ? "" : text.substr(equals + 1)};
        if (equals != std::string::npos && output.file.empty()) {
            usage_error(fmt::format("-o {} names no file", text),
                        fmt::format("write -o {}=FILE", name));
        }
        if (output.file.empty() && ++to_stdout > 1) {
            usage_error("two formats for standard output",
                        fmt::format("write -o {}=FILE for one of them", name));
        }
        outputs.push_back(std::move(output));
    }
    if (to_stdout == 0) outputs.insert(outputs.begin(), Output{});
    return outputs;
}

namespace {

bool set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool speaks_utf8() {
    for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        if (!set(variable)) continue;
        const std::string value = std::getenv(variable);
        return value.find("UTF-8") != std::string::npos ||
               value.find("utf8") != std::string::npos || value.find("UTF8") != std::string::npos;
    }
    return false;
}

}  // namespace

Screen screen_of(const Arguments& arguments) {
    Screen screen;
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    winsize size{};
    if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        screen.width = std::min<int>(size.ws_col, 120);
    }
    if (arguments.color != "auto" && arguments.color != "always" && arguments.color != "never") {
        usage_error(
            fmt::format("--color: {} is none of auto|always|never", quote(arguments.color)));
    }
    const char* term = std::getenv("TERM");
    const bool dumb = term != nullptr && std::strcmp(term, "dumb") == 0;
    screen.colour = arguments.color == "always" ||
                    (arguments.color == "auto" && terminal && !set("NO_COLOR") && !dumb);
    // A pipe gets the same characters whatever the locale: the same inputs, the same bytes.
    screen.ascii = arguments.ascii || (terminal && !speaks_utf8());
    return screen;
}

std::string gate_help() {
    return "judge        --expect 'requests.failed.p95 <= 1'  --undecided fail|pass\n"
           "             --print-resolved: every setting and where it comes from, nothing is run\n";
}

std::string input_help(const std::string& usage, const std::string& examples) {
    std::string text = usage + "\n" + examples + "\n";
    text +=
        "input        -f FILE  -R  --workload KIND/NAME\n"
        "             --from OLD...  --to NEW...: what applying NEW over OLD does; files,\n"
        "             directories, or git revisions of -f: --from origin/main -f k8s/\n";
    const Scenario defaults;
    std::string section;
    std::string line;
    const auto flush = [&] {
        if (!line.empty()) text += line + "\n";
        line.clear();
    };
    for (const Field& field : fields()) {
        const std::string value = field.has_default ? field.get(defaults) : "unset";
        const std::string item = fmt::format("--{} {}", field.word, value);
        if (field.section != section) {
            flush();
            section = field.section;
            line = fmt::format("{:<12}", section);
        } else if (line.size() + item.size() + 2 > 79) {
            flush();
            line = std::string(12, ' ');
        }
        line += (line.size() > 12 ? "  " : " ") + item;
    }
    flush();
    text += "output       -o FORMAT[=FILE]  --color auto|always|never  --ascii  --threads 0\n";
    line = "             FORMAT:";
    for (const std::string& name : format_names()) {
        const std::string word = " " + name + (name == format_names().back() ? "" : ",");
        if (line.size() + word.size() > 79) {
            text += line + "\n";
            line = std::string(12, ' ');
        }
        line += word;
    }
    text += line + "\n\n";
    text += "Shown: what holds without the flag. What a flag means: stratsim explain FLAG\n";
    return text;
}

}  // namespace stratsim
