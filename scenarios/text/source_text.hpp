// Places in the text of a file: from bytes to lines and columns, and back.
#pragma once

#include "scenarios/text/document.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace stratsim {

/// A position in the text, in bytes and as people count.
struct Cursor {
    std::size_t offset = 0;
    int line = 1;
    int column = 1;
};

/// The line breaks of YAML 1.1, so that lines count as libyaml counts them.
inline bool is_break(char32_t value) {
    return value == U'\n' || value == U'\r' || value == 0x85 || value == 0x2028 || value == 0x2029;
}

/// The character at `offset`, like `letter_at` but quick for ASCII.
inline Letter next_letter(std::string_view text, std::size_t offset) {
    const char first = text[offset];
    if (const auto byte = static_cast<unsigned char>(first); byte >= 0x20 && byte < 0x80) {
        return {.value = static_cast<char32_t>(first), .size = 1, .valid = true};
    }
    return letter_at(text, offset);
}

/// Moves the cursor behind the letter under it.
inline void advance(std::string_view text, Cursor& cursor, const Letter& letter) {
    cursor.offset += letter.size;
    const bool half_a_break =
        letter.value == U'\r' && cursor.offset < text.size() && text[cursor.offset] == '\n';
    if (letter.valid && is_break(letter.value) && !half_a_break) {
        ++cursor.line;
        cursor.column = 1;
    } else {
        ++cursor.column;
    }
}

/// Where the text starts: behind the byte order mark, if there is one.
inline std::size_t start_of_text(std::string_view text) {
    return text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
}

/// Landmarks every few hundred bytes, from which the offset of a line and column is near.
class LineIndex {
  public:
    /// Takes the cursor as a landmark if the last one is far enough; cursors come in order.
    void note(const Cursor& cursor) {
        if (landmarks_.empty() || cursor.offset >= landmarks_.back().offset + distance) {
            landmarks_.push_back(cursor);
        }
    }

    /// The last landmark that is not after the place.
    Cursor before(int line, int column) const;

  private:
    static constexpr std::size_t distance = 256;
    std::vector<Cursor> landmarks_;
};

/// Goes on from a cursor to a line and column after it, or to the end of that line.
void walk(std::string_view text, Cursor& cursor, int line, int column);

/// The offset of a place; without `lines` the search begins at the start of the text.
std::size_t offset_of(std::string_view text, const LineIndex* lines, int line, int column);

/// The size of the line break that ends at `offset`, or 0.
std::size_t break_before(std::string_view text, std::size_t offset);

/// A diagnostic that has its place and source line, but no rule, message and advice yet.
Diagnostic complain_at(const Document& document, int line, int column, int width);

}  // namespace stratsim
