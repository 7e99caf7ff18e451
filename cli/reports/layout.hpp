#pragma once

#include "cli/reports/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

enum class Ink { plain, red, yellow, green, dim };

/// A stretch of text in one colour. Colour only stresses words that say the same.
struct Span {
    std::string text;
    Ink ink = Ink::plain;
    bool bold = false;
};
using Rich = std::vector<Span>;

Rich bold(Rich rich);
std::string plain(const Rich& rich);
/// Characters, not bytes.
std::size_t display_width(std::string_view utf8);
std::size_t display_width(const Rich& rich);
/// With spaces behind it up to a width, and always one.
std::string padded(std::string text, std::size_t width);

/// Text as it goes to a terminal: wrapped, painted, no trailing spaces, blocks apart.
class Page {
  public:
    explicit Page(const Screen& screen) : screen_(screen) {}

    const Screen& screen() const { return screen_; }
    std::size_t width() const { return static_cast<std::size_t>(screen_.width); }

    /// A blank line, unless there is one already or nothing to part.
    void block();
    /// Wrapped only if it must be.
    void line(const Rich& rich);
    /// Wrapped at spaces; all but the first line begin at `hang`, the first behind `before`.
    void paragraph(const Rich& before, const Rich& rich, std::size_t hang);
    void paragraph(const Rich& rich) { paragraph({}, rich, 0); }

    std::string text() && { return std::move(text_); }

  private:
    Screen screen_;
    std::string text_;
};

/// A column of a table: text stands left, numbers of one unit right.
struct Column {
    std::string head;
    bool right = false;
};

/// A table without lines, two spaces in and two between the columns; no heads, no line for them.
/// Where it is too wide, the first cell of each row gets a line of its own.
std::size_t table_width(const std::vector<Column>& columns,
                        const std::vector<std::vector<Rich>>& rows);
void table(Page& page, const std::vector<Column>& columns,
           const std::vector<std::vector<Rich>>& rows);

}  // namespace stratsim
