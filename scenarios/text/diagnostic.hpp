// How a mistake in what the user wrote is described, shown and thrown.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// Where something stands in a file: line and column count from 1, line 0 means no place, and the
/// file "-" is standard input. Columns count characters, not bytes.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

/// One mistake of the user: where it is, what is wrong, and what to write instead.
struct Diagnostic {
    Place place;
    std::string rule;
    std::string message;
    std::string advice;
    int width = 1;
    /// The line at `place`, or for a very long line the part of it around `place`.
    std::string source_line;
    /// The column of `place` inside `source_line`; 0 means that it is `place.column`.
    int caret = 0;
};

/// A mistake that stands nowhere in a text: in a flag, or in `file` as a whole.
Diagnostic without_place(std::string rule, std::string message, std::string advice,
                         std::string file = "");

/// Everything that is wrong with what the user wrote, files and flags alike; never empty.
class InputErrors : public std::exception {
  public:
    explicit InputErrors(std::vector<Diagnostic> diagnostics);

    const char* what() const noexcept override;
    const std::vector<Diagnostic>& diagnostics() const noexcept { return diagnostics_; }

  private:
    std::vector<Diagnostic> diagnostics_;
};

/// The text for the terminal, in order of file, line and column; every line ends in a newline.
std::string render(const std::vector<Diagnostic>& diagnostics);

/// How people call a file: standard input has no name.
std::string shown_file(const std::string& file);
/// A place in it, as far as it is known: `web.yaml:58:3`, `web.yaml:58`.
std::string place_text(const std::string& file, int line, int column = 0);

/// The known word that was most likely meant, or an empty string when none comes close.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// What the user wrote, in single quotes and cut to a length that fits into a message.
std::string quote(std::string_view text);

/// One character of UTF-8 text and the bytes it takes; size 1 and not valid for a stray byte.
struct Letter {
    char32_t value = 0;
    std::size_t size = 1;
    bool valid = false;
};

/// The character that starts at `offset`, which must lie inside the text.
Letter letter_at(std::string_view text, std::size_t offset);

}  // namespace stratsim
