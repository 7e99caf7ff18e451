#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "scenarios/settings/units.hpp"
#include "strategies/strategy.hpp"

#include <fmt/format.h>
#include <memory>

namespace stratsim {

namespace {

template <class S>
std::string settings_of(S strategy) {
    std::string text;
    strategy.knobs([&](std::string_view word, const auto& value, auto&&...) {
        using Value = std::remove_cvref_t<decltype(value)>;
        text += fmt::format("{}--{} {}", text.empty() ? "" : "  ", word, Text<Value>::print(value));
    });
    return text.empty() ? "none" : text;
}

/// Words to lines of at most `width`, each with `indent` in front.
std::string wrapped(const std::string& text, std::size_t width, const std::string& indent) {
    std::string out;
    std::string line;
    const auto flush = [&] {
        if (!line.empty()) out += indent + line + "\n";
        line.clear();
    };
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t end = text.find("  ", begin);
        if (end == std::string::npos) end = text.size();
        const std::string item = text.substr(begin, end - begin);
        if (!line.empty() && line.size() + item.size() + 2 > width) flush();
        line += (line.empty() ? "" : "  ") + item;
        begin = end + 2;
    }
    flush();
    return out;
}

std::string as_text() {
    std::string text;
    for_each_strategy(Strategies{}, [&](const auto& s) {
        text += fmt::format("{:<12}{}\n", s.name, s.summary);
        text += fmt::format("  good for  {}\n  price     {}\n", s.good_for, s.price);
        std::string settings = wrapped(settings_of(s), 66, std::string(12, ' '));
        settings.replace(0, 12, "  settings  ");
        text += settings;
        text += "\n";
    });
    text.pop_back();
    return text;
}

std::string as_markdown() {
    std::string text =
        "| strategy | what it does | good for | price | settings |\n|---|---|---|---|---|\n";
    for_each_strategy(Strategies{}, [&](const auto& s) {
        text += fmt::format("| {} | {} | {} | {} | `{}` |\n", s.name, s.summary, s.good_for,
                            s.price, settings_of(s));
    });
    return text;
}

}  // namespace

Command strategies_command() {
    return {.name = "strategies",
            .summary = "what can be simulated, with settings and defaults",
            .prepare =
                [](Flags& flags) {
                    auto format = std::make_shared<std::string>("text");
                    flags.option("-o,--output", *format);
                    return [format] {
                        if (*format != "text" && *format != "markdown") {
                            usage_error(fmt::format("unknown format '{}'", *format),
                                        "write text or markdown");
                        }
                        print(*format == "text" ? as_text() : as_markdown());
                        return Exit::ok;
                    };
                },
            .help = [] { return std::string("stratsim strategies [-o text|markdown]\n"); }};
}

}  // namespace stratsim
