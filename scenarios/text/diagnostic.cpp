// Shows mistakes the way a compiler does: the place, the line, a caret, and what to write instead.
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace stratsim {
namespace {

constexpr std::size_t most_shown = 20;
constexpr std::size_t longest_line = 100;
// How much of a cut line stands before the caret: enough to see the key and its parent.
constexpr std::size_t before_caret = 40;
constexpr std::size_t longest_quote = 40;
constexpr std::size_t longest_word = 64;

bool is_shown_as_is(char32_t value) {
    const bool control = value < 0x20 || (value >= 0x7F && value < 0xA0);
    // Marks that reverse or hide text could make a terminal show something else than the file has.
    const bool direction = (value >= 0x200B && value <= 0x200F) ||
                           (value >= 0x2028 && value <= 0x202E) ||
                           (value >= 0x2060 && value <= 0x2069) || value == 0xFEFF;
    return !control && !direction;
}

/// The characters of a text, one string each, safe to print and each one column wide.
std::vector<std::string> printable_letters(std::string_view text) {
    std::vector<std::string> letters;
    for (std::size_t offset = 0; offset < text.size();) {
        const Letter letter = letter_at(text, offset);
        if (letter.valid && letter.value == U'\t') {
            letters.emplace_back(" ");
        } else if (letter.valid && is_shown_as_is(letter.value)) {
            letters.emplace_back(text.substr(offset, letter.size));
        } else {
            letters.emplace_back("?");
        }
        offset += letter.size;
    }
    return letters;
}

std::string printable(std::string_view text) {
    std::string result;
    for (const std::string& letter : printable_letters(text)) {
        result += letter;
    }
    return result;
}

/// A source line as it is shown, and where the caret stands under it.
struct Excerpt {
    std::string text;
    std::size_t before = 0;
    std::size_t width = 1;
};

Excerpt excerpt(const Diagnostic& diagnostic) {
    const std::vector<std::string> letters = printable_letters(diagnostic.source_line);
    const int column = diagnostic.caret > 0 ? diagnostic.caret : diagnostic.place.column;
    const std::size_t caret =
        std::min(static_cast<std::size_t>(std::max(column, 1) - 1), letters.size());
    std::size_t first = 0;
    std::size_t last = letters.size();
    if (letters.size() > longest_line) {
        first = caret > before_caret ? caret - before_caret : 0;
        first = std::min(first, letters.size() - longest_line);
        last = first + longest_line;
    }
    Excerpt result;
    result.text = first > 0 ? "..." : "";
    result.before = caret - first + result.text.size();
    for (std::size_t index = first; index < last; ++index) {
        result.text += letters[index];
    }
    if (last < letters.size()) {
        result.text += "...";
    }
    result.text.erase(result.text.find_last_not_of(' ') + 1);
    const std::size_t room = std::max<std::size_t>(last - caret, 1);
    result.width = std::min(static_cast<std::size_t>(std::max(diagnostic.width, 1)), room);
    return result;
}

void append_without_place(std::string& output, const Diagnostic& diagnostic) {
    output += "error: " + printable(diagnostic.message);
    if (!diagnostic.advice.empty()) {
        output += "; " + printable(diagnostic.advice);
    }
    output += '\n';
}

void append_with_place(std::string& output, const Diagnostic& diagnostic) {
    const Excerpt shown = excerpt(diagnostic);
    const std::string number = fmt::format("{:>4}", diagnostic.place.line);
    output += fmt::format("{}:{}:{}: error: {} [{}]\n",
                          printable(shown_file(diagnostic.place.file)), diagnostic.place.line,
                          diagnostic.place.column, printable(diagnostic.message), diagnostic.rule);
    output += number + (shown.text.empty() ? " |" : " | ") + shown.text + '\n';
    output += std::string(number.size(), ' ') + " | " + std::string(shown.before, ' ') +
              std::string(shown.width, '^');
    if (!diagnostic.advice.empty()) {
        output += ' ' + printable(diagnostic.advice);
    }
    output += '\n';
}

std::string trailer(const std::vector<Diagnostic>& diagnostics) {
    std::set<std::string> files;
    std::size_t count = 0;
    for (const Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.place.line > 0) {
            files.insert(printable(shown_file(diagnostic.place.file)));
            ++count;
        }
    }
    if (count == 0) {
        return "";
    }
    const std::string where =
        files.size() == 1 ? *files.begin() : fmt::format("{} files", files.size());
    return fmt::format("{} {} in {}; nothing was run\n", count, count == 1 ? "error" : "errors",
                       where);
}

std::string lower_case(std::string_view text) {
    std::string result{text};
    for (char& letter : result) {
        if (letter >= 'A' && letter <= 'Z') {
            letter = static_cast<char>(letter - 'A' + 'a');
        }
    }
    return result;
}

/// Damerau-Levenshtein distance where no part is edited twice: how many single letters were left
/// out, added, replaced or swapped with their neighbour. Three rows of the table are enough.
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> two_up(right.size() + 1);
    std::vector<std::size_t> up(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) {
        up[j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = up[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            row[j] = std::min({up[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                row[j] = std::min(row[j], two_up[j - 2] + 1);
            }
        }
        std::swap(two_up, up);
        std::swap(up, row);
    }
    return up[right.size()];
}

}  // namespace

Diagnostic without_place(std::string rule, std::string message, std::string advice,
                         std::string file) {
    Diagnostic diagnostic;
    diagnostic.place.file = std::move(file);
    diagnostic.rule = std::move(rule);
    diagnostic.message = std::move(message);
    diagnostic.advice = std::move(advice);
    return diagnostic;
}

InputErrors::InputErrors(std::vector<Diagnostic> diagnostics)
    : diagnostics_(std::move(diagnostics)) {
    assert(!diagnostics_.empty());
}

const char* InputErrors::what() const noexcept {
    return diagnostics_.empty() ? "" : diagnostics_.front().message.c_str();
}

std::string render(const std::vector<Diagnostic>& diagnostics) {
    std::vector<const Diagnostic*> sorted;
    for (const Diagnostic& diagnostic : diagnostics) {
        sorted.push_back(&diagnostic);
    }
    const auto order = [](const Diagnostic* one) {
        // What has no place concerns the whole command, so it comes before any file.
        return std::make_tuple(one->place.line > 0, std::cref(one->place.file), one->place.line,
                               one->place.column);
    };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const auto* left, const auto* right) {
        return order(left) < order(right);
    });
    std::string output;
    for (std::size_t index = 0; index < std::min(sorted.size(), most_shown); ++index) {
        const Diagnostic& diagnostic = *sorted[index];
        if (diagnostic.place.line > 0) {
            append_with_place(output, diagnostic);
        } else {
            append_without_place(output, diagnostic);
        }
    }
    if (sorted.size() > most_shown) {
        output += fmt::format("and {} more\n", sorted.size() - most_shown);
    }
    return output + trailer(diagnostics);
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    if (word.empty() || word.size() > longest_word) {
        return "";
    }
    const std::string wanted = lower_case(word);
    // A word of one letter is close to every other word of one letter, which helps nobody.
    const std::size_t bound = std::min(1 + word.size() / 4, word.size() - 1);
    std::size_t best = bound + 1;
    std::string result;
    for (const std::string& candidate : known) {
        const std::size_t longer = std::max(candidate.size(), wanted.size());
        const std::size_t shorter = std::min(candidate.size(), wanted.size());
        if (longer - shorter >= best) {
            continue;
        }
        const std::size_t distance = edit_distance(wanted, lower_case(candidate));
        if (distance < best) {
            best = distance;
            result = candidate;
        }
    }
    return result;
}

std::string shown_file(const std::string& file) {
    return file == "-" ? "<stdin>" : file;
}

std::string place_text(const std::string& file, int line, int column) {
    const std::string text = fmt::format("{}:{}", shown_file(file), line);
    return column == 0 ? text : fmt::format("{}:{}", text, column);
}

std::string quote(std::string_view text) {
    std::size_t offset = 0;
    for (std::size_t count = 0; offset < text.size(); ++count) {
        if (count == longest_quote) {
            return fmt::format("'{}...'", text.substr(0, offset));
        }
        offset += letter_at(text, offset).size;
    }
    return fmt::format("'{}'", text);
}

Letter letter_at(std::string_view text, std::size_t offset) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char lead = byte(offset);
    if (lead < 0x80) {
        return {.value = lead, .size = 1, .valid = true};
    }
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - offset < size) {
        return {};
    }
    char32_t value = lead & (0xFFU >> (size + 1));
    for (std::size_t index = 1; index < size; ++index) {
        if ((byte(offset + index) & 0xC0U) != 0x80) {
            return {};
        }
        value = (value << 6U) | (byte(offset + index) & 0x3FU);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF) {
        return {};
    }
    return {.value = value, .size = size, .valid = true};
}

}  // namespace stratsim
