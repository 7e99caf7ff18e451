// Finds the offset of a line and column, and the piece of text that a complaint shows.
#include "scenarios/text/source_text.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>

namespace stratsim {
namespace {

bool comes_before(const Cursor& left, int line, int column) {
    return std::tie(left.line, left.column) < std::tie(line, column);
}

}  // namespace

Cursor LineIndex::before(int line, int column) const {
    const auto after =
        std::upper_bound(landmarks_.begin(), landmarks_.end(), std::make_pair(line, column),
                         [](const auto& place, const Cursor& landmark) {
                             return place < std::make_pair(landmark.line, landmark.column);
                         });
    // The first landmark is the start of the text, which comes before every place.
    return after == landmarks_.begin() ? Cursor{} : *std::prev(after);
}

void walk(std::string_view text, Cursor& cursor, int line, int column) {
    while (cursor.offset < text.size() && comes_before(cursor, line, column)) {
        Cursor next = cursor;
        advance(text, next, next_letter(text, cursor.offset));
        if (cursor.line == line && next.line > line) {
            return;
        }
        cursor = next;
    }
}

std::size_t offset_of(std::string_view text, const LineIndex* lines, int line, int column) {
    Cursor cursor{.offset = start_of_text(text)};
    if (lines != nullptr) {
        cursor = lines->before(line, column);
    }
    walk(text, cursor, line, column);
    return cursor.offset;
}

std::size_t break_before(std::string_view text, std::size_t offset) {
    for (const std::string_view one : {"\n", "\r", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
        if (offset >= one.size() && text.substr(offset - one.size(), one.size()) == one) {
            return one.size();
        }
    }
    return 0;
}

Diagnostic complain_at(const Document& document, int line, int column, int width) {
    // More than the renderer shows, so that it still sees that a line goes on.
    constexpr std::size_t most_letters = 120;
    const std::string_view text = *document.source;
    const std::size_t offset = offset_of(text, document.lines.get(), line, column);
    std::size_t first = offset;
    std::size_t letters_before = 0;
    const std::size_t start = start_of_text(text);
    while (first > start && break_before(text, first) == 0 && letters_before < most_letters) {
        do {
            --first;
        } while (first > start && (static_cast<unsigned char>(text[first]) & 0xC0U) == 0x80);
        ++letters_before;
    }
    std::size_t last = offset;
    for (std::size_t count = 0; last < text.size() && count < most_letters; ++count) {
        const Letter letter = letter_at(text, last);
        if (letter.valid && is_break(letter.value)) {
            break;
        }
        last += letter.size;
    }
    const bool cut = first > start && break_before(text, first) == 0;
    return {.place = {.file = document.file, .line = line, .column = column},
            .rule = "",
            .message = "",
            .advice = "",
            .width = width,
            .source_line = std::string{text.substr(first, last - first)},
            .caret = cut ? static_cast<int>(letters_before) + 1 : 0};
}

}  // namespace stratsim
