#include "scenarios/manifests/pre_stop.hpp"

#include "scenarios/settings/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>

namespace stratsim {

namespace {

template <std::size_t Size>
bool is_one_of(std::string_view word, const std::array<std::string_view, Size>& words) {
    return std::ranges::find(words, word) != words.end();
}

std::string_view without_folder(std::string_view program) {
    return program.substr(program.find_last_of('/') + 1);
}

/// One argument of sleep(1): 15, 0.5s, 2m.
std::optional<double> seconds_of(std::string_view text) {
    double value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value, std::chars_format::fixed);
    if (error != std::errc{} || !(value >= 0 && value <= longest_seconds)) return std::nullopt;
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& [name, size] : units) {
        if (unit == name) return value * size;
    }
    return std::nullopt;
}

/// `sleep 15`, in which sleep adds up several arguments.
template <class Word>
std::optional<double> sleep_of_words(std::span<const Word> words) {
    if (words.size() < 2 || without_folder(words.front()) != "sleep") return std::nullopt;
    double total = 0;
    for (const Word& word : words.subspan(1)) {
        const auto seconds = seconds_of(word);
        if (!seconds) return std::nullopt;
        total += *seconds;
    }
    return total <= longest_seconds ? std::optional(total) : std::nullopt;
}

/// One command of a script, and what stands behind it.
struct ShellCommand {
    std::vector<std::string_view> words;
    std::string_view rest;
    bool ends_cleanly = true;  ///< by ; && || or a line, not by & or |
};

/// Where the first command ends; in 2>&1 the & is a part of it.
std::size_t end_of_command(std::string_view script) {
    auto end = script.find_first_of(";&|\n");
    while (end != std::string_view::npos && end > 0 && script[end] == '&' &&
           script[end - 1] == '>') {
        end = script.find_first_of(";&|\n", end + 1);
    }
    return std::min(end, script.size());
}

ShellCommand first_command(std::string_view script) {
    ShellCommand command;
    const auto end = end_of_command(script);
    std::string_view text = script.substr(0, end);
    std::size_t separator = std::min<std::size_t>(1, script.size() - end);
    if (end < script.size() && (script[end] == '&' || script[end] == '|')) {
        command.ends_cleanly = end + 1 < script.size() && script[end + 1] == script[end];
        if (command.ends_cleanly) separator = 2;
    }
    command.rest = script.substr(end + separator);
    constexpr std::string_view blanks = " \t\r";
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        if (text.empty() || text.front() == '#') break;
        const auto length = std::min(text.find_first_of(blanks), text.size());
        command.words.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    if (!command.words.empty() && command.words.front() == "exec")
        command.words.erase(command.words.begin());
    return command;
}

/// Only what surely takes no time may come before the sleep; what comes after it counts as nothing.
std::optional<double> sleep_of_script(std::string_view script) {
    constexpr std::array<std::string_view, 9> instant{"echo", "printf", "true", ":",     "set",
                                                      "date", "touch",  "rm",   "export"};
    std::optional<double> total;
    while (!script.empty()) {
        const ShellCommand command = first_command(script);
        script = command.rest;
        if (command.words.empty()) continue;
        if (!command.ends_cleanly) return total;
        if (const auto seconds = sleep_of_words(std::span<const std::string_view>(command.words))) {
            total = total.value_or(0) + *seconds;
        } else if (!is_one_of(command.words.front(), instant)) {
            return total;
        }
    }
    return total;
}

std::optional<double> seconds_of_command(std::span<const std::string> words) {
    if (const auto seconds = sleep_of_words(words)) return seconds;
    constexpr std::array<std::string_view, 5> shells{"sh", "bash", "ash", "dash", "busybox"};
    if (words.empty() || !is_one_of(without_folder(words.front()), shells)) return std::nullopt;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
        const std::string& option = words[i];
        if (option == "sh" && i == 1) continue;  // busybox sh
        if (!option.starts_with('-')) return std::nullopt;
        if (!option.starts_with("--") && option.find('c') != std::string::npos) {
            return sleep_of_script(words[i + 1]);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Duration> sleep_of_command(const std::vector<std::string>& words) {
    const auto seconds = seconds_of_command(words);
    return seconds ? std::optional(from_seconds(std::min(*seconds, longest_seconds)))
                   : std::nullopt;
}

}  // namespace stratsim
