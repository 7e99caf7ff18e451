#include "cli/reports/layout.hpp"

#include <algorithm>

namespace stratsim {

namespace {

/// One character with its colour.
struct Cell {
    std::string character;
    Ink ink;
    bool bold;

    bool same_look(const Cell& other) const { return ink == other.ink && bold == other.bold; }
    bool is_space() const { return character == " "; }
};
using Cells = std::vector<Cell>;

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

Cells cells_of(const Rich& rich) {
    Cells cells;
    for (const Span& span : rich) {
        bool first = true;
        for (const char c : span.text) {
            if (continues(c) && !first) {
                cells.back().character += c;
                continue;
            }
            // Names come from files: none of them may steer the terminal.
            const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
            cells.push_back({std::string(1, control ? '?' : c), span.ink, span.bold});
            first = false;
        }
    }
    return cells;
}

std::string escape(const Cell& look) {
    std::string code = look.bold ? "1" : "";
    const auto add = [&](std::string_view part) {
        code += (code.empty() ? "" : ";") + std::string(part);
    };
    switch (look.ink) {
        case Ink::plain:
            break;
        case Ink::red:
            add("31");
            break;
        case Ink::yellow:
            add("33");
            break;
        case Ink::green:
            add("32");
            break;
        case Ink::dim:
            add("2");
            break;
    }
    return code.empty() ? "" : "\x1b[" + code + "m";
}

std::string painted(Cells cells, const Screen& screen) {
    while (!cells.empty() && cells.back().is_space()) cells.pop_back();
    std::string text;
    for (auto from = cells.begin(); from != cells.end();) {
        const auto to =
            std::find_if(from, cells.end(), [&](const Cell& c) { return !c.same_look(*from); });
        const std::string begin = screen.colour ? escape(*from) : "";
        text += begin;
        for (auto cell = from; cell != to; ++cell) text += cell->character;
        if (!begin.empty()) text += "\x1b[0m";
        from = to;
    }
    return text + "\n";
}

/// Where a line that may hold `room` characters from `from` ends; at least one character on.
std::size_t line_end(const Cells& cells, std::size_t from, std::size_t room) {
    if (cells.size() - from <= room) return cells.size();
    for (std::size_t i = from + room; i > from; --i) {
        if (cells[i].is_space()) return i;
    }
    return from + std::max<std::size_t>(room, 1);
}

}  // namespace

Rich bold(Rich rich) {
    for (Span& span : rich) span.bold = true;
    return rich;
}

std::string plain(const Rich& rich) {
    std::string text;
    for (const Span& span : rich) text += span.text;
    return text;
}

std::size_t display_width(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return !continues(c); }));
}

std::size_t display_width(const Rich& rich) {
    return display_width(plain(rich));
}

std::string padded(std::string text, std::size_t width) {
    text.append(width > display_width(text) ? width - display_width(text) : 1, ' ');
    return text;
}

void Page::block() {
    if (!text_.empty() && !text_.ends_with("\n\n")) text_ += "\n";
}

void Page::line(const Rich& rich) {
    paragraph({}, rich, 0);
}

void Page::paragraph(const Rich& before, const Rich& rich, std::size_t hang) {
    Cells line = cells_of(before);
    const Cells cells = cells_of(rich);
    std::size_t at = 0;
    do {
        const std::size_t room = line.size() < width() ? width() - line.size() : 1;
        const std::size_t end = line_end(cells, at, room);
        line.insert(line.end(), cells.begin() + static_cast<std::ptrdiff_t>(at),
                    cells.begin() + static_cast<std::ptrdiff_t>(end));
        text_ += painted(std::move(line), screen_);
        line.assign(hang, Cell{" ", Ink::plain, false});
        at = end;
        while (at < cells.size() && cells[at].is_space()) ++at;
    } while (at < cells.size());
}

namespace {

std::vector<std::size_t> widths_of(const std::vector<Column>& columns,
                                   const std::vector<std::vector<Rich>>& rows) {
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::size_t widest = display_width(columns[c].head);
        for (const auto& row : rows) widest = std::max(widest, display_width(row[c]));
        widths.push_back(widest);
    }
    return widths;
}

}  // namespace

std::size_t table_width(const std::vector<Column>& columns,
                        const std::vector<std::vector<Rich>>& rows) {
    std::size_t sum = 0;
    for (const std::size_t width : widths_of(columns, rows)) sum += 2 + width;
    return sum;
}

void table(Page& page, const std::vector<Column>& columns,
           const std::vector<std::vector<Rich>>& rows) {
    const auto widths = widths_of(columns, rows);
    const bool stacked = table_width(columns, rows) > page.width();
    const auto show = [&](const auto& cell_of) {
        Rich line;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const Rich cell = cell_of(c);
            if (stacked && c == 0) {
                if (!plain(cell).empty()) page.paragraph({{"  "}}, cell, 2);
                line.push_back({"  "});
                continue;
            }
            const std::string pad(widths[c] - display_width(cell), ' ');
            line.push_back({"  "});
            if (columns[c].right) line.push_back({pad});
            line.insert(line.end(), cell.begin(), cell.end());
            if (!columns[c].right) line.push_back({pad});
        }
        page.line(line);
    };
    const bool headed =
        std::ranges::any_of(columns, [](const Column& c) { return !c.head.empty(); });
    if (headed) show([&](std::size_t c) { return Rich{{columns[c].head}}; });
    for (const auto& row : rows) show([&](std::size_t c) { return row[c]; });
}

}  // namespace stratsim
